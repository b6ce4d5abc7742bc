// Package profile keeps what a person would otherwise type each time: where a tenant is, as which client a login is made,
// and how. A profile is one file that people may read and change, and it never holds a secret: it says where the secret is.
// The package touches the world only through a [Store] and a [Vault], which say where.
package profile

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authscope/flow"
	"authscope/flow/trace"
)

// Profile is what is saved of a tenant and a client. A member with its zero value is not in the file.
type Profile struct {
	Title string // one line, for lists
	Note  string // what the person wants to remember

	Issuer    string
	Endpoints trace.Endpoints // by hand, for a server without metadata, or with wrong one

	ClientID                   string
	ClientAuth                 string // as --client-auth takes it; "": authscope chooses
	Secret                     string // where the client secret is: see [Source]
	ClientKey                  string // file with the key for private_key_jwt or TLS
	ClientKeyID                string
	ClientCert                 string // file with the certificate for TLS
	AssertionAlg, AssertionAud string // as --client-assertion-alg and -aud take them

	Grant         trace.Grant // by which tokens are got
	RedirectURI   string
	Scope         []string
	ResponseMode  string
	NoPreflight   bool   // the authorization request is not tried out first
	PostLogoutURI string // where a logout comes back to

	Params        []trace.Param // of the authorization request
	TokenParams   []trace.Param // of the token requests
	RefreshParams []trace.Param // of refreshes alone

	CAFile           string         // certificates to trust besides the system's
	Leeway           *time.Duration // nil: flow.DefaultLeeway
	KeepRefreshToken bool           // keep it in the keyring, for a later run
}

// Settings returns what a session is started with. What the profile does not say has authscope's default. The client's
// authentication is not among it: how its names are read is the business of whoever knows the methods.
func (p Profile) Settings() trace.Settings {
	s := trace.Settings{
		Issuer: p.Issuer, Endpoints: p.Endpoints, ClientID: p.ClientID,
		RedirectURI: flow.DefaultRedirectURI, Scope: flow.DefaultScope, Leeway: flow.DefaultLeeway,
		Params: slices.Clone(p.Params), TokenParams: slices.Clone(p.TokenParams), RefreshParams: slices.Clone(p.RefreshParams), ResponseMode: p.ResponseMode,
		Grant: p.Grant, NoPreflight: p.NoPreflight, PostLogoutURI: p.PostLogoutURI,
	}
	if p.RedirectURI != "" {
		s.RedirectURI = p.RedirectURI
	}
	if len(p.Scope) > 0 {
		s.Scope = strings.Join(p.Scope, " ")
	}
	if p.Leeway != nil {
		s.Leeway = *p.Leeway
	}
	return s
}

// FromSettings returns the profile that gives s again. Where the secret is, files and notes are not in settings.
func FromSettings(s trace.Settings) Profile {
	p := Profile{Issuer: s.Issuer, Endpoints: s.Endpoints, ClientID: s.ClientID, RedirectURI: s.RedirectURI, Scope: s.Scopes(),
		TokenParams: slices.Clone(s.TokenParams), RefreshParams: slices.Clone(s.RefreshParams), ResponseMode: s.ResponseMode,
		Grant: s.Grant, NoPreflight: s.NoPreflight, PostLogoutURI: s.PostLogoutURI}
	if mode, ok := s.Param("response_mode"); ok {
		p.ResponseMode = mode
	}
	p.Params = slices.DeleteFunc(slices.Clone(s.Params), func(x trace.Param) bool { return x.Name == "response_mode" })
	if s.Leeway != flow.DefaultLeeway {
		p.Leeway = new(s.Leeway)
	}
	return p
}

// normal brings what means the same into the form in which it is read from a file.
func (p Profile) normal() Profile {
	for _, ps := range []*[]trace.Param{&p.Params, &p.TokenParams, &p.RefreshParams} {
		*ps = slices.Clone(*ps)
		slices.SortStableFunc(*ps, func(a, b trace.Param) int { return strings.Compare(a.Name, b.Name) })
		if len(*ps) == 0 {
			*ps = nil
		}
	}
	if len(p.Scope) == 0 {
		p.Scope = nil
	}
	return p
}

// Resolved returns the profile with the names of its files made absolute: they count from where the profile is.
func (e Entry) Resolved() Profile {
	p := e.Profile
	abs := func(name string) string {
		if name == "" || filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(e.Path), name)
	}
	p.CAFile, p.ClientKey, p.ClientCert = abs(p.CAFile), abs(p.ClientKey), abs(p.ClientCert)
	if path, ok := strings.CutPrefix(p.Secret, "file:"); ok {
		p.Secret = "file:" + abs(path)
	}
	return p
}
