package story

import (
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// readSigned reads UserInfo that came as a JWT (OpenID Connect Core §5.3.2).
func (s *Story) readSigned(c *Call) {
	if c.Response.MediaType() != "application/jwt" || !c.OK() {
		return
	}
	value := strings.TrimSpace(string(c.Response.Body))
	if name := trace.AliasOf(value); name != "" && len(value) > len(name) {
		value = strings.TrimSuffix(value, name) // header and claims can be read; the signature was taken out
	}
	t := jwtview.Decode(value)
	c.Signed = &t
}

// signedChecks holds signed UserInfo to what it must be: signed by the tenant, and where it says so for this client.
func (s *Story) signedChecks(c *Call) (checks []jwtview.Check) {
	const spec = "OpenID Connect Core §5.3.2, §5.3.4"
	t := c.Signed
	sig := jwtview.Check{ID: "signature", Status: jwtview.NotApplicable, Spec: spec, Detail: "Not checkable: the tenant's keys were not fetched."}
	switch {
	case t.Format == jwtview.FormatJWE:
		sig.Detail = "Not checkable: it is encrypted, and the client's key is not here."
	case t.Format != jwtview.FormatJWT:
		sig.Status, sig.Want, sig.Got, sig.Detail = jwtview.Failed, "a JWT", string(t.Format), "The body calls itself application/jwt and is none."
	case s.keysKnown:
		sig = t.CheckSignature(s.keys)
	}
	if strings.HasPrefix(t.Alg(), "HS") && sig.Status == jwtview.Failed {
		sig.Status, sig.Detail = jwtview.NotApplicable, "Not checkable: it is a MAC with the client's secret, which is not in the trace."
	}
	checks = append(checks, sig)
	if t.Format != jwtview.FormatJWT {
		return checks
	}
	iss := jwtview.Check{ID: "iss", Status: jwtview.Passed, Want: s.settings.Issuer, Spec: spec, Detail: "It comes from the issuer that was asked."}
	if s.metadata != nil && iss.Want == "" {
		iss.Want = s.metadata.Issuer
	}
	var told bool
	switch iss.Got, told = t.Claims.Str("iss"); {
	case !told || iss.Want == "":
		iss.Status, iss.Detail = jwtview.NotApplicable, "Not said; it should be."
	case iss.Got != iss.Want:
		iss.Status, iss.Detail = jwtview.Failed, "It comes from another issuer than the one that was asked."
	}
	client := s.settings.ClientID
	if client == "" && c.Login != nil {
		client = c.Login.Params.Get("client_id")
	}
	aud := jwtview.Check{ID: "aud", Status: jwtview.Passed, Want: client, Got: strings.Join(t.Audience(), " "), Spec: spec, Detail: "It is meant for this client."}
	switch {
	case aud.Got == "" || client == "":
		aud.Status, aud.Detail = jwtview.NotApplicable, "Not said; it should be."
	case !asked(aud.Got, client):
		aud.Status, aud.Detail = jwtview.Failed, "It is meant for somebody else."
	}
	return append(checks, iss, aud)
}

// UserInfoClaims returns the claims of a UserInfo response, JSON or signed.
func (c *Call) UserInfoClaims() jwtview.Value {
	if c.Signed != nil {
		return c.Signed.Claims
	}
	if c.Response == nil {
		return jwtview.Value{}
	}
	return c.Response.JSON
}

// signedRows explains signed UserInfo: what it is, and the claims in it.
func signedRows(c *Call) (rows []Row) {
	rows = append(rows, Row{Name: "body", Value: strings.TrimSpace(string(c.Response.Body)), Secret: "token", Short: c.Signed.Describe(), Note: "UserInfo as a signed JWT; its claims:"})
	for _, m := range c.Signed.Claims.Members {
		value := m.Value.String()
		if m.Value.Kind == jwtview.String {
			value = m.Value.Text
		}
		r := Row{Name: m.Name, Value: value, Note: meanings[m.Name]}
		if list, ok := words(m.Value); ok {
			r.Value, r.List = list, true
		}
		if note, _ := jwtview.ClaimMeaning(m.Name); note != "" {
			r.Note = note
		}
		rows = append(rows, r)
	}
	return rows
}
