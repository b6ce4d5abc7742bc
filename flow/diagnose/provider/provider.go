// Package provider holds what is known of single providers, as data: how to recognise them, when they issue a refresh
// token, what their error texts mean, and where in their console a setting is. One file in presets a provider; a file of
// the person's own takes the place of one, or adds another.
//
// The package is pure: files from outside are read elsewhere and handed in. What nobody has checked is marked so in the
// data, and is worded as a possibility.
package provider

import (
	"slices"
	"strings"
)

// Preset is what is known of one provider.
type Preset struct {
	ID        string             `json:"id"`
	Name      string             `json:"name"`
	Recognise Signs              `json:"recognise"`
	Code      Code               `json:"code"`
	Refresh   Refresh            `json:"refresh"`
	Errors    []ErrorText        `json:"errors"`
	Settings  map[string]Setting `json:"settings"`
}

// Signs are what a provider is recognised by. Hosts, scopes, members and texts are its own and settle it; paths,
// endpoints and headers only make it likely.
type Signs struct {
	Hosts     []string          `json:"hosts"`     // of the issuer or an endpoint; * stands for anything
	Paths     []string          `json:"paths"`     // parts of the issuer's path
	Endpoints map[string]string `json:"endpoints"` // ends of the paths of endpoints, by their names in the metadata; all must fit
	Scopes    []string          `json:"scopes"`    // beginnings of a scope in scopes_supported
	Members   []string          `json:"members"`   // of the metadata
	Headers   []string          `json:"headers"`   // of responses
	Texts     []string          `json:"texts"`     // parts of an error text
}

// Code is what is known of authorization codes (RFC 6749 §4.1.2).
type Code struct {
	Lives     int    `json:"lives"` // seconds; 0: not known
	Unchecked bool   `json:"unchecked"`
	Once      string `json:"once"` // a sentence on what a failed exchange does to the code
}

// Refresh is the rule by which a provider issues refresh tokens (RFC 6749 §1.5: it is up to the server).
type Refresh struct {
	Scope          string   `json:"scope"`            // that it needs in the authorization request; "": none
	Scopes         []string `json:"scopes"`           // others that do as well
	NoOfflineScope bool     `json:"no_offline_scope"` // it does not know offline_access
	Never          bool     `json:"never"`
	FirstConsent   bool     `json:"first_consent"` // it issues one at the first consent only
	When           string   `json:"when"`          // the rule, in a sentence
	Unchecked      bool     `json:"unchecked"`
	ScopeReturned  *bool    `json:"scope_returned"` // whether the token response has a scope; nil: not known
	Needs          []Need   `json:"needs"`
	Causes         []Cause  `json:"causes"`
	Rotation       string   `json:"rotation"` // what a refresh does to the token, in a sentence or more
	Reuse          string   `json:"reuse"`    // what the use of an old one does, where rotation does not say
	Ends           []string `json:"ends"`     // why a refresh token may be dead
	IDToken        string   `json:"id_token"` // what a refresh does about the ID token
}

// Need is a parameter of the authorization request without which there is no refresh token: whether it was sent is known.
type Need struct {
	Param string `json:"param"`
	Value string `json:"value"`
	Text  string `json:"text"` // the cause, if it was not sent
}

// Cause is why there may be no refresh token. What is known of the run strikes it out where it says of whom it holds.
type Cause struct {
	Text      string `json:"text"`
	Grant     bool   `json:"grant"`      // it is about the client's grants
	Public    bool   `json:"public"`     // it holds for public clients only
	API       bool   `json:"api"`        // it holds where audience or resource was sent
	WhenAsked bool   `json:"when_asked"` // it holds where offline_access was asked for
	Unchecked bool   `json:"unchecked"`
}

