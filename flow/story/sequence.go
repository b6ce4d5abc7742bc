package story

import (
	"net/url"
	"time"

	"authscope/flow/trace"
)

// Party is a column of the sequence diagram.
type Party int

// The parties (RFC 6749 §1.1, the browser being its user agent).
const (
	Browser Party = iota
	Client        // authscope
	Server        // the authorization server, with its UserInfo
	API           // any other protected resource
)

// Parties are the names of the parties, in the order of the columns.
var Parties = [...]string{Browser: "browser", Client: "authscope", Server: "authorization server", API: "protected API"}

// Arrow is one arrow of the sequence diagram. It holds no text: Label makes it.
type Arrow struct {
	Call     *Call
	From, To Party
	At       time.Time
	Kind     ArrowKind
}

// ArrowKind says what an arrow stands for.
type ArrowKind uint8

// The kinds of arrows.
const (
	ArrowRequest  ArrowKind = iota // it was sent, and its bytes are in the trace
	ArrowResponse                  // it came, and its bytes are in the trace
	ArrowHandOver                  // a URL that the browser got
	ArrowPresumed                  // what the browser then asked the server: not seen from here
	ArrowArrived                   // what came to the redirect URI
	ArrowNoAnswer                  // nothing came
)

// Arrows returns the sequence diagram of the trace, in the order in which things happened. It grows and never changes.
func (s *Story) Arrows() []Arrow { return s.steps }

// StageOf is the run of the stage that a step belongs to, or "" and 0.
func (st Arrow) StageOf() (trace.StageID, int) { return st.Call.Stage, st.Call.N }

// resource is whom a call asks.
func (c *Call) resource() Party {
	if c.Class == APICall {
		return API
	}
	return Server
}

// step notes what an event of a call shows in the diagram. The call has folded the event.
func (s *Story) step(c *Call, e trace.Event) {
	add := func(from, to Party, kind ArrowKind) {
		s.steps = append(s.steps, Arrow{Call: c, From: from, To: to, At: e.At, Kind: kind})
	}
	switch e.Data.(type) {
	case trace.Sent:
		if n := len(s.steps); n > 0 && s.steps[n-1].Call == c && s.steps[n-1].Kind == ArrowRequest {
			return // written again on another connection
		}
		add(Client, c.resource(), ArrowRequest)
	case trace.Head:
		if c.SentAt.Equal(c.ReadyAt) && c.Sent.Header == nil { // a recording that does not say when it was sent
			add(Client, c.resource(), ArrowRequest)
		}
	case trace.Body:
		add(c.resource(), Client, ArrowResponse)
	case trace.CallFailed:
		if c.Sent.Header == nil {
			add(Client, c.resource(), ArrowRequest)
		}
		add(c.resource(), Client, ArrowNoAnswer)
	case trace.RedirectOut:
		s.handOver(c, e)
	case trace.CallbackIn:
		// A browser that answers at once is through before it is noted that it got the URL.
		if cb, l := s.callbacks[c.ID], c.Login; cb != nil && cb.Fit == FitAnswer && l != nil && l.Authorize != nil && l.SentAt.IsZero() {
			s.handOver(l.Authorize, e)
		}
		add(Browser, Client, ArrowArrived)
	}
}

// handOver draws that the browser got the URL of a call, once for each login.
func (s *Story) handOver(c *Call, e trace.Event) {
	if l := c.Login; l != nil && l.Authorize == c {
		if l.handed {
			return
		}
		l.handed = true
	}
	s.steps = append(s.steps, Arrow{c, Client, Browser, e.At, ArrowHandOver})
	if c.Class != DevicePage && c.State != Broken { // that is opened elsewhere
		s.steps = append(s.steps, Arrow{c, Browser, Server, e.At, ArrowPresumed})
	}
}

var handOverLabels = map[Class]string{LogoutPage: "logout URL", DevicePage: "page to open"}

// Label says in a few words what a step is, without a secret: names of parameters, never their values.
func (s *Story) Label(st Arrow) string {
	c := st.Call
	switch st.Kind {
	case ArrowHandOver:
		return orElse(handOverLabels[c.Class], "sign-in URL")
	case ArrowPresumed:
		return clip(c.Request.Method+" "+pathOf(c), 60)
	case ArrowArrived:
		return orElse(s.arrivedLabel(c), clip(pathOf(c), 30))
	case ArrowRequest:
		return requestLabel(s, c)
	case ArrowNoAnswer:
		return "no answer: " + orElse(string(c.ErrClass), "failed")
	}
	return s.responseLabel(c)
}

func ifElse(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func pathOf(c *Call) string {
	if c.Request.parsed == nil {
		return "?"
	}
	u := url.URL{Path: c.Request.parsed.Path}
	return orElse(u.EscapedPath(), "/")
}

// arrivedLabel names what the browser brought.
func (s *Story) arrivedLabel(c *Call) string {
	if c.Class == LogoutReturn {
		return "back from the logout"
	}
	cb := s.callbacks[c.ID]
	if cb == nil {
		return ""
	}
	switch {
	case cb.Fit == FitStray || cb.Fit == FitEarlier:
		return "ignored: " + clip(pathOf(c), 30)
	case cb.Params.Get("error") != "":
		return "error=" + clip(cb.Params.Get("error"), 40)
	case cb.Params.Get("code") != "":
		return "code, state"
	}
	return "(" + string(cb.Fit) + ")"
}

// requestLabel is the request: its method, path and what it carries.
func requestLabel(s *Story, c *Call) string {
	label := c.Request.Method + " " + clip(pathOf(c), 46)
	carries := map[Class]string{CodeExchange: "code, verifier", DeviceToken: "device_code", ClientToken: "client_credentials", Introspection: "a token"}[c.Class]
	switch c.Class {
	case TokenRefresh:
		carries = "refresh" + numbered(s.handedInWith(c))
	case UserInfoCall, Probe, APICall:
		carries = "access" + numbered(s.byValue[bearer(c.Request.Header)])
	case Revocation:
		if t := s.byValue[c.Request.form.Get("token")]; t != nil {
			carries = t.Kind.Short() + numbered(t)
		}
	}
	if carries != "" {
		label += " (" + carries + ")"
	}
	return label
}

func numbered(t *Token) string {
	if t == nil {
		return ""
	}
	return " #" + itoa(t.Generation)
}

// responseLabel is the answer: its status, and what it brought or refused.
func (s *Story) responseLabel(c *Call) string {
	label := itoa(c.Response.Status)
	if code, _ := c.OAuthError(); code != "" {
		return label + " " + clip(code, 40)
	}
	if !c.OK() {
		return label
	}
	switch c.Class {
	case Discovery:
		return label + " metadata"
	case JWKS:
		return label + " keys"
	case UserInfoCall, Probe:
		return label + " claims"
	case PreflightCall:
		return label
	}
	if c.Turn == nil {
		return label
	}
	for i, t := range c.Turn.Tokens {
		label += ifElse(i == 0, " ", ", ") + t.Kind.Short() + numbered(t)
	}
	return label
}
