package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"authscope/jwtview"
)

func asked(scope, name string) bool { return slices.Contains(strings.Fields(scope), name) }

// tokenMember explains a member of a token response.
func (s *Story) tokenMember(c *Call, r *Row) {
	switch Kind(r.Name) {
	case AccessToken, IDToken, RefreshToken:
		if t := s.byValue[r.Value]; t != nil {
			r.Short = t.Describe
			r.Note = s.tokenNote(t)
			if t.Kind == RefreshToken {
				r.Until = t.ExpiresAt
			}
		}
	}
	if r.Name == "scope" {
		r.List, r.Note = true, "what was granted"
		if c.Login != nil && asked(c.Login.Scope, "offline_access") && !asked(r.Value, "offline_access") {
			r.Note = "granted: without offline_access"
		}
	}
	if r.Name == "expires_in" {
		d, err := ExpiresIn(c.Response.JSON)
		if err != nil {
			r.Note, r.Bad = "not a number of seconds", true
			return
		}
		r.Note, r.Until = Lifetime(d), c.DoneAt.Add(d)
	}
}

func (s *Story) tokenNote(t *Token) string {
	switch t.Kind {
	case AccessToken:
		if t.View.Format == jwtview.FormatJWT {
			return "for the API to read"
		}
		return "a handle only " + s.Provider() + " reads"
	case IDToken:
		life := t.Lifetime().Round(time.Second)
		if at := s.newest[AccessToken]; at != nil && at.Call == t.Call && life > 0 && life < at.Lifetime() {
			return fmt.Sprintf("lives %s: shorter, normal", Lifetime(life))
		}
		return "says who signed in"
	}
	if t.Generation > 1 {
		return fmt.Sprintf("rotated: #%d, the old one is gone", t.Generation)
	}
	return "gets new access tokens"
}
