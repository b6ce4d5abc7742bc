// Package metadata knows the members of an authorization server's metadata: what each means, where that is specified, and what
// holds where it is absent. They are those of OpenID Connect Discovery 1.0 §3, RFC 8414 §2 and IANA's registry "OAuth
// Authorization Server Metadata", and a few that are widely met and registered nowhere.
//
// The package is pure, and a leaf.
package metadata

import (
	"slices"
	"strings"
)

// Kind is the type that a member's value has.
type Kind string

// The types of values.
const (
	Text   Kind = "string"
	URL    Kind = "URL"
	List   Kind = "array of strings"
	Bool   Kind = "boolean"
	Number Kind = "number"
	Object Kind = "object"
	Any    Kind = "" // nothing is known of it
)

// Group puts together what is read together.
type Group string

// The groups, in the order in which they are shown.
const (
	Endpoints Group = "endpoints"
	Requests  Group = "requests"     // what may be asked for, and how
	Clients   Group = "clients"      // how clients prove who they are
	Tokens    Group = "tokens"       // what tokens and UserInfo are like
	Logout    Group = "logout"       // how a session ends
	Flows     Group = "other flows"  // device, CIBA, credentials
	About     Group = "about it"     // for people, and for federations
	Unknown   Group = "unregistered" // in no registry known here
)

// Groups lists the groups in their order.
var Groups = []Group{Endpoints, Requests, Clients, Tokens, Logout, Flows, About, Unknown}

// Title is a group's heading.
func (g Group) Title() string {
	switch g {
	case Endpoints:
		return "Issuer and endpoints"
	case Requests:
		return "What may be asked for"
	case Clients:
		return "Client authentication"
	case Tokens:
		return "Tokens and claims"
	case Logout:
		return "Logout"
	case Flows:
		return "Other flows"
	case About:
		return "About the server"
	}
	return "Unknown members"
}

// Member is one member that is known.
type Member struct {
	Name    string
	Kind    Kind
	Group   Group
	Default string // what holds where it is absent, in words; "" if that says nothing
	Spec    string
	Meaning string
	// Product is whose own the member is, where it is in no specification: "Microsoft Entra".
	Product string
}

// Members are all that are known: group by group, the most asked for first.
var Members = slices.Concat(in(Endpoints, endpointMembers), in(Requests, requestMembers), in(Clients, clientMembers), in(Tokens, tokenMembers),
	in(Logout, logoutMembers), in(Flows, flowMembers), in(About, aboutMembers), productMembers)

// in puts members into a group.
func in(g Group, list []Member) []Member {
	for i := range list {
		list[i].Group = g
	}
	return list
}

// index finds a member by its name.
var index = func() map[string]int {
	m := make(map[string]int, len(Members))
	for i, x := range Members {
		m[x.Name] = i
	}
	return m
}()

// Lookup returns what is known of a member. What is unknown has its name and the group [Unknown].
func Lookup(name string) (m Member, known bool) {
	if i, ok := index[name]; ok {
		return Members[i], true
	}
	return Member{Name: name, Group: Unknown}, false
}

// usual are the members whose absence says something to whoever builds a login: what holds then is worth a line.
var usual = []string{"issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint", "introspection_endpoint",
	"end_session_endpoint", "device_authorization_endpoint", "pushed_authorization_request_endpoint", "registration_endpoint",
	"response_types_supported", "response_modes_supported", "grant_types_supported", "scopes_supported", "code_challenge_methods_supported",
	"authorization_response_iss_parameter_supported", "prompt_values_supported", "claims_parameter_supported", "request_parameter_supported",
	"request_uri_parameter_supported", "require_pushed_authorization_requests", "acr_values_supported",
	"token_endpoint_auth_methods_supported", "dpop_signing_alg_values_supported", "tls_client_certificate_bound_access_tokens",
	"subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported", "claims_supported",
	"frontchannel_logout_supported", "backchannel_logout_supported"}

// Usual reports whether a member is one whose absence is told.
func Usual(name string) bool { return slices.Contains(usual, name) }

// Near returns the member that an unknown name may be a mistake for: the same but for case, - for _, or a plural; "" if there
// is none.
func Near(name string) string {
	lower := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	plain := func(s string) string { return strings.TrimSuffix(lower(s), "s") }
	if _, known := index[name]; known || len(name) > 80 {
		return ""
	}
	want := plain(name)
	for _, m := range Members {
		if p := plain(m.Name); p == want || m.Name == lower(name)+"_supported" {
			return m.Name
		}
	}
	return ""
}
