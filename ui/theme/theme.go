package theme

// Theme is the styles by role. A role says what a thing is, never what it looks like.
type Theme struct {
	Brand  Style // the program's name
	Title  Style // the heading of a pane or of a part of one
	Text   Style // what is: values, sentences
	Strong Style // the word of a sentence that counts
	Dim    Style // what explains: names, notes, units, specifications
	Faint  Style // rules and bars, no text
	Key    Style // a key to press
	Active Style // the selected tab, the current stage

	OK   Style // holds, passed
	Warn Style // missing or odd
	Bad  Style // failed, expired
	Info Style // a remark

	Why Style // the word "why" before a cause
	Do  Style // the word "do" before a remedy

	Selected Style // the selected row: its blanks; see Row for what stands in it
	Search   Style // what a search found

	Code      Style // the authorization code
	State     Style // state
	Nonce     Style // nonce
	Verifier  Style // code_verifier
	Challenge Style // code_challenge: the colour of its verifier, since it is made from it
	Access    Style // access token
	ID        Style // ID token
	Refresh   Style // refresh token

	scan   Style  // see Scan
	row    *Theme // the same on the selected row
	marked *Theme // the same underlined
}

// New returns the theme of 24-bit colours for a dark or a light terminal. The renderer takes the nearest of what
// the terminal has; for one of sixteen colours [Basic] chooses better.
func New(isDark bool) *Theme {
	if isDark {
		return build(dark)
	}
	return build(light)
}

// Basic returns the theme of the sixteen colours that the terminal's own settings define.
func Basic(isDark bool) *Theme {
	if isDark {
		return build(dark16)
	}
	return build(light16)
}

// Plain returns the theme without a colour (NO_COLOR): bold for what is to be seen first, reverse for the
// selected row, underlines for where we are and what was found.
func Plain() *Theme { return build(palette{}) }

// Row returns the theme for a row: each of its styles stands on the selection's background if the row is
// selected; of sixteen colours or none, the row is reversed. This is how a row of many colours is selected, as
// styles do not nest.
func (t *Theme) Row(selected bool) *Theme {
	if selected {
		return t.row
	}
	return t
}

// Value returns the style of a value by the name it has on the wire; names that do not travel are Text.
func (t *Theme) Value(kind string) Style {
	switch kind {
	case "code":
		return t.Code
	case "state":
		return t.State
	case "nonce":
		return t.Nonce
	case "code_verifier":
		return t.Verifier
	case "code_challenge":
		return t.Challenge
	case "access_token":
		return t.Access
	case "id_token":
		return t.ID
	case "refresh_token":
		return t.Refresh
	}
	return t.Text
}

// Scan is the style of what a camera reads: black on white, whatever the terminal's own colours are. Without colours there
// is none, and who draws has to know which of the two the terminal's background is.
func (t *Theme) Scan() (s Style, ok bool) { return t.scan, t.scan.open != "" }

// Marked is Value for the selected value wherever else it appears: underlined, so that it is found without colour.
func (t *Theme) Marked(kind string) Style { return t.marked.Value(kind) }
