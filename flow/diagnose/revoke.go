package diagnose

import (
	"fmt"

	"authscope/flow/story"
	"authscope/jwtview"
)

var revokeRules = []rule{
	{id: "revocation-refused", catalogue: "D59", open: true, read: revocationRefused, Text: Text{
		Severity: jwtview.Error,
		Title:    "The token was not revoked",
		Means:    "A revocation is answered with 200, even of a token that is not known. The session goes on.",
		Causes:   []string{"the client must authenticate here as at the token endpoint;", "this kind of token cannot be revoked (unsupported_token_type);", "the address is not the revocation endpoint."},
		Do:       "Compare the address with the metadata. With a secret use --client-auth and --client-secret-file. Then press x again.",
		Spec:     "RFC 7009 §2.2",
	}},
	{id: "revoked-but-alive", catalogue: "D59", read: revokedButAlive, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Revoked, and the access token still works",
		Do:       "Count on the end of its life as the end of its power: keep access tokens short, and revoke the refresh token to stop new ones.",
		Spec:     "RFC 7009 §2.1, §3",
		Means:    "A server need not end access tokens that are out already; a JWT that is only checked by its signature lives until exp.",
	}},
}

func revocationRefused(r *reading) []Finding {
	c := r.last[story.Revocation]
	if !answered(c) || c.OK() || c.Response.Status >= 500 || c.Response.Status == 429 {
		return nil
	}
	f := jwtview.Finding{Seen: place(c) + " answered " + saidBy(c) + "."}
	if c.Response.Status/100 == 3 {
		f.Seen = fmt.Sprintf("%s answered %d, a redirect to %s. It was not followed.", place(c), c.Response.Status, lit(bare(c.Response.Header.Get("Location"))))
		f.Means = "A request that carries a token is never sent on to another place. The session goes on."
		f.Do = "Have the metadata name the address that answers itself, then press x again."
	}
	return at(c, f)
}

// revokedButAlive speaks of a token that UserInfo took after the revocation.
func revokedButAlive(r *reading) []Finding {
	rev, c := r.last[story.Revocation], r.last[story.Probe]
	if rev == nil || !rev.OK() || c == nil || !c.OK() || c.ID < rev.ID {
		return nil
	}
	t := r.bearerOf(c)
	if t == nil {
		return nil
	}
	f := jwtview.Finding{
		Seen:  fmt.Sprintf("The revocation was answered %d. %s later UserInfo still accepted access token #%d (%s).", rev.Response.Status, span(c.HeadAt.Sub(rev.DoneAt)), t.Generation, wire(t.Describe)),
		Means: "A server need not end access tokens that are out already",
	}
	if t.View.Format == jwtview.FormatJWT {
		f.Means += "; a JWT that is only checked by its signature lives until exp"
	}
	if !t.ExpiresAt.IsZero() {
		f.Means += ", here until " + r.clock(t.ExpiresAt)
	}
	f.Means += "."
	if r.Metadata().IsAuthgear() && t.View.Format == jwtview.FormatJWT && rev.Request.Form().Get("token") == t.Value.Reveal() {
		f.Means += " Authgear takes what has a dot in it for a refresh token: the revocation of a JWT access token is answered 200 and does nothing."
		f.Do = "Revoke the refresh token instead: it ends the whole session. Without one, as here, run again with offline_access (o)."
	}
	return at(c, f)
}
