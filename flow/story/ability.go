package story

import (
	"slices"
	"strings"
)

// Saying is what a tenant says of something that it might be able to do.
type Saying string

// The answers. What is not told may be possible all the same.
const (
	SaysYes Saying = "yes"
	SaysNo  Saying = "no"
	NotSaid Saying = "not_told"
)

// Ability is something that a tenant says that it can do, or not. Whether it is true only a try can tell.
type Ability struct {
	ID     string // part of the JSON contract, never renamed
	Title  string
	Answer Saying
	Text   string   // the answer in a sentence
	From   []string // the members that it is read from
	Spec   string
}

// abilities reads what the tenant says that it can do.
func abilities(t *Tenant) []Ability {
	out := []Ability{t.signIn(), t.refreshing(), t.pkce(), t.clients(), t.modes(), t.idTokens()}
	for _, g := range []struct{ id, title, grant, endpoint, spec string }{
		{"client_credentials", "Tokens for machines", "client_credentials", "", "RFC 6749 §4.4"},
		{"device", "Sign-in with a device", DeviceGrant, "device_authorization_endpoint", "RFC 8628"},
		{"ciba", "Sign-in elsewhere (CIBA)", "urn:openid:params:grant-type:ciba", "backchannel_authentication_endpoint", ciba},
		{"token_exchange", "Exchange of tokens", "urn:ietf:params:oauth:grant-type:token-exchange", "", "RFC 8693"},
		{"jwt_bearer", "A JWT for a token", "urn:ietf:params:oauth:grant-type:jwt-bearer", "", "RFC 7523 §2.1"},
	} {
		out = append(out, t.grant(g.id, g.title, g.grant, g.endpoint, g.spec))
	}
	for _, e := range []struct{ id, title, member, spec string }{
		{"userinfo", "UserInfo", "userinfo_endpoint", "OpenID Connect Core 1.0 §5.3"},
		{"introspection", "Introspection", "introspection_endpoint", "RFC 7662"},
		{"revocation", "Revocation", "revocation_endpoint", "RFC 7009"},
		{"registration", "Registration of clients", "registration_endpoint", "RFC 7591"},
	} {
		out = append(out, t.endpoint(e.id, e.title, e.member, e.spec))
	}
	return append(out, t.pushed(), t.requestObjects(), t.bound(), t.logout(), t.issParameter())
}

const ciba = "OpenID Connect CIBA 1.0"

func quoteList(l []string) string {
	if len(l) > 12 {
		return strings.Join(l[:12], ", ") + ", …"
	}
	return strings.Join(l, ", ")
}

// signIn: a browser login with a code.
func (t *Tenant) signIn() Ability {
	a := Ability{ID: "code", Title: "Sign-in with a code", Spec: "RFC 6749 §4.1", From: []string{"authorization_endpoint", "response_types_supported"}}
	types, told := t.list("response_types_supported")
	switch {
	case t.text("authorization_endpoint") == "":
		a.Answer, a.Text = SaysNo, "There is no authorization endpoint: nobody can sign in with a browser."
	case !told:
		a.Answer, a.Text = NotSaid, "There is an authorization endpoint, and response_types_supported is absent, though it is required."
	case slices.Contains(types, "code"):
		a.Answer, a.Text = SaysYes, "Says it signs people in with a code."
	default:
		a.Answer, a.Text = SaysNo, "code is not among its response types: "+quoteList(types)+"."
	}
	return a
}

// refreshing: whether and how a refresh token is to be had.
func (t *Tenant) refreshing() Ability {
	a := Ability{ID: "refresh", Title: "Refresh tokens", Spec: "RFC 6749 §6, OpenID Connect Core 1.0 §11", From: []string{"grant_types_supported", "scopes_supported"}}
	grants, told := t.list("grant_types_supported")
	scopes, listed := t.list("scopes_supported")
	offline := "offline_access is not among its scopes: it may give them without that scope, to some clients only, or ask for something else."
	switch {
	case slices.Contains(scopes, "offline_access"):
		offline = "offline_access is among its scopes."
	case !listed:
		offline = "Its scopes are not told."
	}
	switch {
	case !told:
		a.Answer, a.Text = NotSaid, "grant_types_supported is absent, and its default does not name refresh_token. "+offline
	case slices.Contains(grants, "refresh_token") && slices.Contains(scopes, "offline_access"):
		a.Answer, a.Text = SaysYes, "Says it gives refresh tokens when the scope has offline_access."
	case slices.Contains(grants, "refresh_token"):
		a.Answer, a.Text = SaysYes, "Says it takes refresh tokens. "+offline
	default:
		a.Answer, a.Text = SaysNo, "refresh_token is not among its grants. "+offline
	}
	return a
}

func (t *Tenant) pkce() Ability {
	a := Ability{ID: "pkce", Title: "PKCE", Spec: "RFC 7636, RFC 8414 §2", From: []string{"code_challenge_methods_supported"}}
	methods, told := t.list("code_challenge_methods_supported")
	switch {
	case !told:
		a.Answer, a.Text = NotSaid, "By RFC 8414 that means no PKCE; some servers have it all the same, and a challenge does no harm."
	case slices.Contains(methods, "S256"):
		a.Answer, a.Text = SaysYes, "Says it checks PKCE: "+quoteList(methods)+"."
	default:
		a.Answer, a.Text = SaysNo, "S256 is not among its methods: "+quoteList(methods)+"."
	}
	return a
}

func (t *Tenant) clients() Ability {
	a := Ability{ID: "client_auth", Title: "Client authentication", Answer: SaysYes, Spec: "RFC 8414 §2", From: []string{"token_endpoint_auth_methods_supported"}}
	methods, told := t.list("token_endpoint_auth_methods_supported")
	switch {
	case !told:
		a.Answer, a.Text = NotSaid, "By default client_secret_basic."
	case slices.Contains(methods, "none"):
		a.Text = "Says it takes " + quoteList(methods) + ": public clients too (none)."
	default:
		a.Text = "Says it takes " + quoteList(methods) + ". Public clients (none) are not among them."
	}
	return a
}

func (t *Tenant) modes() Ability {
	a := Ability{ID: "response_modes", Title: "Ways of answering", Answer: SaysYes, Spec: "RFC 8414 §2", From: []string{"response_modes_supported"}}
	modes, told := t.list("response_modes_supported")
	if a.Text = "Says it answers as " + quoteList(modes) + "."; !told {
		a.Answer, a.Text = NotSaid, "By default query and fragment."
	}
	return a
}

func (t *Tenant) idTokens() Ability {
	a := Ability{ID: "id_token", Title: "ID tokens", Answer: SaysYes, Spec: "OpenID Connect Discovery 1.0 §3", From: []string{"id_token_signing_alg_values_supported", "subject_types_supported"}}
	algs, told := t.list("id_token_signing_alg_values_supported")
	if a.Text = "Says it signs them with " + quoteList(algs) + "."; !told {
		a.Answer, a.Text = NotSaid, "No signature algorithm is told: it may be a server without OpenID Connect."
	}
	return a
}
