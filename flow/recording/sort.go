package recording

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/jwtview"
)

// session is what belongs together: a login with all that came of it, or what was asked without one.
type session struct {
	authorize *exchange // nil: it is not in the recording
	params    url.Values
	answers   []*answer
	calls     []*exchange // token requests and all others
	docs      []*exchange // metadata and keys
	pushed    *exchange
	coded     bool // a code was exchanged
	alone     bool // one piece was given, and no recording that could have the rest
	began     time.Time
}

// answer is what came to the redirect URI, as a request, or as the redirect that points there.
type answer struct {
	method, url string
	from        *exchange
	at          time.Time
	redirected  bool // read from the redirect: the request itself is not in the file
	params      url.Values
}

// sorter puts exchanges into sessions, in the order of their times.
type sorter struct {
	h        *har
	out      []*session
	byToken  map[string]*session
	byCode   map[string]*session
	byKey    map[string]*session // of what has no login
	pushed   map[string]*exchange
	meta     []*metadata
	docs     []*exchange
	present  map[string]bool // addresses that were asked for
	returned map[string]*session
}

// order brings the entries into the order of their times. Those without one stay behind the one before them.
func (h *har) order() {
	for _, x := range h.kept {
		if x.at.IsZero() && !h.untimed {
			x.at = h.from
		}
	}
	slices.SortStableFunc(h.kept, func(a, b *exchange) int { return cmp.Or(a.at.Compare(b.at), a.role.rank()-b.role.rank()) })
}

// rank orders what has one and the same instant: a code comes before its exchange, and a token before its use.
func (r role) rank() int {
	switch r {
	case roleCode, rolePoll, roleClient, roleOtherGrant:
		return 1
	case roleRefresh, roleUserInfo, roleAPI, roleIntrospect, roleRevoke, roleLogout, roleReturn:
		return 2
	}
	return 0
}

// sessions sorts what was kept.
func (h *har) sessions() []*session {
	s := &sorter{h: h, byToken: map[string]*session{}, byCode: map[string]*session{}, byKey: map[string]*session{}, pushed: map[string]*exchange{},
		present: map[string]bool{}, returned: map[string]*session{}}
	s.readMetadata()
	for _, x := range h.kept {
		s.present[strings.SplitN(x.url, "#", 2)[0]] = true
	}
	for _, x := range h.kept {
		s.place(x)
	}
	h.logins = len(s.out)
	s.out = s.out[max(0, len(s.out)-maxSessions):]
	s.placeDocs()
	for _, l := range s.out {
		l.explain(h)
	}
	slices.SortStableFunc(s.out, func(a, b *session) int { return a.began.Compare(b.began) })
	return s.out
}

// recent are the newest sessions: what comes is of one of these. A file with thousands of logins is not searched for each.
func (s *sorter) recent() []*session { return s.out[max(0, len(s.out)-maxSessions):] }

// place finds the session of one exchange.
func (s *sorter) place(x *exchange) {
	if s.isReturn(x) {
		return
	}
	switch x.role {
	case roleDiscovery, roleKeys:
		if len(s.docs) < maxDocs {
			s.docs = append(s.docs, x)
		}
	case rolePushed:
		s.pushed[x.member("request_uri")] = x
	case roleAuthorize:
		s.placeAuthorize(x)
	case roleCode:
		s.placeCode(x)
	case roleRefresh:
		s.into(s.byToken[x.form.Get("refresh_token")], "refresh "+x.place()+" "+x.client(), x)
	case rolePoll:
		s.into(s.byToken[x.form.Get("device_code")], "device "+x.place()+" "+x.client(), x)
	case roleDevice:
		s.into(nil, "device "+x.member("device_code"), x)
	case roleClient, roleOtherGrant:
		s.into(nil, "grant "+x.place()+" "+x.client(), x)
	case roleUserInfo:
		s.placeUserInfo(x)
	case roleIntrospect, roleRevoke:
		s.into(s.byToken[x.form.Get("token")], "tokens "+origin(x.u), x)
	case roleLogout:
		s.placeLogout(x)
	case roleAPI:
		s.placeAPI(x)
	}
	s.placeAnswer(x)
}