// ErrorText is an error of a provider, by where it comes and how it reads. The error code alone never decides.
type ErrorText struct {
	At        string `json:"at"`      // authorize, token, userinfo, or page for a page without a redirect
	Grant     string `json:"grant"`   // of the token request; "": any
	Code      string `json:"code"`    // error; "": any
	Text      string `json:"text"`    // a part of error_description or of the page, in lower case; "": any
	OnlyIf    string `json:"only_if"` // a fact of the run that must hold: redirect_differs, offline_asked
	Finding   string `json:"finding"` // the id of the finding that it leads to
	Settles   bool   `json:"settles"` // it proves the cause: candidates are not listed beside it
	Says      string `json:"says"`    // what it means
	Do        string `json:"do"`      // in place of what the finding says to do
	Unchecked bool   `json:"unchecked"`
}

// Setting is where in a provider's console something is set.
type Setting struct {
	Path    string `json:"path"`
	Checked bool   `json:"checked"`
}

// The settings that a preset can name.
var settingNames = []string{"redirect_uris", "refresh", "grants", "secret", "scopes", "origins", "jwt", "audience"}

// Where says in a sentence where the setting is, or "".
func (p *Preset) Where(setting string) string {
	if p == nil || p.Settings[setting].Path == "" {
		return ""
	}
	s := p.Settings[setting]
	if s.Checked {
		return "In " + p.Name + ": " + s.Path + "."
	}
	return "In " + p.Name + " it may stand under " + s.Path + "."
}

// Evidence is what a run shows of who the provider is.
type Evidence struct {
	Issuer    string
	Endpoints map[string]string // by their names in the metadata
	Members   []string          // of the metadata
	Scopes    []string          // scopes_supported
	Headers   []string          // names of response headers
	Texts     []string          // error texts
}

// Match is a provider that was recognised.
type Match struct {
	*Preset
	Sure bool   // by a sign that is its own
	By   string // the sign
}

// Name is how a sentence calls the provider, "the server" where there is none.
func (m Match) NameOr(other string) string {
	if m.Preset == nil {
		return other
	}
	return m.Preset.Name
}

// Set is a list of presets. Its zero value has none.
type Set struct{ presets []*Preset }

// Presets returns the presets, by their ids.
func (s *Set) Presets() []*Preset {
	if s == nil {
		return nil
	}
	return slices.Clone(s.presets)
}

// Get returns the preset called id, or nil.
func (s *Set) Get(id string) *Preset {
	if s == nil {
		return nil
	}
	for _, p := range s.presets {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// with returns the set with p in the place of the preset of its id.
func (s *Set) with(p *Preset) *Set {
	out := &Set{}
	if s != nil {
		out.presets = slices.DeleteFunc(slices.Clone(s.presets), func(o *Preset) bool { return o.ID == p.ID })
	}
	at := len(out.presets)
	for i := len(out.presets) - 1; i >= 0 && out.presets[i].ID > p.ID; i-- {
		at = i
	}
	out.presets = slices.Insert(out.presets, at, p)
	return out
}

// Error returns what the provider's own texts, or those that any provider has alone, say of an error. holds tells
// whether a fact of the run holds.
func (s *Set) Error(m Match, at, grant, code, text string, holds func(string) bool) (e ErrorText, of *Preset) {
	text = strings.ToLower(text[:min(len(text), 4096)])
	if m.Preset != nil {
		if e, ok := m.Preset.find(at, grant, code, text, false, holds); ok {
			return e, m.Preset
		}
		if m.Sure {
			return ErrorText{}, nil
		}
	}
	if s == nil {
		return ErrorText{}, nil
	}
	for _, p := range s.presets {
		if e, ok := p.find(at, grant, code, text, true, holds); ok {
			return e, p
		}
	}
	return ErrorText{}, nil
}

// find looks for the text that fits best: the longest.
func (p *Preset) find(at, grant, code, text string, distinct bool, holds func(string) bool) (best ErrorText, ok bool) {
	for _, e := range p.Errors {
		if e.At != at || e.Grant != "" && e.Grant != grant || e.Code != "" && e.Code != code || !strings.Contains(text, e.Text) {
			continue
		}
		if distinct && len(e.Text) < distinctive || e.OnlyIf != "" && !holds(e.OnlyIf) {
			continue
		}
		if !ok || len(e.Text) > len(best.Text) {
			best, ok = e, true
		}
	}
	return best, ok
}

// distinctive is how long a text must be to point at its provider by itself.
const distinctive = 11
