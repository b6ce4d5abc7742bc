package story

import (
	"cmp"
	"mime"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// State says how far a call has come.
type State string

// The states of a call.
const (
	Held      State = "held"      // it stands ready and has not been sent
	InFlight  State = "in_flight" // sent, not yet answered
	Answered  State = "answered"
	Broken    State = "failed"    // no answer, or a broken one
	NotSent   State = "dropped"   // never sent
	Abandoned State = "abandoned" // nobody waits, and nothing has come yet
)

// Request is what was sent, or what is ready to be sent.
type Request struct {
	Method string
	URL    string
	Header trace.Header
	Body   []byte
	Cut    bool // the body went on beyond what was kept

	parsed *url.URL
	form   url.Values // body, where it is a form
}

// Query returns the parameters of the URL.
func (r *Request) Query() url.Values {
	if r.parsed == nil {
		return nil
	}
	return r.parsed.Query()
}

// Form returns the parameters of the body, where it is a form.
func (r *Request) Form() url.Values { return r.form }

// Response is what came back.
type Response struct {
	Status   int
	Proto    string
	Header   trace.Header
	Body     []byte
	Cut      bool   // the body went on beyond what was kept
	Declared int64  // Content-Length, -1 if none
	Err      string // the connection broke within the body
	JSON     jwtview.Value
	IsJSON   bool
	JSONErr  string
	Cached   bool // a browser's cache answered
	Missing  bool // there was a body, and the recording does not have it
}

// MediaType returns the media type of the response, in lower case, without parameters.
func (r *Response) MediaType() string {
	t := r.Header.Get("Content-Type")
	if mt, _, err := mime.ParseMediaType(t); err == nil {
		return mt
	}
	mt, _, _ := strings.Cut(strings.ToLower(t), ";")
	return strings.TrimSpace(mt)
}

// Call is one request with its response: the join of its events.
type Call struct {
	ID       trace.CallID
	Class    Class
	Stage    trace.StageID
	N        int // of the stage
	State    State
	Front    bool // a URL that the browser got
	Inbound  bool // a request that came to us
	Via      string
	Request  Request
	Sent     trace.Sent
	TLS      *trace.TLS // the connection, nil where it has none of TLS or that is not known
	Proxy    string     // the proxy that stands in between, or ""
	Response *Response
	Err      string
	ErrClass trace.ErrKind
	Late     bool // the answer came when nobody waited any more
	Missing  bool // the request had a body, and the recording does not have it

	ReadyAt, SentAt, HeadAt, DoneAt time.Time
	Login                           *Login
	Sections                        []Section      // what was sent and received, explained
	Signed                          *jwtview.Token // UserInfo that came as a JWT, or nil
	Turn                            *Turn          // of a request for tokens that has ended, or nil

	Made         *Request      // as authscope made it, where the person changed it; else nil
	Edits        []trace.Edit  // what the person changed
	Experiment   *Experiment   // the one that it is a part of, or nil
	began, ended time.Duration // by the monotonic clock, from SentAt to DoneAt
	stage        *Stage        // Stage and N, or nil
	keys         jwtview.Keys  // of a key set, read once, when it came
	keysRead     bool          // it was one
}

// Keys returns the keys that an answer with a key set brought, and whether it had one that can be read.
func (c *Call) Keys() (jwtview.Keys, bool) { return c.keys, c.keysRead }

// Duration is the time from the request's sending to the end of its response.
func (c *Call) Duration() time.Duration {
	if c.SentAt.IsZero() || c.DoneAt.IsZero() {
		return 0
	}
	return c.ended - c.began
}

// Copy returns the call as it stands, which later events do not change.
func (c *Call) Copy() *Call {
	cp := *c
	if c.Response != nil {
		r := *c.Response
		cp.Response = &r
	}
	return &cp
}

// OK reports whether the call was answered with a status of 2xx.
func (c *Call) OK() bool { return c.Response != nil && c.Response.Status/100 == 2 }

// OAuthError returns error and error_description of a response in the form of RFC 6749 §5.2.
func (c *Call) OAuthError() (code, description string) {
	if c.Response == nil || !c.Response.IsJSON {
		return "", ""
	}
	code, _ = c.Response.JSON.Str("error")
	description, _ = c.Response.JSON.Str("error_description")
	return code, description
}

func (s *Story) callEvent(e trace.Event) {
	c := s.byID[e.Call]
	if c == nil {
		c = &Call{ID: e.Call}
		s.byID[e.Call] = c
		s.calls = append(s.calls, c)
	}
	switch d := e.Data.(type) {
	case trace.Ready:
		s.ready(c, e, d)
	case trace.Edited:
		s.edited(c, e, d)
	case trace.Sent:
		if c.State != Abandoned { // it may be written again when nobody waits any more
			c.State = InFlight
		}
		c.SentAt, c.began, c.Sent, c.Proxy = e.At, e.Mono, d, d.Proxy
	case trace.Head:
		c.HeadAt, c.Late = e.At, c.State == Abandoned
		if c.SentAt.IsZero() {
			c.SentAt, c.began = c.ReadyAt, e.Mono
		}
		c.Response, c.TLS = &Response{Status: d.Status, Proto: d.Proto, Header: d.Header, Cached: d.Cached}, d.TLS
		s.measure(c)
	case trace.Body:
		s.answered(c, e, d)
	case trace.CallFailed:
		c.State, c.Err, c.ErrClass, c.DoneAt, c.ended, c.TLS = Broken, d.Err, d.Class, e.At, e.Mono, d.TLS
		c.Proxy = cmp.Or(d.Proxy, c.Proxy)
		if c.Class == PreflightCall {
			s.readPreflight(c)
		}
		s.endTurn(c)
		s.explain(c)
		c.stage.took(c)
		s.conclude(c.stage)
		s.judge(c.Experiment)
	case trace.Dropped:
		c.State, c.Err, c.DoneAt = NotSent, d.Reason, e.At
		s.explain(c)
	case trace.Abandoned:
		if c.State == Answered || c.State == Broken { // the answer was quicker than the giving up
			c.Late = true
			break
		}
		c.State, c.Err = Abandoned, d.Reason
		s.explain(c)
	case trace.RedirectOut:
		s.redirectOut(c, e, d)
	case trace.CallbackIn:
		s.callbackIn(c, e, d)
	}
	s.step(c, e)
	if c.ofTenant() {
		s.tenant = nil
	}
}

func (s *Story) ready(c *Call, e trace.Event, d trace.Ready) {
	c.State, c.ReadyAt, c.Front, c.Missing = Held, e.At, d.Front, d.Missing
	c.Request = newRequest(d.Method, d.URL, d.Header, d.Body)
	if c.Made == nil { // what a person changes stays the call that it was made as
		c.Class = s.classify(c)
	}
	s.attach(c, e)
	var login *Login
	switch c.Class {
	case Authorization:
		s.beginLogin(c)
	case CodeExchange:
		login = s.byCode[c.Request.form.Get("code")]
	case TokenRefresh:
		if t := s.byValue[c.Request.form.Get("refresh_token")]; t != nil {
			login = t.Login
		}
	case UserInfoCall, Probe, APICall:
		if t := s.byValue[bearer(c.Request.Header)]; t != nil {
			login = t.Login
		}
	case PreflightCall:
		s.beginPreflight(c)
	case DeviceRequest:
		s.beginDevice(c)
	case LogoutPage:
		s.beginLogout(c)
	case ClientToken:
		s.asked = c
	}
	if login != nil {
		c.Login = login
	}
	s.alone(c)
	s.explain(c)
}

func newRequest(method, rawURL string, h trace.Header, body []byte) Request {
	r := Request{Method: method, URL: rawURL, Header: h, Body: body}
	r.parsed, _ = url.Parse(rawURL)
	if strings.HasPrefix(h.Get("Content-Type"), "application/x-www-form-urlencoded") {
		r.form, _ = url.ParseQuery(string(body))
	} else if strings.HasPrefix(h.Get("Content-Type"), "application/json") {
		r.form = jsonForm(body)
	}
	return r
}

// answered folds the end of a response.
func (s *Story) answered(c *Call, e trace.Event, d trace.Body) {
	if c.Response == nil { // a body without a head: keep it all the same
		c.Response = &Response{}
	}
	r := c.Response
	c.Late = c.Late || c.State == Abandoned // given up between head and body
	c.State, c.DoneAt, c.ended = Answered, e.At, e.Mono
	r.Body, r.Cut, r.Declared, r.Err, r.Missing = d.Bytes, d.Cut, d.Declared, d.Err, d.Missing
	if v, err := jwtview.ParseJSON(r.Body); err == nil {
		r.JSON, r.IsJSON = v, true
	} else {
		r.JSONErr = err.Error()
	}
	if c.Class == Unknown || c.Missing && c.Class == OtherGrant {
		s.reclassify(c, e)
	}
	s.pointsTo(c)
	s.noteUse(c)
	switch c.Class {
	case Discovery:
		s.readMetadata(c)
	case OtherMetadata:
		s.readOtherMetadata(c)
	case JWKS:
		s.readKeys(c)
	case CodeExchange, TokenRefresh, OtherGrant, ClientToken:
		s.readTokens(c)
	case DeviceRequest:
		s.readDevice(c)
	case DeviceToken:
		s.readPoll(c)
	case Introspection:
		s.readIntrospection(c)
	case APICall:
		s.readAPI(c)
	case UserInfoCall, Probe:
		s.readUserInfo(c)
	case Revocation:
		s.readRevocation(c)
	case PreflightCall:
		s.readPreflight(c)
	case Authorization:
		s.readPageAnswer(c)
	}
	c.stage.took(c)
	s.conclude(c.stage)
	s.explain(c)
	s.judge(c.Experiment)
}

// pointsTo remembers where a redirect pointed, so that the call that follows it is known to.
func (s *Story) pointsTo(c *Call) {
	loc := c.Response.Header.Get("Location")
	if c.Response.Status/100 != 3 || loc == "" || c.Request.parsed == nil {
		return
	}
	if u, err := c.Request.parsed.Parse(loc); err == nil {
		s.redirects[u.String()] = c
	}
}

// bearer returns the token of an Authorization header, as in RFC 6750 §2.1.
func bearer(h trace.Header) string {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
