package story

import (
	"slices"
	"strings"
)

// grant: something that the token endpoint takes, and the endpoint that belongs to it.
func (t *Tenant) grant(id, title, grant, endpoint, spec string) Ability {
	a := Ability{ID: id, Title: title, Answer: SaysNo, Spec: spec, From: []string{"grant_types_supported"}}
	grants, told := t.list("grant_types_supported")
	has, at := slices.Contains(grants, grant), endpoint == "" || t.text(endpoint) != ""
	if endpoint != "" {
		a.From = append(a.From, endpoint)
	}
	switch {
	case has && at:
		a.Answer, a.Text = SaysYes, "Says it can: it is among its grants."
	case has:
		a.Text = "It is among its grants, but there is no " + endpoint + "."
	case endpoint != "" && at && told:
		a.Text = "There is " + articled(endpoint) + ", but it is not among its grants."
	case endpoint != "" && at:
		a.Answer, a.Text = SaysYes, "Says it can: there is "+articled(endpoint)+"."
	case !told && endpoint == "":
		a.Answer, a.Text = NotSaid, "grant_types_supported is absent."
	case endpoint != "":
		a.Text = "There is no " + endpoint + "."
	default:
		a.Text = "Not among its grants."
	}
	return a
}

// endpoint: something that is there if its endpoint is.
func (t *Tenant) endpoint(id, title, member, spec string) Ability {
	a := Ability{ID: id, Title: title, Answer: SaysYes, Text: "Says it can: there is " + articled(member) + ".", From: []string{member}, Spec: spec}
	if t.text(member) == "" {
		a.Answer, a.Text = SaysNo, "There is no "+member+"."
	}
	return a
}

func (t *Tenant) pushed() Ability {
	a := t.endpoint("par", "Pushed requests (PAR)", "pushed_authorization_request_endpoint", "RFC 9126")
	if t.is("require_pushed_authorization_requests") {
		a.Text = "Says that every authorization request must be pushed first."
	}
	a.From = append(a.From, "require_pushed_authorization_requests")
	return a
}

func (t *Tenant) requestObjects() Ability {
	a := Ability{ID: "request_object", Title: "Signed requests (JAR)", Answer: SaysNo, Text: "request_parameter_supported is not true.", Spec: "RFC 9101, OpenID Connect Core 1.0 §6",
		From: []string{"request_parameter_supported", "request_uri_parameter_supported", "require_signed_request_object"}}
	switch {
	case t.is("require_signed_request_object"):
		a.Answer, a.Text = SaysYes, "Says that every authorization request must be a signed JWT."
	case t.is("request_parameter_supported"):
		a.Answer, a.Text = SaysYes, "Says it takes them in request."
	case t.is("request_uri_parameter_supported"):
		a.Answer, a.Text = SaysYes, "Says it fetches them from request_uri."
	}
	return a
}

// bound: tokens that are of no use to whoever steals them.
func (t *Tenant) bound() Ability {
	a := Ability{ID: "bound_tokens", Title: "Tokens bound to a key", Answer: SaysNo, Text: "Neither DPoP nor certificates are told of.", Spec: "RFC 9449, RFC 8705 §3",
		From: []string{"dpop_signing_alg_values_supported", "tls_client_certificate_bound_access_tokens"}}
	var by []string
	if algs, _ := t.list("dpop_signing_alg_values_supported"); len(algs) > 0 {
		by = append(by, "DPoP ("+quoteList(algs)+")")
	}
	if t.is("tls_client_certificate_bound_access_tokens") {
		by = append(by, "certificates (RFC 8705)")
	}
	if len(by) > 0 {
		a.Answer, a.Text = SaysYes, "Says it can, by "+strings.Join(by, " and ")+"."
	}
	return a
}

func (t *Tenant) logout() Ability {
	a := Ability{ID: "logout", Title: "Logout", Answer: SaysNo, Text: "No way to end the session at the server is told.", Spec: "OpenID Connect RP-Initiated Logout 1.0, Front-Channel Logout 1.0, Back-Channel Logout 1.0",
		From: []string{"end_session_endpoint", "frontchannel_logout_supported", "backchannel_logout_supported", "check_session_iframe"}}
	var ways []string
	for _, w := range []struct {
		there bool
		text  string
	}{
		{t.text("end_session_endpoint") != "", "by the application (end_session_endpoint)"},
		{t.is("frontchannel_logout_supported"), "telling others through the browser"},
		{t.is("backchannel_logout_supported"), "telling others directly"},
		{t.text("check_session_iframe") != "", "watched by a page (check_session_iframe)"},
	} {
		if w.there {
			ways = append(ways, w.text)
		}
	}
	if len(ways) > 0 {
		a.Answer, a.Text = SaysYes, "Says it can: "+strings.Join(ways, ", ")+"."
	}
	return a
}

func (t *Tenant) issParameter() Ability {
	a := Ability{ID: "iss_parameter", Title: "iss in answers", Answer: SaysNo, Text: "Does not say that its answers carry iss.",
		Spec: "RFC 9207", From: []string{"authorization_response_iss_parameter_supported"}}
	if t.is("authorization_response_iss_parameter_supported") {
		a.Answer, a.Text = SaysYes, "Says that its answers carry iss, which shows a mix-up of servers."
	}
	return a
}
