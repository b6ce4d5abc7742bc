package diagnose

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

const editedID = "request-edited"

var editedRules = []rule{
	{id: editedID, open: true, read: requestEdited, Text: Text{
		Severity: jwtview.Warning,
		Title:    "A request was changed by hand before this failed",
		Means:    "What authscope made and what left differ there; everything that follows is about what left.",
		Causes:   []string{"the change is why it failed, and the server did what it must;", "it would have failed without the change too."},
		Do:       "Press n and send the same request as authscope makes it: if that works, the change was the cause.",
		Spec:     "RFC 6749 §4.1",
	}},
}

// requestEdited says what the person changed by hand. Where something went wrong afterwards, it is what to look at first:
// not because it is proved to be the cause, but because it is the one thing that is not as an application would send it.
func requestEdited(r *reading) []Finding {
	edited := r.edited()
	if len(edited) == 0 {
		return nil
	}
	last := edited[len(edited)-1]
	where, wrong := r.wrongSince(edited[0])
	f := jwtview.Finding{Severity: jwtview.Info, Title: "A request was changed by hand", Seen: whatWasEdited(edited),
		Means: r.text.Means, Do: "Press n for a run without the change, and c to compare the two."}
	if !wrong {
		return at(last, f)
	}
	where.Finding = jwtview.Finding{Seen: f.Seen, Means: candidates(r.text.Causes...)}
	return []Finding{where}
}

// edited lists the requests of the newest login that the person changed and that left.
func (r *reading) edited() (out []*story.Call) {
	for _, c := range r.Calls() {
		if len(c.Edits) > 0 && c.State != story.NotSent && c.State != story.Held && (c.Login == nil || c.Login == r.login) {
			out = append(out, c)
		}
	}
	return out
}

// wrongSince returns where something first went wrong in the newest login, from first on.
func (r *reading) wrongSince(first *story.Call) (Finding, bool) {
	begun := false
	for _, c := range r.Calls() {
		if begun = begun || c == first; !begun || c.Login != nil && c.Login != r.login {
			continue
		}
		if r.wrong(c) {
			return Finding{Stage: c.Stage, N: c.N, Call: c.ID}, true
		}
		if id, n := r.failedChecks(c); id != "" {
			return Finding{Stage: id, N: n, Call: c.ID}, true
		}
	}
	if l := r.login; l != nil && l.Waiting() && (r.overdue(l) || r.Said("agent") != "") {
		return Finding{Stage: l.Authorize.Stage, N: l.Authorize.N, Call: l.Authorize.ID}, true
	}
	return Finding{}, false
}

// wrong reports whether c did not get what it asked for. That a dead token is refused is no failure.
func (r *reading) wrong(c *story.Call) bool {
	switch {
	case c.State == story.NotSent || c.State == story.Held || c.Class == story.Probe:
		return false
	case c.Inbound:
		cb := r.Callback(c.ID)
		return cb != nil && (cb.Fit == story.FitBad || cb.Fit == story.FitError)
	case c.State == story.Broken:
		return true
	}
	code, _ := c.OAuthError()
	return c.Response != nil && c.State == story.Answered && (c.Response.Status >= 400 || c.Response.Err != "" || code != "")
}

// failedChecks returns the stage of c, or of the tokens that it brought, if one of its checks failed.
func (r *reading) failedChecks(c *story.Call) (trace.StageID, int) {
	for _, check := range r.checksOf(c) {
		if check.Status == jwtview.Failed {
			return c.Stage, c.N
		}
	}
	for _, t := range r.idTokens() {
		if t.Call != c {
			continue
		}
		for _, check := range t.Checks() {
			if st := r.StageRun(trace.Verify, 0); check.Status == jwtview.Failed && st != nil && c.Class == story.CodeExchange {
				return st.ID, st.N
			}
		}
	}
	return "", 0
}

// maxEdits is how many changes are told.
const maxEdits = 6

func whatWasEdited(calls []*story.Call) string {
	var out []string
	more := 0
	for _, c := range calls {
		for _, e := range c.Edits {
			if len(out) == maxEdits {
				more++
				continue
			}
			out = append(out, editText(e)+" in the "+requestNames[c.Class])
		}
	}
	text := "You changed before it left: " + strings.Join(out, "; ")
	if more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text + "."
}

var requestNames = map[story.Class]string{
	story.Discovery: "request for the metadata", story.JWKS: "request for the keys", story.Authorization: "authorization request",
	story.CodeExchange: "code exchange", story.TokenRefresh: "refresh request", story.OtherGrant: "token request",
	story.UserInfoCall: "UserInfo request", story.Probe: "UserInfo request", story.Revocation: "revocation request", story.Unknown: "request",
}

// editText says one change. Of what is secret no value is told, nor of what a redacted session may write otherwise.
func editText(e trace.Edit) string {
	name := lit(e.Name)
	switch e.Where {
	case trace.InHeader:
		name = "the header field " + name
	case trace.InBody:
		return "the body (" + string(e.Change) + ")"
	case trace.InURL:
		name = "the address"
	}
	was, now := editValue(e, e.Was), editValue(e, e.Now)
	switch e.Change {
	case trace.WasAdded:
		return name + " added, " + now
	case trace.WasRemoved:
		return name + " removed, was " + was
	}
	return name + " from " + was + " to " + now
}

func editValue(e trace.Edit, value string) string {
	switch {
	case value == "":
		return "empty"
	case e.Secret() != "":
		return hidden
	}
	return lit(value)
}
