package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"authscope/flow/diagnose/provider"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// missing is the search for why there is no refresh token. The first three steps settle it; each further one adds causes
// or strikes some out, and none of those ends the search: Authgear, say, never returns the granted scope.
type missing struct {
	call             *story.Call
	id               string // the finding that it ends with, "" while it goes on
	title, seen      string
	means, do        string
	causes, struck   []string
	dropped, consent bool // the response says that offline_access was taken out; prompt=consent was sent
}

// steps are those of the search, in order.
var steps = []func(*reading, *missing){byGrant, byResponseType, byScopeAsked, byScopeGranted, bySilence, byMetadata, byParameters, byClient, byAPI, byChecklist}

// missing walks the steps; nil where no refresh token is missing.
func (r *reading) missing() *missing {
	if r.searched {
		return r.search
	}
	r.searched = true
	m := &missing{call: r.without()}
	if m.call == nil {
		return nil
	}
	for _, step := range steps {
		if step(r, m); m.id != "" {
			break
		}
	}
	r.search = m
	return m
}

// without returns the response that has an access token and no refresh token.
func (r *reading) without() *story.Call {
	c := r.exchange()
	if c == nil && granted(r.last[story.ClientToken]) {
		c = r.last[story.ClientToken]
	}
	if c == nil {
		return r.implicit()
	}
	if token, _ := c.Response.JSON.Str("refresh_token"); token != "" || c.Class == story.CodeExchange && r.login == nil {
		return nil
	}
	return c
}

// implicit returns the answer that brought a token without a code.
func (r *reading) implicit() *story.Call {
	if r.login == nil || hasWord(r.login.Params.Get("response_type"), "code") {
		return nil
	}
	for _, cb := range slices.Backward(r.answers) {
		if cb.Params.Has("access_token") || cb.Params.Has("id_token") {
			return cb.Call
		}
	}
	return nil
}

// byGrant is step 1.
func byGrant(r *reading, m *missing) {
	if m.call.Class == story.ClientToken {
		m.id, m.seen = "refresh-token-by-design", "The grant was client_credentials."
	}
}

// byResponseType is step 2.
func byResponseType(r *reading, m *missing) {
	if rt := r.login.Params.Get("response_type"); !hasWord(rt, "code") && rt != "" {
		m.id, m.seen = "refresh-token-by-design", "response_type was "+lit(rt)+", which has no code in it."
	}
}

// offline returns the scope that the provider needs, and whether it or one that does as well was asked for.
func (r *reading) offline() (scope string, asked bool) {
	scope = "offline_access"
	if p := r.provider.Preset; p != nil {
		scope = p.Refresh.Scope
		for _, s := range p.Refresh.Scopes {
			if r.asked(s) {
				return s, true
			}
		}
	}
	return scope, scope != "" && r.asked(scope)
}

// byScopeAsked is step 3: the scope of the URL that was really sent, held against what this provider goes by.
func byScopeAsked(r *reading, m *missing) {
	scope, asked := r.offline()
	p := r.provider.Preset
	switch {
	case p != nil && p.Refresh.Never:
		m.id, m.seen, m.means = "refresh-token-by-design", "The tenant is "+p.Name+".", p.Refresh.When
		m.do = "Nothing: the access token is all there is."
	case scope != "" && !asked:
		notAsked(r, m, scope)
	case scope == "" && !r.asked("offline_access"):
		m.title = "No refresh token, though " + p.Name + " goes by something else than the scope"
		m.seen = "The authorization request asked for " + lit(r.login.Scope) + "; the token response has no refresh_token."
	default:
		m.seen = "The authorization request asked for " + lit(r.login.Scope) + "; the token response has no refresh_token"
	}
}

