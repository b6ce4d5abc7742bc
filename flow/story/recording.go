package story

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Recording returns what is known of the file that a session was read from which authscope did not make, and whether it
// is one.
func (s *Story) Recording() (trace.Recording, bool) {
	if s.recording == nil {
		return trace.Recording{}, false
	}
	return *s.recording, true
}

// recorded reads that the session is somebody else's. The addresses that its requests went to serve where there is no
// metadata, to tell requests apart; nothing is checked against them.
func (s *Story) recorded(d trace.Recording) {
	s.recording = &d
	if d.Endpoints.IsZero() {
		return
	}
	m := &Metadata{}
	for name, value := range d.Endpoints.All() {
		*m.endpoint(name) = value
	}
	s.shown = m
}

// endpoint returns where the endpoint of this name stands in m.
func (m *Metadata) endpoint(name string) *string {
	switch name {
	case "authorization_endpoint":
		return &m.AuthorizationEndpoint
	case "token_endpoint":
		return &m.TokenEndpoint
	case "userinfo_endpoint":
		return &m.UserInfoEndpoint
	case "jwks_uri":
		return &m.JWKSURI
	case "revocation_endpoint":
		return &m.RevocationEndpoint
	case "introspection_endpoint":
		return &m.IntrospectionEndpoint
	case "device_authorization_endpoint":
		return &m.DeviceEndpoint
	}
	return &m.EndSessionEndpoint
}

// given reads metadata or keys that the person added.
func (s *Story) given(d trace.Given) {
	switch d.What {
	case trace.GivenMetadata:
		if v, err := jwtview.ParseJSON(d.Body); err == nil && v.Kind == jwtview.Object {
			s.metadata = s.metadataFrom(v)
		}
	case trace.GivenKeys:
		if keys, err := jwtview.ReadKeys(d.Body); err == nil {
			s.keys, s.keysKnown = append(slices.Clip(s.keys), keys...), true
			s.keysGiven = strings.TrimPrefix(s.keysGiven+", "+d.From, ", ")
		}
	}
}

// KeysGiven says where the keys come from, if the person gave them and the recording has none.
func (s *Story) KeysGiven() string { return s.keysGiven }

// Unseen reports whether what the login asked for is not known: its authorization request is not in the recording, or its
// parameters stand elsewhere.
func (l *Login) Unseen() bool { return l != nil && (l.unseen || l.hidden) }

// unseenLogin stands for a login whose beginning is not in the recording.
func (s *Story) unseenLogin() *Login {
	l := &Login{N: len(s.logins) + 1, Authorize: &Call{Class: Authorization}, Params: url.Values{}, unseen: true}
	s.logins = append(s.logins, l)
	return l
}

// hiddenParams are the parameters of an authorization request that do not stand in its address: those of a form, of a
// request object (RFC 9101), and of a request that was pushed before (RFC 9126). Known is false where they are nowhere.
func (s *Story) hiddenParams(c *Call) (params url.Values, known bool) {
	params = url.Values{}
	for name, values := range c.Request.form {
		params[name] = values
	}
	q := c.Request.Query()
	if object := q.Get("request"); object != "" {
		claims := jwtview.Decode(object).Claims
		for _, m := range claims.Members {
			if m.Value.Kind == jwtview.String {
				params.Set(m.Name, m.Value.Text)
			}
		}
		return params, claims.Kind == jwtview.Object
	}
	uri := q.Get("request_uri")
	if uri == "" {
		return params, true
	}
	for _, o := range s.calls {
		if o.Response == nil || !o.Response.IsJSON {
			continue
		}
		if got, _ := o.Response.JSON.Str("request_uri"); got == uri && o.Request.form != nil {
			for name, values := range o.Request.form {
				params[name] = values
			}
			return params, true
		}
	}
	return params, false
}

// jsonForm reads the parameters of a body that is JSON, in which some libraries ask for tokens.
func jsonForm(body []byte) url.Values {
	v, err := jwtview.ParseJSON(body)
	if err != nil || v.Kind != jwtview.Object {
		return nil
	}
	if _, ok := v.Get("grant_type"); !ok {
		return nil
	}
	form := url.Values{}
	for _, m := range v.Members {
		if m.Value.Kind == jwtview.String {
			form.Add(m.Name, m.Value.Text)
		}
	}
	return form
}

