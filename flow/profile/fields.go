package profile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"authscope/flow/trace"
)

// Schema is the version of the file's format.
const Schema = 1

// field is one key of a profile: what a file says about it, how it is written and how it is read.
type field struct {
	key, about string
	get        func(*Profile) string // as TOML, "" if it is not set
	set        func(*Profile, value) string
}

// fields are the keys of a profile, in the order in which a new file has them.
var fields = func() []field {
	fs := []field{
		text("title", "What lists show.", func(p *Profile) *string { return &p.Title }),
		text("note", "", func(p *Profile) *string { return &p.Note }),
		text("issuer", "The tenant, as its metadata has it.", func(p *Profile) *string { return &p.Issuer }),
	}
	about := "Endpoints by hand, for a server without metadata. They win over it."
	for _, name := range trace.EndpointNames {
		fs = append(fs, text(name, about, func(p *Profile) *string { return p.Endpoints.Field(name) }))
		about = ""
	}
	return append(fs,
		text("client_id", "The client.", func(p *Profile) *string { return &p.ClientID }),
		text("client_auth", "How it authenticates, as --client-auth takes it.", func(p *Profile) *string { return &p.ClientAuth }),
		text("secret", "Where the secret is, never the secret: keyring, env:NAME or file:PATH.", func(p *Profile) *string { return &p.Secret }),
		text("client_key_file", "Files with the client's private key and certificate.", func(p *Profile) *string { return &p.ClientKey }),
		text("client_key_id", "", func(p *Profile) *string { return &p.ClientKeyID }),
		text("client_cert_file", "", func(p *Profile) *string { return &p.ClientCert }),
		text("client_assertion_alg", "", func(p *Profile) *string { return &p.AssertionAlg }),
		text("client_assertion_aud", "", func(p *Profile) *string { return &p.AssertionAud }),
		field{"grant", "How tokens are got: code, device or client-credentials.", getGrant, setGrant},
		text("redirect_uri", "Literally as it is registered.", func(p *Profile) *string { return &p.RedirectURI }),
		field{"scope", "What is asked for.", func(p *Profile) string { return listLiteral(p.Scope) }, setScope},
		text("response_mode", "How the answer comes back: query, fragment or form_post.", func(p *Profile) *string { return &p.ResponseMode }),
		yes("no_preflight", "Do not try the authorization request out before the browser opens.", func(p *Profile) *bool { return &p.NoPreflight }),
		text("post_logout_uri", "Where a logout comes back to, as it is registered.", func(p *Profile) *string { return &p.PostLogoutURI }),
		text("ca_file", "Certificates to trust besides the system's, PEM.", func(p *Profile) *string { return &p.CAFile }),
		field{"leeway", "How far clocks may be apart.", getLeeway, setLeeway},
		yes("keep_refresh_token", "Keep the refresh token in the keyring, for authscope run --resume.", func(p *Profile) *bool { return &p.KeepRefreshToken }),
	)
}()

// table is a group of parameters.
type table struct {
	key, about string
	params     func(*Profile) *[]trace.Param
}

var tables = []table{
	{"params", "More parameters for the authorization request.", func(p *Profile) *[]trace.Param { return &p.Params }},
	{"token_params", "More parameters for the token requests.", func(p *Profile) *[]trace.Param { return &p.TokenParams }},
	{"refresh_params", "More parameters for refreshes.", func(p *Profile) *[]trace.Param { return &p.RefreshParams }},
}

func tableOf(key string) (table, bool) {
	for _, t := range tables {
		if t.key == key {
			return t, true
		}
	}
	return table{}, false
}

func fieldOf(key string) (field, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

func text(key, about string, at func(*Profile) *string) field {
	return field{key, about, func(p *Profile) string { return literal(*at(p)) }, func(p *Profile, v value) string {
		*at(p) = v.text
		return wrongKind(v, unstable.String, `a text in quotes`)
	}}
}

// yes is a key that is left out where it is false.
func yes(key, about string, at func(*Profile) *bool) field {
	return field{key, about, func(p *Profile) string {
		if *at(p) {
			return "true"
		}
		return ""
	}, func(p *Profile, v value) string {
		*at(p) = v.text == "true"
		return wrongKind(v, unstable.Bool, "true or false")
	}}
}

func getGrant(p *Profile) string {
	if p.Grant == trace.GrantCode {
		return ""
	}
	return literal(p.Grant.Name())
}

func setGrant(p *Profile, v value) string {
	g, ok := trace.ParseGrant(v.text)
	if !ok || v.kind != unstable.String {
		return "wants one of " + strings.Join(trace.GrantNames, ", ")
	}
	p.Grant = g
	return ""
}

// wrongKind says what a value must be, or "". It does not quote it: it may be a secret in a wrong place.
func wrongKind(v value, want unstable.Kind, words string) string {
	if v.kind == want {
		return ""
	}
	return "wants " + words
}

// setScope takes a list, or a text as it is sent.
func setScope(p *Profile, v value) string {
	if v.kind == unstable.String {
		p.Scope = strings.Fields(v.text)
		return ""
	}
	for _, e := range v.elems {
		if e.kind != unstable.String {
			return `wants a list of texts, such as ["openid", "offline_access"]`
		}
		p.Scope = append(p.Scope, e.text)
	}
	return wrongKind(v, unstable.Array, `a list of texts, such as ["openid", "offline_access"]`)
}

func getLeeway(p *Profile) string {
	if p.Leeway == nil {
		return ""
	}
	return literal(p.Leeway.String())
}

func setLeeway(p *Profile, v value) string {
	d, err := time.ParseDuration(v.text)
	if err != nil || d < 0 || v.kind != unstable.String {
		return `wants a duration, such as "10s"`
	}
	p.Leeway = &d
	return ""
}

// setParam reads a parameter: a text, a number, true or false, or a list of those for one that is sent several times.
func setParam(ps *[]trace.Param, name string, v value) string {
	switch v.kind {
	case unstable.String, unstable.Integer, unstable.Bool:
		*ps = append(*ps, trace.Param{Name: name, Value: v.text})
		return ""
	case unstable.Array:
		for _, e := range v.elems {
			if e.kind == unstable.Array || setParam(ps, name, e) != "" {
				return "wants a text, or a list of texts"
			}
		}
		return ""
	}
	return "wants a text, or a list of texts"
}

// paramLiteral writes the values of one parameter.
func paramLiteral(ps []trace.Param, name string) string {
	var all []string
	for _, p := range ps {
		if p.Name == name {
			all = append(all, p.Value)
		}
	}
	if len(all) != 1 {
		return listLiteral(all)
	}
	return quoted(all[0])
}

func paramNames(ps []trace.Param) (names []string) {
	for _, p := range ps {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// forbiddenKey says why a key must not stand in a profile at all, or "".
func forbiddenKey(path []string) string {
	name := strings.ToLower(path[len(path)-1])
	if trace.SecretParam(name) == "" && name != "client-secret" && name != "clientsecret" && name != "api_key" {
		return ""
	}
	if strings.HasPrefix(name, "client") {
		return fmt.Sprintf("%s: no secret stands in a profile. Take this line out (and the secret out of backups of the file), and say where the secret is: secret = \"keyring\", \"env:NAME\" or \"file:PATH\"", name)
	}
	return fmt.Sprintf("%s: no secret, token or code stands in a profile. Take this line out", name)
}
