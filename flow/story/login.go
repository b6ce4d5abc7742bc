package story

import (
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Login is one authorization request with all that came of it.
type Login struct {
	N         int
	Authorize *Call
	Params    url.Values // of the authorization request, as it was sent
	State     string
	Scope     string
	SentAt    time.Time // when the URL was handed over
	Via       string
	Callbacks []*Callback
	Answer    *Callback // the one that was accepted
	Exchange  *Call
	Granted   string // scope of the token response
	GrantedOK bool   // the token response had a scope
	RevokedAt time.Time
	RevokedBy *Call

	unseen bool // its authorization request is not in the recording
	hidden bool // parameters of its authorization request stand elsewhere, and are not known
	handed bool // the diagram shows that its URL was handed over
}

// Fit says what became of something that came to the redirect URI.
type Fit string

// What a callback can be.
const (
	FitAnswer  Fit = "answer"  // ours, accepted
	FitError   Fit = "error"   // ours, and it reports an error
	FitBad     Fit = "bad"     // an answer that fails a check: state, iss, or no code
	FitStray   Fit = "stray"   // no answer at all: favicon, another path, a bare visit
	FitEarlier Fit = "earlier" // an answer to an earlier run
	FitRelay   Fit = "relay"   // the browser is there with the answer in the fragment, which it keeps to itself: a page hands it over
)

// Callback is something that came to the redirect URI, or was pasted.
type Callback struct {
	Call   *Call
	Params url.Values
	Fit    Fit
	Why    string // one sentence
	Run    int    // for FitEarlier: which
}

// beginLogin reads an authorization request.
func (s *Story) beginLogin(c *Call) {
	q := c.Request.Query()
	more, known := s.hiddenParams(c)
	for name, values := range more {
		q[name] = values
	}
	l := &Login{N: len(s.logins) + 1, Authorize: c, Params: q, State: q.Get("state"), Scope: q.Get("scope"), hidden: !known}
	if old := c.Login; old != nil { // the same request, changed before it was sent
		l.N = old.N
		s.logins[old.N-1] = l
		delete(s.byState, old.State)
	} else {
		s.logins = append(s.logins, l)
	}
	s.byState[l.State] = l
	c.Login = l
}

func (s *Story) redirectOut(c *Call, e trace.Event, d trace.RedirectOut) {
	c.State, c.SentAt, c.Via, c.Err = InFlight, e.At, d.Via, d.Err
	c.began = e.Mono
	if c.Login != nil {
		c.Login.SentAt, c.Login.Via = e.At, d.Via
	}
	if d.Err != "" {
		c.State = Broken
	} else if l := c.Login; l != nil && l.Authorize == c && l.Answer != nil { // a browser that was through before the hand-over returned
		by := l.Answer.Call
		c.State, c.SentAt, c.DoneAt = Answered, by.SentAt, by.DoneAt
		c.ended, l.SentAt = c.began, by.SentAt
	}
	s.explain(c)
	s.conclude(c.stage)
}

func (s *Story) callbackIn(c *Call, e trace.Event, d trace.CallbackIn) {
	c.Class, c.Inbound, c.Via = Answer, true, d.Via
	c.Request = newRequest(d.Method, d.URL, d.Header, d.Body)
	c.Request.Cut, c.Missing = d.Cut, d.Missing
	c.State, c.ReadyAt, c.SentAt, c.DoneAt = Answered, e.At, e.At, e.At
	if s.loggedOut(c) {
		s.readLogoutReturn(c, e)
		return
	}
	var cb *Callback
	if s.recording != nil {
		cb = s.fitRecorded(c)
	} else {
		cb = s.fit(c)
	}
	s.callbacks[c.ID] = cb
	c.Login = s.byState[cb.Params.Get("state")]
	if c.Login == nil {
		c.Login = s.Login()
	}
	s.attach(c, e)
	if l := c.Login; l != nil {
		l.Callbacks = append(l.Callbacks, cb)
		if cb.Fit == FitAnswer || cb.Fit == FitError || cb.Fit == FitBad {
			s.settle(subject(string(trace.Callback), c.N), s.callbackChecks(l, cb))
		}
		if cb.Fit == FitAnswer && l.Answer == nil {
			l.Answer = cb
			if code := cb.Params.Get("code"); code != "" {
				s.byCode[code] = l
			}
			if s.recording != nil {
				s.frontTokens(c, cb)
			}
			if l.Authorize != nil && l.Authorize.State == InFlight {
				l.Authorize.State, l.Authorize.DoneAt, l.Authorize.ended = Answered, e.At, e.Mono
			}
		}
	}
	s.explain(c)
	s.conclude(s.latest[trace.Callback])
}

// Callback returns what came to the redirect URI as call id, or nil.
func (s *Story) Callback(id trace.CallID) *Callback { return s.callbacks[id] }

// fit says what a request to the redirect URI is.
func (s *Story) fit(c *Call) *Callback {
	cb := &Callback{Call: c, Params: c.Request.Query()}
	for name, values := range c.Request.form { // response_mode=form_post
		cb.Params[name] = append(cb.Params[name], values...)
	}
	l := s.Login()
	switch why := s.stray(c, cb); {
	case why == bareVisit && l.fragment() && c.Request.Method == http.MethodGet:
		cb.Fit, cb.Why = FitRelay, "the browser keeps the answer in the fragment, and the page that it got hands it over"
	case why != "":
		cb.Fit, cb.Why = FitStray, why
	case l == nil:
		cb.Fit, cb.Why = FitStray, "no authorization request of this session waits for an answer"
	case cb.Params.Get("state") != l.State:
		s.fitState(cb, l)
	case s.issProblem(cb) != "":
		cb.Fit, cb.Why = FitBad, s.issProblem(cb)
	case cb.Params.Get("error") != "":
		cb.Fit, cb.Why = FitError, "the tenant answered with an error"
	case cb.Params.Get("code") == "":
		cb.Fit, cb.Why = FitBad, "the answer has neither a code nor an error"
	default:
		cb.Fit, cb.Why = FitAnswer, "the answer to this run"
	}
	return cb
}

func (s *Story) fitState(cb *Callback, l *Login) {
	got := cb.Params.Get("state")
	for _, r := range s.settings.Earlier {
		if r.State == got && got != "" {
			cb.Fit, cb.Run = FitEarlier, r.Run
			cb.Why = "it carries the state of an earlier run: finish the newest tab"
			return
		}
	}
	if old := s.byState[got]; old != nil && old != l && got != "" {
		cb.Fit, cb.Why = FitEarlier, "it carries the state of an earlier attempt of this run: finish the newest tab"
		return
	}
	cb.Fit, cb.Why = FitBad, "its state is not the one that was sent"
	if got == "" {
		cb.Why = "it carries no state, though one was sent"
	}
}

// stray says why a request is no answer, or "".
func (s *Story) stray(c *Call, cb *Callback) string {
	if c.Request.parsed == nil {
		return "it is not a URL"
	}
	if want, err := url.Parse(s.settings.RedirectURI); s.hasSettings && err == nil && cleanPath(want.Path) != cleanPath(c.Request.parsed.Path) {
		if path.Base(c.Request.parsed.Path) == "favicon.ico" {
			return "the browser looked for an icon"
		}
		return "another path than the redirect URI's"
	}
	if m := c.Request.Method; m != http.MethodGet && m != http.MethodPost {
		return "a " + m + " request brings no answer"
	}
	if c.Request.Cut {
		return "its body is longer than an answer can be, and was cut off"
	}
	if host := foreignHost(c); host != "" {
		return "it was meant for " + host + ", which is not this machine's loopback"
	}
	for _, name := range []string{"code", "error", "state", "iss", "id_token", "access_token"} {
		if cb.Params.Has(name) {
			return ""
		}
	}
	if strings.Contains(c.Request.URL, "#") {
		return "" // a pasted URL whose answer stands in the fragment
	}
	return bareVisit
}

const bareVisit = "a visit without any parameter of an answer"

// fragment reports whether the answer was asked for in the fragment.
func (l *Login) fragment() bool { return l != nil && l.Params.Get("response_mode") == "fragment" }

// foreignHost returns the host that a request to the listener was meant for, if that is another machine's name: a page
// whose name was made to point here (DNS rebinding) sends such ones.
func foreignHost(c *Call) string {
	host := strings.ToLower(c.Request.parsed.Hostname())
	ip, _ := netip.ParseAddr(host)
	if c.Via != "listener" || host == "" || host == "localhost" || ip.IsLoopback() {
		return ""
	}
	return clip(c.Request.parsed.Host, 80)
}

func cleanPath(p string) string {
	if p == "" {
		return "/"
	}
	return p
}

// issProblem compares the iss parameter (RFC 9207 §2.4).
func (s *Story) issProblem(cb *Callback) string {
	if s.metadata == nil {
		return ""
	}
	switch got := cb.Params.Get("iss"); {
	case got == "" && s.metadata.IssParameter:
		return "it has no iss, though the tenant advertises that it sends one"
	case got != "" && s.metadata.Issuer != "" && got != s.metadata.Issuer && !(s.recording != nil && s.metadata.template()):
		return "its iss is another issuer than the one that was asked"
	}
	return ""
}

func (s *Story) callbackChecks(l *Login, cb *Callback) []jwtview.Check {
	state := jwtview.Check{ID: "state", Status: jwtview.Passed, Want: l.State, Got: cb.Params.Get("state"), Spec: "RFC 6749 §4.1.2, §10.12",
		Detail: "The answer belongs to this run."}
	if state.Got != state.Want {
		state.Status, state.Detail = jwtview.Failed, "This answer was not asked for by this run; a client that takes it can be tricked into somebody else's login."
	}
	switch {
	case l.unseen || l.hidden:
		state.Status, state.Want, state.Detail = jwtview.NotApplicable, "", "Not checkable: the authorization request is not known."
	case state.Want == "" && state.Got == "":
		state.Status, state.Detail = jwtview.NotApplicable, "No state was sent: nothing ties the answer to a request but PKCE, where that is used."
	}
	if state.Got == "" {
		state.Got = "absent"
	}
	checks := []jwtview.Check{state, s.issCheck(cb)}
	answer := jwtview.Check{ID: "response", Status: jwtview.Passed, Want: "code", Got: "code", Spec: "RFC 6749 §4.1.2", Detail: "The tenant gave an authorization code."}
	switch {
	case cb.Params.Get("error") != "":
		answer.Status, answer.Got, answer.Spec = jwtview.Failed, strings.TrimSpace(cb.Params.Get("error")+" "+cb.Params.Get("error_description")), "RFC 6749 §4.1.2.1"
		answer.Detail = "The tenant answered with an error instead of a code."
	case cb.Call.Missing:
		answer.Status, answer.Got, answer.Detail = jwtview.NotApplicable, "", "Not checkable: the recording does not have the body of the answer."
	case cb.Fit == FitAnswer && cb.Params.Get("code") == "":
		answer.Want, answer.Got, answer.Detail = "what was asked for", "tokens", "The tenant gave tokens with the answer itself."
	case cb.Params.Get("code") == "":
		answer.Status, answer.Got, answer.Detail = jwtview.Failed, "neither code nor error", "The answer cannot be used."
	}
	return append(checks, answer)
}

func (s *Story) issCheck(cb *Callback) jwtview.Check {
	c := jwtview.Check{ID: "iss", Status: jwtview.NotApplicable, Got: cb.Params.Get("iss"), Spec: "RFC 9207 §2.4"}
	if c.Got == "" {
		c.Got = "absent"
	}
	if s.metadata == nil {
		c.Detail = "Not checkable: the tenant's metadata is not known."
		return c
	}
	c.Want = s.metadata.Issuer
	switch problem := s.issProblem(cb); {
	case c.Want == "" && cb.Params.Has("iss"):
		c.Detail = "Not checkable: no issuer was given."
	case problem != "":
		c.Status, c.Detail = jwtview.Failed, "The answer was not accepted: "+problem+"."
	case cb.Params.Get("iss") == "":
		c.Detail = "The tenant does not advertise that it sends iss, and sent none."
	default:
		c.Status, c.Detail = jwtview.Passed, "The answer comes from the issuer that was asked."
	}
	return c
}
