package story

import (
	"strconv"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// readIntrospection reads what the tenant says of a token (RFC 7662 §2.2).
func (s *Story) readIntrospection(c *Call) {
	defer func() { s.conclude(c.stage) }()
	if !c.OK() || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
		return
	}
	active, told := c.Response.JSON.Get("active")
	check := jwtview.Check{ID: "active", Status: jwtview.Passed, Want: "true or false", Got: active.String(), Spec: "RFC 7662 §2.2", Detail: "The tenant says whether the token can be used."}
	if !told || active.Kind != jwtview.Bool {
		check.Status, check.Detail = jwtview.Failed, "REQUIRED, as a boolean: without it this is no introspection response."
		if !told {
			check.Got = "absent"
		}
	}
	checks := append(s.checks[subject(string(trace.Introspect), c.N)], check)
	s.settle(subject(string(trace.Introspect), c.N), checks)
}

// Introspected returns the token that an introspection asked about, or nil.
func (s *Story) Introspected(c *Call) *Token { return s.byValue[c.Request.form.Get("token")] }

// introspectionMember explains a member of an introspection response.
func introspectionMember(r *Row) {
	r.Kind, r.Secret = "", ""
	switch r.Name {
	case "scope":
		r.List = true
		r.Note = "what the token may be used for"
	case "exp", "iat", "nbf":
		if n, err := strconv.ParseInt(r.Value, 10, 64); err == nil && n > 0 && n < 1e11 {
			r.Note = map[string]string{"iat": "when it was issued", "nbf": "it counts from here on"}[r.Name]
			if r.Name == "exp" {
				r.Until = time.Unix(n, 0)
			}
		}
	case "client_id":
		r.Note = "whom it was issued to"
	case "sub", "aud", "iss", "jti":
		if note, _ := jwtview.ClaimMeaning(r.Name); note != "" {
			r.Note = note
		}
	case "token_type":
		r.Note = "Bearer, DPoP …; not which of the tokens it is"
	}
}
