package story

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Verdict is what a look ahead found out.
type Verdict string

// The verdicts of a look ahead. Only Refused stops a login.
const (
	Accepted  Verdict = "accepted"  // the tenant goes on to sign a person in
	Consented Verdict = "consented" // it gave a code without asking anybody
	Refused   Verdict = "refused"
	Unclear   Verdict = "unclear" // no answer, or one that tells nothing
)

// Blame says what a page complains of, as far as its words tell.
type Blame string

// What a page can complain of.
const (
	BlameNothing  Blame = ""
	BlameClient   Blame = "client_id"
	BlameRedirect Blame = "redirect_uri"
)

// Preflight is a look ahead: the authorization request that authscope made itself, and what came of it. Its state,
// nonce and code are no login's.
type Preflight struct {
	Call    *Call      // the newest of its calls
	Params  url.Values // of its request
	Verdict Verdict
	Why     string // one sentence without its full stop
	Next    string // where the tenant sends the browser on to, on its own host, if that is to be asked too

	Error, Description string // of an error redirect, or as an error page writes them
	OnPage             bool   // the refusal is a page: the tenant did not redirect
	Page               string // the page's first words
	Blames             Blame  // for a page
	Certain            bool   // the page says it in words that have one meaning
	Iss                string // of the answer (RFC 9207)
}

// Preflight returns the newest look ahead, or nil.
func (s *Story) Preflight() *Preflight {
	if len(s.preflights) == 0 {
		return nil
	}
	return s.preflights[len(s.preflights)-1]
}

// isAuthorization reports whether a request that no browser made is one to the authorization endpoint.
func isAuthorization(r *Request, m *Metadata) bool {
	if r.Method != http.MethodGet || r.parsed == nil || !r.parsed.Query().Has("client_id") {
		return false
	}
	at, err := url.Parse(m.AuthorizationEndpoint)
	if err != nil || m.AuthorizationEndpoint == "" {
		return r.parsed.Query().Has("response_type")
	}
	return origin(at) == origin(r.parsed) && at.Path == r.parsed.Path
}

// origin is scheme and host, in one case.
func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// beginPreflight begins a look ahead, or goes on with the one whose redirect is followed.
func (s *Story) beginPreflight(c *Call) {
	from := s.redirects[c.Request.URL]
	if last := s.Preflight(); last != nil && (last.Call == c || from != nil && from == last.Call) {
		if last.Call == c { // changed before it was sent
			last.Params = c.Request.Query()
		}
		last.Call = c
		return
	}
	s.preflights = append(s.preflights, &Preflight{Call: c, Params: c.Request.Query(), Verdict: Unclear, Why: "it was not answered"})
}

// readPreflight judges the newest answer of a look ahead.
func (s *Story) readPreflight(c *Call) {
	p := s.Preflight()
	if p == nil || p.Call != c {
		return
	}
	p.Next = ""
	switch {
	case c.Response == nil:
		p.Verdict, p.Why = Unclear, "there was no answer: "+c.Err
	case c.Response.Status/100 == 3:
		s.readRedirect(p, c)
	default:
		s.readPage(p, c)
	}
	check := jwtview.Check{ID: "accepted", Status: jwtview.Passed, Want: "a sign-in page", Got: p.Why, Spec: "RFC 6749 §4.1.1, §4.1.2.1",
		Detail: "The tenant takes this request: client, redirect URI and parameters."}
	switch p.Verdict {
	case Refused:
		check.Status, check.Detail = jwtview.Failed, "The tenant refuses this request before anybody signs in."
	case Unclear:
		check.Status, check.Detail = jwtview.NotApplicable, "It could not be told: "+p.Why+"."
	case Consented:
		check.Detail = "The tenant gave a code without asking anybody. It is kept and never redeemed."
	}
	s.settle(subject(string(trace.Preflight), c.N), []jwtview.Check{check})
	s.conclude(c.stage)
}

// readRedirect reads a redirect: an answer to the redirect URI, or the way to the sign-in.
func (s *Story) readRedirect(p *Preflight, c *Call) {
	to, err := c.Request.parsed.Parse(c.Response.Header.Get("Location"))
	if err != nil || c.Response.Header.Get("Location") == "" {
		p.Verdict, p.Why = Unclear, "a redirect without a readable address came"
		return
	}
	if back := p.Params.Get("redirect_uri"); back != "" && leadsTo(to, back) {
		p.readAnswer(answerParams(to))
		return
	}
	q := to.Query()
	if e := q.Get("error"); refusals[e] || e != "" && blameOf(e+" "+q.Get("error_description")) != BlameNothing {
		p.refuse(e, q.Get("error_description"), c)
		return
	}
	p.Verdict = Accepted
	if origin(to) != origin(c.Request.parsed) {
		p.Why = "the browser is sent on to " + to.Host + ", which was not followed"
		return
	}
	p.Why = "the browser is sent on to " + to.Path
	if worthFollowing(to) {
		p.Next = to.String()
	}
}

// worthFollowing reports whether a redirect within the tenant may lead to an error page, or to the endpoint's real
// address. The way to a sign-in is not followed: those pages want cookies, and would begin something that nobody ends.
func worthFollowing(to *url.URL) bool {
	q := to.Query()
	return q.Has("response_type") && q.Has("client_id") || strings.Contains(strings.ToLower(to.Path+"?"+to.RawQuery), "error")
}

