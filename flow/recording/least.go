package recording

import (
	"slices"
	"strings"

	"authscope/flow/trace"
)

// Of what was posted to the pages of a server, and of what an application told its API, no more is taken from a file than a
// login is made of: there are the passwords, and the business of the application.

// known are the parameters of authorization requests, their answers and logouts. The values of others are nobody's matter.
var known = strings.Fields(`response_type client_id redirect_uri scope state nonce display prompt max_age ui_locales claims_locales
	id_token_hint login_hint acr_values claims request request_uri registration response_mode code_challenge code_challenge_method resource
	audience authorization_details dpop_jkt organization kc_idp_hint domain_hint hd access_type identity_provider connection
	code error error_description error_uri access_token token_type expires_in id_token iss session_state response
	post_logout_redirect_uri logout_hint returnTo`)

// least takes out of a query or a form what is none of an authorization request.
func least(query string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if slices.Contains(known, name) || strings.HasPrefix(name, "x_") && trace.SecretName(name) == "" {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// leastURL is least for the query of an address.
func leastURL(raw string) string {
	raw, fragment, marked := strings.Cut(raw, "#")
	before, query, asked := strings.Cut(raw, "?")
	if asked {
		if query = least(query); query != "" {
			before += "?" + query
		}
	}
	if marked {
		before += "#" + fragment
	}
	return before
}

// leastForm is what a browser posted to the authorization endpoint, without what somebody typed there.
func (x *exchange) leastForm() []byte {
	if x.form == nil || len(x.body) > 0 && x.body[0] == '{' {
		return nil
	}
	return []byte(least(string(x.body)))
}

// leastHeader is the answer's header. Where a server leads to a page of its own, what it hands to that is left out.
func (x *exchange) leastHeader() trace.Header {
	if x.status/100 != 3 {
		return x.resHeader
	}
	h := slices.Clone(x.resHeader)
	for i, f := range h {
		if strings.EqualFold(f[0], "Location") {
			h[i][1] = leastURL(f[1])
		}
	}
	return h
}

// leastCall is what a call to an API says of a token: where it went, whether it was taken, and why not.
func (x *exchange) leastCall() *exchange {
	if x.role != roleAPI {
		return x
	}
	y := *x
	y.url, y.body = bare(x.url), nil
	if x.status/100 != 4 {
		y.resBody, y.resMissing = nil, x.resMissing || len(x.resBody) > 0
	}
	return &y
}