// into adds x to a session, or to the one of key, which may be new.
func (s *sorter) into(to *session, key string, x *exchange) *session {
	if to == nil {
		to = s.byKey[key]
	}
	if to == nil {
		to = &session{began: x.at}
		s.byKey[key] = to
		s.out = append(s.out, to)
	}
	to.call(s, x)
	s.learn(to, x.json.Str)
	return to
}

// call adds x to the calls of l, as long as there is room.
func (l *session) call(s *sorter, x *exchange) {
	if len(l.calls) < maxCalls {
		l.calls = append(l.calls, x)
		return
	}
	s.h.crowded = true
}

// learn remembers the tokens that a session was given.
func (s *sorter) learn(to *session, get func(string) (string, bool)) {
	for _, name := range []string{"access_token", "refresh_token", "id_token", "device_code"} {
		if v, ok := get(name); ok && v != "" {
			s.byToken[v] = to
		}
	}
}

// placeAuthorize begins a login, or goes on with one: a server may lead through addresses of its own that carry the same
// parameters.
func (s *sorter) placeAuthorize(x *exchange) {
	params := requestParams(x)
	p := s.pushed[params.Get("request_uri")]
	if p != nil {
		params = merge(params, p.form)
	}
	for _, l := range slices.Backward(s.recent()) {
		if l.authorize != nil && sameRequest(l.params, params) && (len(l.answers) == 0 || params.Get("state")+params.Get("nonce")+params.Get("code_challenge") != "" && bare(l.authorize.url) != bare(x.url)) {
			if x.status >= 400 && l.authorize.status/100 == 3 && x.method == "GET" {
				l.call(s, x) // where the way ends
			}
			return
		}
	}
	s.out = append(s.out, &session{authorize: x, params: params, pushed: p, began: x.at})
}

// requestParams are the parameters of an authorization request: of the address, of a form, and of the request object,
// whose values win (RFC 9101 §6.3 and OpenID Connect Core §6.1).
func requestParams(x *exchange) url.Values {
	params := x.u.Query()
	if x.method == "POST" {
		params = merge(params, x.form)
	}
	if object := params.Get("request"); object != "" {
		inner := url.Values{}
		for _, m := range jwtview.Decode(object).Claims.Members {
			if m.Value.Kind == jwtview.String {
				inner.Set(m.Name, m.Value.Text)
			}
		}
		params = merge(params, inner)
	}
	return params
}

func merge(a, b url.Values) url.Values {
	out := url.Values{}
	for k, v := range a {
		out[k] = v
	}
	for k, v := range b {
		out[k] = v
	}
	return out
}

// sameRequest compares what makes a request the only one of its kind.
func sameRequest(a, b url.Values) bool {
	for _, name := range []string{"client_id", "redirect_uri", "state", "nonce", "code_challenge", "request_uri", "request"} {
		if a.Get(name) != b.Get(name) {
			return false
		}
	}
	return true
}

// placeCode finds whose code it is: by the code, by the verifier, or by what still waits for an exchange.
func (s *sorter) placeCode(x *exchange) {
	to := s.byCode[x.form.Get("code")]
	if v := x.form.Get("code_verifier"); to == nil && v != "" {
		sum := sha256.Sum256([]byte(v))
		challenge := base64.RawURLEncoding.EncodeToString(sum[:])
		for _, l := range slices.Backward(s.recent()) {
			if c := l.params.Get("code_challenge"); c != "" && (c == challenge || c == v) {
				to = l
				break
			}
		}
	}
	if to == nil && x.form.Get("code") == "" {
		to = s.waiting(x)
	}
	s.into(to, "code "+x.place()+" "+x.client()+" "+x.form.Get("code"), x).coded = true
}

// waiting returns the newest login that has an answer and no exchange yet.
func (s *sorter) waiting(x *exchange) *session {
	for _, l := range slices.Backward(s.recent()) {
		if len(l.answers) > 0 && !l.coded && l.answers[0].params.Has("code") && !l.answers[0].at.After(x.at) {
			return l
		}
	}
	return nil
}
