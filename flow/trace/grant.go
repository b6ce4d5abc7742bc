package trace

import "strings"

// Grant is the way to tokens that a session goes.
type Grant string

// The grants (RFC 6749 §4.1, §4.4; RFC 8628).
const (
	GrantCode              Grant = ""
	GrantDevice            Grant = "device"
	GrantClientCredentials Grant = "client_credentials"
)

// GrantNames are the grants as a person writes them, on the command line and in a profile; the first is the default.
var GrantNames = []string{"code", "device", "client-credentials"}

// Name is the grant as a person writes it.
func (g Grant) Name() string {
	if g == GrantCode {
		return GrantNames[0]
	}
	return strings.ReplaceAll(string(g), "_", "-")
}

// ParseGrant reads what [Grant.Name] writes.
func ParseGrant(name string) (Grant, bool) {
	for _, h := range Grants {
		if h.Grant.Name() == name {
			return h.Grant, true
		}
	}
	return GrantCode, false
}

// GrantHelp says of a grant who takes part, what comes of it and what does not.
type GrantHelp struct {
	Grant   Grant
	Title   string
	What    string
	Returns string
	Lacks   string
	Spec    string
}

// Grants are all that authscope walks, in the order in which they are offered.
var Grants = []GrantHelp{
	{GrantCode, "authorization code", "A person signs in in a browser, and the tenant sends it back with a code.",
		"an access token, with openid an ID token, with offline_access mostly a refresh token", "", "RFC 6749 §4.1"},
	{GrantDevice, "device", "A person signs in on another device, with a short code. For a TV, a console, a command line over SSH.",
		"what the authorization code returns", "a redirect URI, state and nonce: nothing comes back to this machine", "RFC 8628"},
	{GrantClientCredentials, "client credentials", "The client acts for itself and proves itself with its own secret. Nobody signs in.",
		"an access token", "an ID token, a refresh token, UserInfo: there is no person that they could be about", "RFC 6749 §4.4"},
}

// GrantOf returns the description of g.
func GrantOf(g Grant) GrantHelp {
	for _, h := range Grants {
		if h.Grant == g {
			return h
		}
	}
	return GrantHelp{Grant: g, Title: string(g)}
}

// ResponseModeHelp says what a way of answering is.
type ResponseModeHelp struct {
	Mode string // "" leaves it to the server
	What string
	Spec string
}

// ResponseModes are those that authscope can receive an answer by.
var ResponseModes = []ResponseModeHelp{
	{"", "What the server does by itself, which is query for a code. Nothing is sent.", "OAuth 2.0 Multiple Response Type Encoding Practices §2.1"},
	{"query", "The code stands in the address, behind a ?. It is in the browser's history and may be in logs.", "OAuth 2.0 Multiple Response Type Encoding Practices §2.1"},
	{"fragment", "The code stands behind a #, which a browser keeps to itself: a page that authscope serves hands it on.", "OAuth 2.0 Multiple Response Type Encoding Practices §2.1"},
	{"form_post", "The browser posts the code in a form. It is in no address and no history.", "OAuth 2.0 Form Post Response Mode §2"},
}
