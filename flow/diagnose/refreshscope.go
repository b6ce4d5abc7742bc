package diagnose

import (
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

func refreshScopeRefused(r *reading, c *story.Call) jwtview.Finding {
	scope := c.Request.Form().Get("scope")
	f := jwtview.Finding{Seen: "The refresh asked for " + lit(scope) + ".", Means: "A refresh may ask for less than the sign-in was granted, never for more."}
	if r.login != nil {
		f.Seen += " The sign-in asked for " + lit(r.login.Scope) + "."
		if extra := beyond(scope, r.grantedScope()); len(extra) > 0 {
			f.Means += " Not granted: " + list(extra, 5) + "."
		}
	}
	return f
}

// grantedScope is what the sign-in was granted: what the response says, or what was asked for (RFC 6749 §5.1).
func (r *reading) grantedScope() string {
	if r.login == nil {
		return ""
	}
	if r.login.GrantedOK {
		return r.login.Granted
	}
	return r.login.Scope
}

// beyond lists the scopes of a that are not in b.
func beyond(a, b string) (out []string) {
	for _, s := range strings.Fields(a) {
		if !hasWord(b, s) {
			out = append(out, s)
		}
	}
	return out
}

// refreshScopeIgnored speaks of a narrower scope that changed nothing: the response says so, or the server is one that
// is known not to read it.
func refreshScopeIgnored(r *reading) []Finding {
	c := r.last[story.TokenRefresh]
	if !granted(c) || c.Request.Form().Get("scope") == "" {
		return nil
	}
	asked := c.Request.Form().Get("scope")
	got, told := c.Response.JSON.Str("scope")
	wider := told && len(beyond(got, asked)) > 0
	if r.login != nil && len(beyond(r.grantedScope(), asked)) == 0 && !wider {
		return nil // nothing was to be taken away
	}
	f := jwtview.Finding{Seen: "The refresh asked for " + lit(asked) + " alone, and the response says scope " + lit(got) + "."}
	switch {
	case wider:
	case !told && r.Metadata().IsAuthgear():
		f.Seen = "The refresh asked for " + lit(asked) + " alone, and the response has no scope."
		f.Means = "By RFC 6749 an absent scope means: as asked. Authgear does not read scope at a refresh and never returns one: the new token has the scopes of the sign-in" + inWords(r.grantedScope()) + "."
	default:
		return nil
	}
	return at(c, f)
}

//go:noinline
func inWords(scope string) string {
	if scope == "" {
		return ""
	}
	return ", " + list(slices.Clone(strings.Fields(scope)), 6)
}
