package story

import (
	"net/url"
	"slices"
	"strings"

	"authscope/flow/trace"
)

// What a row of a comparison is.
const (
	partParameter = "parameter"
	partHeader    = "header"
	partMember    = "member"
	partStatus    = "status"
	partClaim     = "claim"
	partCheck     = "check"
	partFact      = "fact"
	partFinding   = "finding"
)

// aligned are the calls of a login in their order, by what they are for. Whatever grant it was, the call that brought the first tokens is
// the token request.
var aligned = []struct {
	request, response string
	class             Class
	many              bool // there may be several of them, each laid beside its like
}{
	{"metadata request", "metadata", Discovery, false},
	{"look ahead", "answer to the look ahead", PreflightCall, false},
	{"authorization request", "authorization response", Authorization, false},
	{"answer", "answer", Answer, false},
	{"device authorization request", "device authorization response", DeviceRequest, false},
	{"token request", "token response", CodeExchange, false},
	{"keys request", "keys", JWKS, false},
	{"UserInfo request", "UserInfo response", UserInfoCall, false},
	{"API request", "API response", APICall, true},
	{"introspection request", "introspection response", Introspection, true},
	{"refresh request", "refresh response", TokenRefresh, true},
	{"revocation request", "revocation response", Revocation, true},
	{"UserInfo with a dead token", "answer to a dead token", Probe, true},
	{"logout", "logout response", LogoutPage, false},
	{"return from logout", "return from logout", LogoutReturn, false},
}

// maxAlike is how many calls of one kind are laid beside each other: the first ones. How many there were is told in the session.
const maxAlike = 3

// calls lays the calls of both runs beside each other.
func (c *comparing) calls() {
	of, with := callsByClass(c.A), callsByClass(c.B)
	ahead := func(class Class) bool {
		only := func(calls map[Class][]*Call) bool { return len(calls[PreflightCall]) > 0 && len(calls[class]) == 0 }
		return only(of) || only(with)
	}
	request, answer := ahead(Authorization), ahead(Answer) // what was asked and answered ahead is told where there is nothing better
	for _, al := range aligned {
		a, b := of[al.class], with[al.class]
		for i := range max(len(a), len(b)) {
			if al.class == PreflightCall {
				c.lookAhead(nth(a, i), nth(b, i), request, answer)
				continue
			}
			request, response := al.request, al.response
			if al.many && i > 0 {
				request, response = request+" "+itoa(i+1), response+" "+itoa(i+1)
			}
			c.call(request, response, nth(a, i), nth(b, i))
		}
	}
}

// lookAhead lays beside each other what authscope tried out before the browser opened. A login that went on has it all once more.
func (c *comparing) lookAhead(a, b *Call, request, answer bool) {
	recorded := c.A.recording != nil || c.B.recording != nil
	if request {
		c.add("look ahead", c.A.sent(a, recorded), c.B.sent(b, recorded))
	}
	if answer {
		c.add("answer to the look ahead", c.A.received(a, recorded), c.B.received(b, recorded))
	}
}

func nth(calls []*Call, i int) *Call {
	if i < len(calls) {
		return calls[i]
	}
	return nil
}

// callsByClass picks the calls to compare: of what is made once the last one, which counts; of the others the first few.
func callsByClass(s *Story) map[Class][]*Call {
	out := map[Class][]*Call{}
	for _, al := range aligned {
		out[al.class] = nil
	}
	for _, call := range s.calls {
		list, known := out[call.Class]
		if known && len(list) < maxAlike {
			out[call.Class] = append(list, call)
		}
	}
	for _, al := range aligned {
		if list := out[al.class]; !al.many && len(list) > 0 {
			out[al.class] = list[:1]
		}
	}
	one := func(class Class, call *Call) {
		if call != nil {
			out[class] = []*Call{call}
		}
	}
	if l := s.Login(); l != nil {
		one(Authorization, l.Authorize)
		one(Answer, answerOf(l))
	}
	one(CodeExchange, s.firstTokens())
	return out
}

// answerOf is the call in which the answer to a login came.
func answerOf(l *Login) *Call {
	for _, cb := range l.Callbacks {
		if cb.Fit == FitAnswer || cb.Fit == FitError {
			return cb.Call
		}
	}
	return nil
}

// firstTokens is the call that brought the first tokens of the newest session, by whatever grant, or was to bring them.
func (s *Story) firstTokens() *Call {
	if l := s.Login(); l != nil && l.Exchange != nil {
		return l.Exchange
	}
	if s.asked != nil {
		return s.asked
	}
	if st := s.latest[trace.DevicePoll]; st != nil {
		for _, call := range slices.Backward(st.Calls) {
			if call.Class == DeviceToken {
				return call
			}
		}
	}
	return nil
}

