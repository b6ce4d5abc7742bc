package theme

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// roles returns the styles of t by the names of their fields.
func roles(t *Theme) map[string]Style {
	styles := map[string]Style{}
	v := reflect.ValueOf(*t)
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			styles[f.Name] = v.Field(i).Interface().(Style)
		}
	}
	return styles
}

// luminance and contrast are those of WCAG 2.2.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrast(t *testing.T) {
	for name, c := range map[string]struct {
		theme *Theme
		on    []color.Color
	}{
		"dark":                     {New(true), []color.Color{rgb(0x1a1b26), rgb(0x000000)}},
		"light":                    {New(false), []color.Color{rgb(0xfafafa), rgb(0xffffff)}},
		"dark, the selected row":   {New(true).Row(true), []color.Color{dark.row}},
		"light, the selected row":  {New(false).Row(true), []color.Color{light.row}},
		"dark, what was found":     {&Theme{Text: New(true).Search}, []color.Color{dark.match}},
		"light, what was found":    {&Theme{Text: New(false).Search}, []color.Color{light.match}},
		"dark, values of the row":  {New(true).Row(true).marked, []color.Color{dark.row}},
		"light, values of the row": {New(false).Row(true).marked, []color.Color{light.row}},
	} {
		for role, style := range roles(c.theme) {
			want := 4.5
			switch role {
			case "Faint":
				want = 3
			case "Search": // has its own background
				continue
			}
			for _, bg := range c.on {
				if style.fg == nil {
					continue
				}
				if got := contrast(style.fg, bg); got < want {
					t.Errorf("%s: %s on %v: contrast %.2f, want %.1f", name, role, bg, got, want)
				}
			}
		}
	}
}

// TestFewerColours holds that what must be told apart stays apart when the renderer takes the nearest colours.
func TestFewerColours(t *testing.T) {
	for _, isDark := range []bool{true, false} {
		for _, p := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.ANSI} {
			th := New(isDark)
			apart(t, p, map[string]color.Color{
				"OK": th.OK.fg, "Warn": th.Warn.fg, "Bad": th.Bad.fg, "Text": th.Text.fg, "Dim": th.Dim.fg, "Key": th.Key.fg,
			})
			for _, pal := range []palette{dark, light} {
				apart(t, p, map[string]color.Color{"row": pal.row, "its text": pal.text, "its notes": pal.rowDim})
			}
		}
		apart(t, colorprofile.ANSI256, values(New(isDark)))
		apart(t, colorprofile.ANSI, values(Basic(isDark)))
		b := Basic(isDark)
		apart(t, colorprofile.ANSI, map[string]color.Color{
			"OK": b.OK.fg, "Warn": b.Warn.fg, "Bad": b.Bad.fg, "Dim": b.Dim.fg, "Key": b.Key.fg, "Faint": b.Faint.fg,
		})
	}
}

// values returns the colours of the values that travel; the challenge has its verifier's.
func values(th *Theme) map[string]color.Color {
	return map[string]color.Color{
		"code": th.Code.fg, "state": th.State.fg, "nonce": th.Nonce.fg, "verifier": th.Verifier.fg,
		"access": th.Access.fg, "id": th.ID.fg, "refresh": th.Refresh.fg, "bad": th.Bad.fg,
	}
}

func apart(t *testing.T, p colorprofile.Profile, colours map[string]color.Color) {
	t.Helper()
	seen := map[color.Color]string{}
	for name, c := range colours {
		got := p.Convert(c)
		if other, ok := seen[got]; ok {
			t.Errorf("%v: %s and %s are both %v", p, name, other, got)
		}
		seen[got] = name
	}
}

// What a camera reads is black on white in every theme that has colours.
func TestScan(t *testing.T) {
	for name, th := range map[string]*Theme{"dark": New(true), "light": New(false), "dark, 16": Basic(true), "light, 16": Basic(false)} {
		const want = "\x1b[38;2;0;0;0;48;2;255;255;255mx\x1b[m"
		if s, ok := th.Scan(); !ok || s.Render("x") != want {
			t.Errorf("%s: a code is drawn as %q, %v, want %q", name, s.Render("x"), ok, want)
		}
	}
	if s, ok := Plain().Scan(); ok || s.Render("x") != "x" {
		t.Errorf("without colours a code is drawn as %q, %v", s.Render("x"), ok)
	}
}

func TestPlainHasNoColour(t *testing.T) {
	for _, th := range []*Theme{Plain(), Plain().Row(true), Plain().marked} {
		for role, style := range roles(th) {
			if style.fg != nil || ansi.StringWidth(style.Render("x")) != 1 {
				t.Errorf("%s: %+v", role, style)
			}
			switch style.open {
			case "", "\x1b[1m", "\x1b[2m", "\x1b[4m", "\x1b[7m", "\x1b[1;4m", "\x1b[1;7m", "\x1b[2;7m", "\x1b[2;4m", "\x1b[1;4;7m", "\x1b[4;7m":
			default:
				t.Errorf("%s: %q is more than an attribute", role, style.open)
			}
		}
	}
	if p := Plain(); p.Selected.open == "" || p.Active.open == "" || p.Search.open == "" || p.Row(true).Text.open == "" {
		t.Errorf("selection, place or match cannot be seen: %+v", p)
	}
}

func TestRow(t *testing.T) {
	for name, th := range map[string]*Theme{"dark": New(true), "light": New(false), "dark16": Basic(true), "light16": Basic(false), "plain": Plain()} {
		if th.Row(false) != th || th.Row(true) == th || th.Row(true).Row(true) != th.Row(true) {
			t.Errorf("%s: Row", name)
		}
		for role, style := range roles(th.Row(true)) {
			if style.open == "" {
				t.Errorf("%s: %s cuts a hole in the selected row", name, role)
			}
		}
	}
}

func TestValue(t *testing.T) {
	th := New(true)
	for kind, want := range map[string]Style{
		"code": th.Code, "state": th.State, "nonce": th.Nonce, "code_verifier": th.Verifier, "code_challenge": th.Challenge,
		"access_token": th.Access, "id_token": th.ID, "refresh_token": th.Refresh, "scope": th.Text, "": th.Text,
	} {
		if got := th.Value(kind); got != want {
			t.Errorf("Value(%q) = %+v", kind, got)
		}
		if got := th.Marked(kind); got == want || got.fg != want.fg {
			t.Errorf("Marked(%q) = %+v", kind, got)
		}
	}
	if th.Row(true).Marked("code") == th.Marked("code") {
		t.Error("a marked value on the selected row has no background")
	}
}