// notAsked ends the search: who left the scope out on purpose is told what that means, and no more.
func notAsked(r *reading, m *missing, scope string) {
	m.id = "no-refresh-token"
	m.seen = "The authorization request asked for " + lit(r.login.Scope) + " only."
	m.do = "Press o to run again with offline_access, and c to compare the two; or use --scope " + fmt.Sprintf("%q", wire(strings.TrimSpace(r.login.Scope+" "+scope))) + "."
	if scope != "offline_access" {
		m.title = "No refresh token: " + wire(scope) + " was not asked for"
		m.do = "Run again with --scope " + fmt.Sprintf("%q", wire(strings.TrimSpace(r.login.Scope+" "+scope))) + "."
	}
	optional := "RFC 6749 §1.5 makes it optional, so this is not an error. "
	if p := r.provider.Preset; p != nil {
		m.means = r.looks() + p.Refresh.When + " " + optional + r.sessionEnds(m.call)
		return
	}
	m.means = "Issuing a refresh token is up to the server (RFC 6749 §1.5), so this is not an error. Many issue one only when `offline_access` is in the authorization request; in the token request it does not help. " + r.sessionEnds(m.call)
	if md := r.Metadata(); md != nil && len(md.ScopesSupported) > 0 && !slices.Contains(md.ScopesSupported, scope) {
		m.means += " This server's metadata does not list the scope, though: it may go by a setting of the client, or by a parameter of its own, as Google's access_type=offline."
	}
}

// looks says that the provider was recognised by signs that others may have too.
func (r *reading) looks() string {
	if r.provider.Preset == nil || r.provider.Sure {
		return ""
	}
	return "By " + wire(r.provider.By) + " this looks like " + r.provider.Name + ". "
}

// byScopeGranted is step 4: the scope of the response lacks what was asked for.
func byScopeGranted(r *reading, m *missing) {
	scope, asked := r.offline()
	if scope == "" {
		scope, asked = "offline_access", r.asked("offline_access")
	}
	if !asked || !r.login.GrantedOK || hasWord(r.login.Granted, scope) {
		return
	}
	m.dropped = true
	m.seen = "Asked was " + lit(r.login.Scope) + ", and the token response says scope " + lit(r.login.Granted) + "."
}

// bySilence is step 5: without a scope in the response nothing can be told of what was granted, and the search goes on.
func bySilence(r *reading, m *missing) {
	p := r.provider.Preset
	switch {
	case m.dropped || strings.HasSuffix(m.seen, "."):
	case r.login.GrantedOK:
		m.seen += ", and its scope still has what it takes."
	case p != nil && p.Refresh.ScopeReturned != nil && !*p.Refresh.ScopeReturned:
		m.seen += " and no scope; " + p.Name + " never returns one, so what was granted cannot be told."
	default:
		m.seen += " and no scope, which may be left out if nothing was taken away: what was granted cannot be told."
	}
}

// byMetadata is step 6: hints, since both members are optional.
func byMetadata(r *reading, m *missing) {
	md := r.Metadata()
	if md == nil {
		return
	}
	if scope, _ := r.offline(); scope != "" && len(md.ScopesSupported) > 0 && !slices.Contains(md.ScopesSupported, scope) {
		m.causes = append(m.causes, "the server may not know the scope: scopes_supported of its metadata does not list "+wire(scope)+", though a server need not list all;")
	}
	if len(md.GrantTypesSupported) > 0 && !slices.Contains(md.GrantTypesSupported, "refresh_token") {
		m.causes = append(m.causes, "the server may have no refresh tokens: its metadata does not list the grant refresh_token;")
	}
}

// byParameters is step 7: what the provider wants in the authorization request besides the scope.
func byParameters(r *reading, m *missing) {
	sent := r.login.Params
	m.consent = hasWord(sent.Get("prompt"), "consent")
	if m.consent {
		m.struck = append(m.struck, "prompt=consent was sent, so that is not the cause")
	}
	p := r.provider.Preset
	if p == nil {
		if !m.consent {
			m.causes = append([]string{"the server grants offline access only if the person is asked, with prompt=consent (node-oidc-provider and what is built on it, Logto, authentik);"}, m.causes...)
		}
		return
	}
	var lacking []provider.Need
	for _, n := range p.Refresh.Needs {
		if !hasWord(sent.Get(n.Param), n.Value) {
			lacking = append(lacking, n)
		} else if n.Param != "prompt" {
			m.struck = append(m.struck, n.Param+"="+n.Value+" was sent")
		}
	}
	if p.Refresh.FirstConsent && len(lacking) == 1 && lacking[0].Param == "prompt" {
		firstConsent(r, m)
		return
	}
	var first []string
	for _, n := range lacking {
		first = append(first, n.Text)
	}
	m.causes = append(first, m.causes...)
}

