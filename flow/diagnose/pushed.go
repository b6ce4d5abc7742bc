package diagnose

import (
	"slices"

	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

// authorizeReasons are the findings that an error of the authorization endpoint can lead to.
var authorizeReasons = []string{"offline-access-alone", "offline-access-refused", "invalid-scope", "access-denied", "client-not-accepted", "prompt-none", "consent-required",
	"pkce-required", "pkce-method", "par-required", "request-object-required", "request-uri-refused", "authorization-refused"}

// isTrue reports whether a member of the metadata is true.
func isTrue(m *story.Metadata, name string) bool {
	v, _ := m.JSON.Get(name)
	return v.Kind == jwtview.Bool && v.Text == "true"
}

// whichRefused returns the scope that a server names as the one that it refuses, or "".
func (r *reading) whichRefused(a errorAnswer) string {
	for _, s := range strings.Fields(a.scope()) {
		if has(a.text, strings.ToLower(s)) && !strings.Contains(a.scope(), ",") {
			if s == "openid" || s == "offline_access" && namesAnother(a) {
				continue
			}
			return s
		}
	}
	return ""
}

// namesAnother reports whether the words name a scope besides offline_access.
func namesAnother(a errorAnswer) bool {
	for _, s := range strings.Fields(a.scope()) {
		if s != "offline_access" && s != "openid" && has(a.text, strings.ToLower(s)) {
			return true
		}
	}
	return false
}

func offlineRefused(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{Seen: "The authorization request asked for " + lit(a.scope()) + "."}
	if m := r.Metadata(); m != nil && slices.Contains(m.ScopesSupported, "offline_access") {
		f.Seen += " The metadata lists offline_access in scopes_supported, so the server knows it."
		f.Means = "The server does not take this scope from this client. " + candidates("a setting of the client does not allow offline access;", "the grant refresh_token is switched off for the client;", "a policy of the tenant does not give the scope to clients of this kind.")
	}
	return f
}

func parRequired(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{Seen: "The request had its parameters in the URL."}
	if m := r.Metadata(); m != nil && isTrue(m, "require_pushed_authorization_requests") {
		f.Seen += " The metadata says require_pushed_authorization_requests: true."
	}
	return f
}

func requestObjectRequired(r *reading, a errorAnswer) jwtview.Finding {
	return jwtview.Finding{Seen: "The request had its parameters in the URL. The metadata says require_signed_request_object: true."}
}

func requestURIRefused(r *reading, a errorAnswer) jwtview.Finding {
	return jwtview.Finding{Seen: "The request had a request_uri."}
}