// call lays one call beside that of the other run.
func (c *comparing) call(request, response string, a, b *Call) {
	recorded := c.A.recording != nil || c.B.recording != nil
	if request == response { // it came to us, so it is all there is
		c.add(request, c.A.received(a, recorded), c.B.received(b, recorded))
		return
	}
	c.add(request, c.A.sent(a, recorded), c.B.sent(b, recorded))
	x, y := c.A.received(a, recorded), c.B.received(b, recorded)
	if a != nil && b != nil || len(x.cells)+len(y.cells) > 0 {
		c.add(response, x, y)
	}
}

// sent is what a call sent.
func (s *Story) sent(c *Call, recorded bool) side {
	if c == nil {
		return side{gap: s.recording != nil}
	}
	out := side{gap: c.Missing || c.Login != nil && (c.Login.unseen || c.Login.hidden) && c.Class == Authorization}
	if c.Request.Method != "" && !c.Front {
		out.put(c, partStatus, Row{Name: "HTTP method", Value: c.Request.Method})
	}
	if at := address(&c.Request); at != "" {
		out.put(c, partStatus, Row{Name: "address", Value: at})
	}
	out.sections(c, partParameter, "sent")
	if c.Class != Authorization && c.Request.form != nil {
		if method := s.SentAuth(c); method != "" {
			out.put(c, partStatus, Row{Name: "client authentication", Value: string(method)})
		}
	}
	h := c.Request.Header
	if len(c.Sent.Header) > 0 {
		h = c.Sent.Header
	}
	out.header(c, h, true, recorded)
	return out
}

// received is what came back, or what came to us.
func (s *Story) received(c *Call, recorded bool) side {
	if c == nil {
		return side{gap: s.recording != nil}
	}
	out := side{gap: c.Inbound && c.Missing || c.Response != nil && c.Response.Missing || c.Front && s.recording == nil}
	if c.Response != nil && c.Response.Status != 0 {
		out.put(c, partStatus, Row{Name: "status", Value: statusText(c)})
	}
	out.sections(c, partMember, "received", "no answer")
	if c.Response != nil {
		out.header(c, c.Response.Header, false, recorded)
	}
	return out
}

func (s *side) put(c *Call, part string, r Row) {
	s.cells = append(s.cells, cell{r, part, Evidence{Call: c.ID, Stage: c.Stage, N: c.N}})
}

// sections takes the explained rows of a call. The address is a row of its own.
func (s *side) sections(c *Call, part string, titles ...string) {
	for _, sec := range c.Sections {
		if !slices.Contains(titles, sec.Title) {
			continue
		}
		for _, r := range sec.Rows {
			if r.Name == "url" && r.Value == c.Request.URL || r.Name == "body" && r.Value == "" && s.gap {
				continue
			}
			s.put(c, part, r)
		}
	}
}

// header takes the header fields that belong to a login.
func (s *side) header(c *Call, h trace.Header, sent, recorded bool) {
	for _, f := range h {
		if leftOut(f[0], sent, recorded) || len(s.cells) >= maxDiffRows/2 {
			continue
		}
		r := Row{Name: textName(f[0]), Value: trace.Hide(f[1], trace.HeaderSecrets(f[0], f[1]))}
		if r.Name == "Location" {
			if c.Class == PreflightCall { // its rows have it, parameter by parameter
				continue
			}
			r.Value = settled(r.Value)
		}
		s.put(c, partHeader, r)
	}
}

// textName writes a header field's name as Go does, whatever the protocol made of it.
func textName(name string) string {
	parts := strings.Split(strings.ToLower(clip(name, 80)), "-")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-")
}

// address is where a request goes, without its parameters.
func address(r *Request) string {
	if r.parsed == nil || r.URL == "" {
		return ""
	}
	u := *r.parsed
	u.RawQuery, u.Fragment, u.RawFragment, u.User = "", "", "", nil
	return u.String()
}

// settled is an address without the values that are new in every run.
func settled(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.RawQuery == "" {
		return text
	}
	var kept []string
	for _, p := range pairs(u.RawQuery) {
		if isFresh(p[0]) {
			p[1] = "…"
		}
		kept = append(kept, p[0]+"="+p[1])
	}
	u.RawQuery = ""
	return u.String() + "?" + strings.Join(kept, "&")
}