// firstConsent ends the search: everything was sent but what makes the provider ask again.
func firstConsent(r *reading, m *missing) {
	m.id = "refresh-token-first-consent-only"
	m.seen += " access_type=offline was sent, and prompt=consent was not."
	if a := r.login.Answer; a != nil && !r.login.SentAt.IsZero() {
		if took := a.Call.DoneAt.Sub(r.login.SentAt); took < time.Second {
			m.seen += fmt.Sprintf(" The answer came %s after the browser was sent: nobody was asked.", took.Round(time.Millisecond))
		}
	}
}

// byClient is step 8: some servers give a public client none.
func byClient(r *reading, m *missing) {
	public := r.SentAuth(m.call) == trace.AuthNone
	p := r.provider.Preset
	switch {
	case !public:
		m.struck = append(m.struck, "the client authenticated, so it is no public one")
	case p == nil:
		m.causes = append(m.causes, "a public client gets none here (Spring Authorization Server);")
	default:
		m.add(p, func(c provider.Cause) bool { return c.Public })
	}
}

// byAPI is step 9: with audience or resource, the API that they name decides too.
func byAPI(r *reading, m *missing) {
	sent := r.login.Params.Has("audience") || r.login.Params.Has("resource")
	p := r.provider.Preset
	switch {
	case !sent:
	case p == nil:
		m.causes = append(m.causes, "the API that audience or resource names does not allow offline access (Auth0: Allow Offline Access);")
	default:
		m.add(p, func(c provider.Cause) bool { return c.API })
	}
}

// byChecklist is step 10: what no request shows, for this provider or in general. It ends the search.
func byChecklist(r *reading, m *missing) {
	p := r.provider.Preset
	if p != nil {
		asked := r.asked("offline_access")
		m.add(p, func(c provider.Cause) bool { return !c.Public && !c.API && (!c.WhenAsked || asked) })
	}
	if p == nil || !slices.ContainsFunc(p.Refresh.Causes, func(c provider.Cause) bool { return c.Grant }) {
		m.causes = append(m.causes, "the grant refresh_token is switched off for this client, or the scope is not assigned to it;")
	}
	if m.dropped || len(m.causes) < 2 {
		m.causes = append(m.causes, "the person, the consent page or a policy did not grant offline access;")
	}
	if p == nil && !m.dropped {
		m.causes = append(m.causes, "the server issues one only the first time that a person agrees (Google);")
	}
	m.id, m.means = "refresh-token-missing-though-asked", "The server may do so (RFC 6749 §1.5) and did not say why."
	if m.dropped {
		m.id, m.means = "offline-access-dropped", "A server may grant less than was asked, and then issues no refresh token."
	}
	if p != nil {
		m.means += " " + r.looks() + p.Refresh.When
	}
	if m.consent || !mayNeedConsent(p) {
		m.do = "Look for the grant refresh_token and the scope in the client's settings, then press n."
	}
}

// mayNeedConsent reports whether prompt=consent is worth a try.
func mayNeedConsent(p *provider.Preset) bool {
	return p == nil || slices.ContainsFunc(p.Refresh.Needs, func(n provider.Need) bool { return n.Param == "prompt" })
}

// add takes up the provider's causes that hold of this run.
func (m *missing) add(p *provider.Preset, holds func(provider.Cause) bool) {
	for _, c := range p.Refresh.Causes {
		if holds(c) {
			m.causes = append(m.causes, c.Text)
		}
	}
}