// leadsTo reports whether a redirect goes to the redirect URI, whatever its parameters.
func leadsTo(to *url.URL, redirectURI string) bool {
	back, err := url.Parse(redirectURI)
	return err == nil && origin(back) == origin(to) && cleanPath(back.Path) == cleanPath(to.Path) && back.Opaque == to.Opaque
}

// answerParams reads an answer from the query, or from the fragment (response_mode=fragment).
func answerParams(u *url.URL) url.Values {
	q := u.Query()
	if u.Fragment == "" {
		return q
	}
	f, _ := url.ParseQuery(u.EscapedFragment())
	for name, values := range f {
		q[name] = append(q[name], values...)
	}
	return q
}

// refusals are errors that no person's sign-in would mend (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, RFC 9101,
// RFC 8707, RFC 9396). access_denied and the like are not among them: there somebody has to be asked first.
var refusals = map[string]bool{"invalid_request": true, "unauthorized_client": true, "unsupported_response_type": true, "invalid_scope": true,
	"unsupported_response_mode": true, "invalid_client": true, "invalid_target": true, "request_not_supported": true, "request_uri_not_supported": true,
	"registration_not_supported": true, "invalid_request_uri": true, "invalid_request_object": true, "invalid_authorization_details": true,
	"invalid_redirect_uri": true, "redirect_uri_mismatch": true}

// asks are errors that mean: accepted, and somebody has to be asked (OpenID Connect Core §3.1.2.6).
var asks = []string{"login_required", "interaction_required", "consent_required", "account_selection_required", "access_denied"}

// readAnswer reads what was sent to the redirect URI.
func (p *Preflight) readAnswer(q url.Values) {
	p.Iss = q.Get("iss")
	e := q.Get("error")
	switch {
	case q.Get("state") != p.Params.Get("state"):
		p.Verdict, p.Why = Unclear, "an answer came whose state is not the one that was sent"
	case refusals[e]:
		p.Verdict, p.Error, p.Description = Refused, e, q.Get("error_description")
		p.Why = strings.TrimSpace(e + " " + p.Description)
	case slices.Contains(asks, e):
		p.Verdict, p.Why = Accepted, e+": somebody would have to be asked, which is as it should be without cookies"
	case e != "":
		p.Verdict, p.Why = Unclear, "the tenant answered "+e
	case q.Get("code") != "":
		p.Verdict, p.Why = Consented, "a code, without a sign-in"
	default:
		p.Verdict, p.Why = Unclear, "an answer came with neither a code nor an error"
	}
}

// refuse notes a refusal that the browser is not sent back with.
func (p *Preflight) refuse(code, description string, c *Call) {
	p.Verdict, p.OnPage, p.Error, p.Description = Refused, true, code, description
	p.Blames = blameOf(code + " " + description)
	p.Certain = certain(code, description)
	p.Why = strings.TrimSpace("an error page, " + strings.TrimSpace(code+" "+description))
	p.Page = strings.TrimSpace(code + " " + description)
}

// readPage judges a page: a sign-in page, an answer by form_post, or an error.
func (s *Story) readPage(p *Preflight, c *Call) {
	r := c.Response
	if form, ok := postedForm(r.Body, p.Params.Get("redirect_uri")); ok && r.Status/100 == 2 {
		p.readAnswer(form)
		return
	}
	text := visible(r.Body)
	code, description := pageError(c, text)
	first := c.Request.Query().Get("state") == p.Params.Get("state") && isAuthorization(&c.Request, s.known())
	blame := blameOf(code + " " + description)
	switch {
	case !first && missesCookie(text): // later pages lean on cookies, of which there are none
		blame = BlameNothing
	case blame == BlameNothing:
		blame = blameOf(clip(text, 2000))
	}
	switch {
	case r.Status/100 == 2:
		p.Verdict, p.Why = Accepted, "a page came: "+orElse(Excerpt(r.Body), "empty")
		if len(r.Body) == 0 || r.IsJSON {
			p.Verdict, p.Why = Unclear, "status 200 and no page"
		}
	case r.Status/100 == 4 && r.Status != http.StatusTooManyRequests && (blame != BlameNothing || first && (refusals[code] || slices.Contains([]int{400, 404, 410}, r.Status))):
		p.refuse(code, description, c)
		p.Blames = blame
		p.Page = clip(text, 300)
		p.Why = fmt.Sprintf("an error page, status %d: %s", r.Status, orElse(clip(text, 160), "empty"))
	case r.Status/100 == 4 && !first: // the request was taken, and what follows wants a browser
		p.Verdict, p.Why = Accepted, fmt.Sprintf("the browser is sent on to %s, which answers %d without cookies", c.Request.parsed.Path, r.Status)
	default:
		p.Verdict, p.Why = Unclear, fmt.Sprintf("status %d came, %s", r.Status, orElse(Excerpt(r.Body), "an empty page"))
	}
}

// missesCookie reports whether a page complains that the browser did not bring its cookie.
func missesCookie(text string) bool {
	text = strings.ToLower(clip(text, 2000))
	return strings.Contains(text, "cookie") || strings.Contains(text, "session")
}

// known is the metadata, or none.
func (s *Story) known() *Metadata {
	switch {
	case s.metadata != nil:
		return s.metadata
	case s.shown != nil:
		return s.shown
	}
	return &Metadata{}
}
