package theme

import "image/color"

// builder makes the styles of one theme: of the plain rows, of the selected row, or of marked values.
type builder struct {
	palette
	bg   color.Color // under everything
	with attr        // in everything
}

// build returns the theme of p, with its row and marked companions.
func build(p palette) *Theme {
	t := builder{palette: p}.theme()
	t.row, t.marked = builder{palette: p}.onRow().theme(), builder{palette: p, with: underline}.theme()
	t.row.row = t.row
	t.row.marked = builder{palette: p, with: underline}.onRow().theme()
	return t
}

// onRow returns b for the selected row. What explains is brighter there, to be read on its background; without
// a background of its own the row is reversed, and its colours are left out.
func (b builder) onRow() builder {
	if b.row == nil {
		b.palette = palette{}
		b.with |= reverse
		return b
	}
	b.bg, b.dim, b.rule = b.row, b.rowDim, b.rowDim
	return b
}

// plain reports whether there are no colours, and attributes must do.
func (b builder) plain() bool { return b.accent == nil }

// theme returns the styles by role.
func (b builder) theme() *Theme {
	t := &Theme{
		Brand: b.style(b.accent, bold), Title: b.style(b.text, bold),
		Text: b.style(b.text, 0), Strong: b.style(b.text, bold), Dim: b.style(b.dim, 0), Faint: b.style(b.rule, 0),
		Key: b.style(b.accent, 0), Active: b.style(b.accent, bold),
		OK: b.style(b.ok, 0), Warn: b.style(b.warn, 0), Bad: b.style(b.bad, 0), Info: b.style(b.accent, 0),
		Why: b.style(b.warn, bold), Do: b.style(b.accent, bold),
		Selected: newStyle(b.text, b.row, b.with),
		Search:   newStyle(b.matchText, b.match, b.with),
		Code:     b.style(b.code, 0), State: b.style(b.state, 0), Nonce: b.style(b.nonce, 0),
		Verifier: b.style(b.pkce, 0), Challenge: b.style(b.pkce, 0),
		Access: b.style(b.access, 0), ID: b.style(b.id, 0), Refresh: b.style(b.refresh, 0),
	}
	if !b.plain() {
		t.scan = newStyle(rgb(0x000000), rgb(0xffffff), 0)
	}
	if b.row == nil {
		t.Selected = b.style(nil, reverse)
	}
	if b.plain() {
		b.attributes(t)
	}
	return t
}

// attributes gives the roles that colour sets apart something else to be seen by.
func (b builder) attributes(t *Theme) {
	t.Key, t.Bad = b.style(nil, bold), b.style(nil, bold)
	t.Active = b.style(nil, bold|underline)
	t.Faint = b.style(nil, faint)
	t.Search = b.style(nil, bold|underline)
}

// style returns a style of fg on the builder's background.
func (b builder) style(fg color.Color, a attr) Style { return newStyle(fg, b.bg, a|b.with) }
