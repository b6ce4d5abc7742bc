package diagnose

import (
	"fmt"
	"slices"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

var introspectionRules = []rule{
	{id: "introspection-refused", catalogue: "D58", open: true, read: introspectionRefused, Text: Text{
		Severity: jwtview.Error,
		Title:    "Introspection is refused",
		Means:    "Who asks must prove itself: else anybody could try tokens out.",
		Causes:   []string{"the secret is missing or wrong;", "this client may not ask, as only APIs may;", "the server wants an access token in place of client authentication."},
		Do:       "Ask as a client with a secret, with --client-auth and --client-secret-file, that the tenant's settings allow to introspect.",
		Spec:     "RFC 7662 §2.1, §2.3",
	}},
	{id: "introspection-inactive", catalogue: "D58", open: true, read: introspectionInactive, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The tenant calls a token inactive that should be good",
		Means:    "A server says the same of tokens that are over, and of those that it will not speak of.",
		Causes:   []string{"the session was ended at the server;", "this client may not be told of this token, as one that is for another API or client;", "this kind of token cannot be introspected here."},
		Do:       "Use the token, as with UserInfo: if it works there, introspection is only not open to this client.",
		Spec:     "RFC 7662 §2.2",
	}},
	{id: "introspection-active-though-dead", catalogue: "D58", read: introspectionActive, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The tenant calls a token active that should be dead",
		Means:    "An API that asks by introspection goes on accepting this token.",
		Do:       "If it was revoked: see whether the revocation ends this kind of token at all, and keep access tokens short.",
		Spec:     "RFC 7662 §2.2, RFC 7009 §2.1",
	}},
}

func introspectionRefused(r *reading) []Finding {
	c := r.last[story.Introspection]
	if !answered(c) || c.Response.Status/100 != 4 || c.Response.Status == 429 {
		return nil
	}
	f := jwtview.Finding{Seen: fmt.Sprintf("%s answered %s. The client authenticated with %s.", place(c), saidBy(c), r.SentAuth(c))}
	if r.SentAuth(c) == trace.AuthNone {
		f.Means = "A public client has nothing to prove itself with, and the server wants proof: else anybody could try tokens out."
	}
	return at(c, f)
}

// introspections lists the introspections about each token: the newest of each.
func (r *reading) introspections() (calls []*story.Call) {
	seen := map[*story.Token]bool{}
	for i := len(r.Calls()) - 1; i >= 0; i-- {
		c := r.Calls()[i]
		if c.Class != story.Introspection || !answered(c) || !c.OK() {
			continue
		}
		if t := r.Introspected(c); t != nil && !seen[t] {
			seen[t] = true
			calls = append(calls, c)
		}
	}
	slices.Reverse(calls)
	return calls
}

func (r *reading) says(c *story.Call, active string) bool {
	v, _ := c.Response.JSON.Get("active")
	return v.Kind == jwtview.Bool && v.Text == active
}

// deadAt reports whether a token was known to be dead when c was sent.
func deadAt(t *story.Token, c *story.Call) bool {
	ended := !t.DeadAt.IsZero() && t.DeadAt.Before(c.SentAt) || t.Login != nil && t.Login.RevokedBy != nil && t.Login.RevokedBy.ID < c.ID
	return ended || !t.ExpiresAt.IsZero() && !c.SentAt.Before(t.ExpiresAt) || t.Replaced != nil && t.Replaced.IssuedAt.Before(c.SentAt) && t.Kind == story.RefreshToken
}

func introspectionInactive(r *reading) (out []Finding) {
	for _, c := range r.introspections() {
		t := r.Introspected(c)
		if !r.says(c, "false") || deadAt(t, c) {
			continue
		}
		out = append(out, at(c, jwtview.Finding{
			Seen: fmt.Sprintf("%s token #%d came %s before, nothing ended it here, and introspection says active: false.", capital(t.Kind.Short()), t.Generation, span(c.SentAt.Sub(t.IssuedAt))),
		})...)
	}
	return out
}

func introspectionActive(r *reading) (out []Finding) {
	for _, c := range r.introspections() {
		t := r.Introspected(c)
		if !r.says(c, "true") || !deadAt(t, c) {
			continue
		}
		why := t.DeadWhy
		if why == "" {
			why = "it has expired, was replaced, or its session was revoked"
		}
		out = append(out, at(c, jwtview.Finding{Seen: fmt.Sprintf("Introspection says active: true of %s token #%d. Here it counts as dead: %s.", t.Kind.Short(), t.Generation, wire(why))})...)
	}
	return out
}