// fitRecorded says what an answer in a recording is. There is no listener, so nothing strays in; the state alone tells
// whose it is.
func (s *Story) fitRecorded(c *Call) *Callback {
	cb := &Callback{Call: c, Params: url.Values{}}
	if c.Request.parsed != nil {
		cb.Params = answerParams(c.Request.parsed)
	}
	for name, values := range c.Request.form { // response_mode=form_post
		cb.Params[name] = append(cb.Params[name], values...)
	}
	l := s.Login()
	if l == nil {
		l = s.unseenLogin()
		l.State = cb.Params.Get("state")
		s.byState[l.State] = l
	}
	tokens := cb.Params.Get("id_token") != "" || cb.Params.Get("access_token") != ""
	switch {
	case !l.hidden && cb.Params.Get("state") != l.State && !blank(l.State, cb.Params.Get("state")):
		s.fitState(cb, l)
	case s.issProblem(cb) != "":
		cb.Fit, cb.Why = FitBad, s.issProblem(cb)
	case cb.Params.Get("error") != "":
		cb.Fit, cb.Why = FitError, "the tenant answered with an error"
	case c.Missing:
		cb.Fit, cb.Why = FitAnswer, "the answer to this login; its parameters are not in the recording"
	case cb.Params.Get("code") == "" && !tokens && cb.Params.Get("response") == "":
		cb.Fit, cb.Why = FitBad, "the answer has neither a code nor an error"
	default:
		cb.Fit, cb.Why = FitAnswer, "the answer to this login"
	}
	return cb
}

// frontTokens reads tokens that came with the answer itself (OpenID Connect Core §3.2.2.5, §3.3.2.5; RFC 6749 §4.2.2).
func (s *Story) frontTokens(c *Call, cb *Callback) {
	v := jwtview.Value{Kind: jwtview.Object}
	for _, name := range []string{"access_token", "id_token", "token_type", "expires_in", "scope"} {
		if cb.Params.Has(name) {
			v.Members = append(v.Members, jwtview.Member{Name: name, Value: jwtview.Value{Kind: jwtview.String, Text: cb.Params.Get(name)}})
		}
	}
	_, access := v.Str("access_token")
	_, id := v.Str("id_token")
	if !access && !id {
		return
	}
	c.Response = &Response{JSON: v}
	for _, k := range Kinds {
		if value, ok := v.Str(string(k)); ok && value != "" {
			s.receive(c, k, value)
		}
	}
	s.beginVerify(c)
	s.checkNew(c)
}

// beginVerify begins the stage in which an ID token is judged, in a recording that has no keys which would.
func (s *Story) beginVerify(c *Call) {
	if s.recording == nil || s.latest[trace.Verify] != nil || s.newest[IDToken] == nil || s.newest[IDToken].Call != c {
		return
	}
	s.newStage(trace.Event{At: c.DoneAt, Mono: c.ended}, trace.Verify, 1, true)
}

// readPageAnswer reads what the authorization endpoint answered to a browser, where that is an error's page: nobody else
// will tell.
func (s *Story) readPageAnswer(c *Call) {
	if s.recording == nil || c.Class != Authorization || c.Response.Missing && c.Response.Status/100 != 3 || c.Response.Status < 300 || c.Request.parsed == nil {
		return
	}
	params := c.Request.Query()
	if c.Login != nil {
		params = c.Login.Params
	}
	p := &Preflight{Call: c, Params: params, Verdict: Unclear}
	if c.Response.Status/100 == 3 {
		s.readRedirect(p, c)
	} else {
		s.readPage(p, c)
	}
	if p.Verdict == Refused && p.OnPage {
		s.preflights = append(s.preflights, p)
	}
}

// unseenForm says what a token request was for whose form the recording does not have: by its answer, and by what still
// waits.
func (s *Story) unseenForm(c *Call) Class {
	if c.Response == nil || !c.Response.IsJSON && !c.Response.Missing {
		return Unknown
	}
	v := c.Response.JSON
	_, access := v.Get("access_token")
	_, id := v.Get("id_token")
	code, text := c.OAuthError()
	l := s.Login()
	switch {
	case strings.Contains(strings.ToLower(text), "refresh") && code != "":
		return TokenRefresh
	case !access && !id && code == "" && !c.Response.Missing:
		return Unknown
	case l != nil && l.Exchange != nil && l.Exchange != c:
		return TokenRefresh
	}
	return CodeExchange
}

// alone attaches a call of a recording to its login where its bytes do not tell: a trace of a recording has one login.
func (s *Story) alone(c *Call) {
	if s.recording == nil || c.Login != nil {
		return
	}
	switch c.Class {
	case CodeExchange, UserInfoCall, TokenRefresh:
		c.Login = s.Login()
	}
}

// navigationRows tell what a browser got for an address.
func navigationRows(c *Call) (rows []Row) {
	r := c.Response
	if to := r.Header.Get("Location"); to != "" {
		at, _, _ := strings.Cut(to, "?")
		at, _, _ = strings.Cut(at, "#")
		return []Row{{Name: "Location", Value: at, Note: "where the browser is sent on to"}}
	}
	row := Row{Name: "page", Value: Excerpt(r.Body), Note: orElse(r.MediaType(), http.StatusText(r.Status)), Bad: r.Status >= 400}
	if len(r.Body) == 0 {
		row.Value, row.Short = "", "a page"
	}
	return append(rows, row)
}
