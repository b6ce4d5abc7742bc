package provider

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed presets/*.json
var presets embed.FS

// Default returns the presets that are built in.
var Default = sync.OnceValue(func() *Set {
	s := &Set{}
	entries, _ := presets.ReadDir("presets") // in the order of their names, which are the ids
	for _, e := range entries {
		b, _ := presets.ReadFile("presets/" + e.Name())
		p, err := Parse(e.Name(), b)
		if err != nil {
			panic("provider: " + err.Error()) // a test reads them all
		}
		s.presets = append(s.presets, p)
	}
	return s
})

// File is a preset of the person's own, as it was read.
type File struct {
	Name string
	Data []byte
}

// With returns s with the presets of files, each in the place of the one with its id. A file that cannot be used is
// reported with its line and column, and what is built in stands.
func (s *Set) With(files []File) (*Set, []error) {
	var errs []error
	for _, f := range files {
		p, err := Parse(f.Name, f.Data)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		s = s.with(p)
	}
	return s, errs
}

// The bounds of a file.
const (
	MaxFile   = 256 << 10
	maxErrors = 500
	maxText   = 1200
)

// Parse reads one file. Keys that are not known are refused: a misspelt one would be silently without effect.
func Parse(name string, data []byte) (*Preset, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%s has %d bytes, more than such a file can have (%d)", name, len(data), MaxFile)
	}
	p := &Preset{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(p)
	if err == nil && len(bytes.TrimSpace(data[d.InputOffset():])) > 0 {
		err = &slip{string(bytes.TrimSpace(data[d.InputOffset():])[:1]), "something stands behind the object"}
	}
	if err != nil {
		return nil, positioned(name, data, err)
	}
	if bad := p.check(); bad != nil {
		line, col := find(data, bad.near)
		return nil, fmt.Errorf("%s:%d:%d: %s", name, line, col, bad.text)
	}
	return p, nil
}

// positioned writes a decoding error with its line and column.
func positioned(name string, data []byte, err error) error {
	at := len(data)
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	var extra *slip
	switch {
	case errors.As(err, &syntax):
		at = int(syntax.Offset) - 1
	case errors.As(err, &mistyped):
		at = int(mistyped.Offset) - 1
	case errors.As(err, &extra):
		at = bytes.LastIndex(data, []byte(extra.near))
	default:
		if _, key, ok := strings.Cut(err.Error(), "unknown field "); ok {
			at, err = bytes.Index(data, []byte(key)), fmt.Errorf("%s is no key of a preset", key)
		}
	}
	line, col := position(data, at)
	return fmt.Errorf("%s:%d:%d: %s", name, line, col, strings.TrimPrefix(err.Error(), "json: "))
}

// position returns the line and column of an offset.
func position(data []byte, at int) (line, col int) {
	before := data[:max(0, min(at, len(data)))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// slip is something in a file that is JSON and no good preset; near is where it stands.
type slip struct{ near, text string }

// Error implements error.
func (s *slip) Error() string { return s.text }

// find returns the line and column of the first place where near stands, else those of the beginning.
func find(data []byte, near string) (line, col int) {
	return position(data, max(0, bytes.Index(data, []byte(near))))
}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (p *Preset) check() *slip {
	switch {
	case !idForm.MatchString(p.ID) || len(p.ID) > 40:
		return &slip{p.ID, fmt.Sprintf("id %q: letters, digits and hyphens are possible, 40 at most", clip(p.ID))}
	case p.Name == "" || len(p.Name) > 60:
		return &slip{p.Name, "name must have 1 to 60 characters"}
	case p.Refresh.When == "":
		return &slip{`"refresh"`, "refresh.when is missing: the rule by which this provider issues refresh tokens"}
	case len(p.Errors) > maxErrors || len(p.Refresh.Causes) > 50 || len(p.Refresh.Needs) > 20 || len(p.Refresh.Ends) > 50:
		return &slip{"", "there are too many entries"}
	}
	for _, text := range p.texts() {
		if s := prose(text); s != "" {
			return &slip{text, fmt.Sprintf("%q %s", clip(text), s)}
		}
	}
	for name := range p.Settings {
		if !slices.Contains(settingNames, name) {
			return &slip{`"` + name + `"`, fmt.Sprintf("settings.%s is not known: there are %s", clip(name), strings.Join(settingNames, ", "))}
		}
	}
	for _, n := range p.Refresh.Needs {
		if n.Param == "" || n.Text == "" {
			return &slip{`"needs"`, "a need has param, value and text"}
		}
	}
	return p.checkErrors()
}

func (p *Preset) checkErrors() *slip {
	for _, e := range p.Errors {
		switch {
		case !slices.Contains([]string{"authorize", "token", "userinfo", "page"}, e.At):
			return &slip{`"` + e.At + `"`, fmt.Sprintf("at = %q is not known: there are authorize, token, userinfo and page", clip(e.At))}
		case e.Text != strings.ToLower(e.Text):
			return &slip{e.Text, fmt.Sprintf("text %q must be in lower case: it is compared without regard to case", clip(e.Text))}
		case e.Text == "" && e.Code == "":
			return &slip{`"errors"`, "an error needs text or code, else it would fit everything"}
		case e.OnlyIf != "" && e.OnlyIf != "redirect_differs" && e.OnlyIf != "offline_asked":
			return &slip{e.OnlyIf, fmt.Sprintf("only_if = %q is not known: there are redirect_differs and offline_asked", clip(e.OnlyIf))}
		case !idForm.MatchString(e.Finding):
			return &slip{e.Finding, fmt.Sprintf("finding = %q is no id of a finding", clip(e.Finding))}
		case e.Settles && (e.Says == "" || e.Unchecked):
			return &slip{e.Text, fmt.Sprintf("%q settles the cause, so it must say it, and have been checked", clip(e.Text))}
		}
	}
	return nil
}

// texts are the sentences of a preset.
func (p *Preset) texts() []string {
	out := append([]string{p.Name, p.Code.Once, p.Refresh.When, p.Refresh.Rotation, p.Refresh.Reuse, p.Refresh.IDToken}, p.Refresh.Ends...)
	for _, c := range p.Refresh.Causes {
		out = append(out, c.Text)
	}
	for _, n := range p.Refresh.Needs {
		out = append(out, n.Text)
	}
	for _, e := range p.Errors {
		out = append(out, e.Says, e.Do)
	}
	for _, s := range p.Settings {
		out = append(out, s.Path)
	}
	return out
}

// prose says why a text cannot stand in a sentence, or "".
func prose(s string) string {
	switch {
	case len(s) > maxText:
		return fmt.Sprintf("is longer than %d bytes", maxText)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "has a character that cannot be shown"
	}
	return ""
}

func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
