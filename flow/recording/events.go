package recording

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// builder makes the events of one trace.
type builder struct {
	events []trace.Event
	stage  map[trace.CallID]trace.StageID
	calls  trace.CallID
}

func (b *builder) add(at time.Time, call trace.CallID, d trace.Data) {
	b.events = append(b.events, trace.Event{At: at, Call: call, Data: d})
}

// item is a call, before it has a number.
type item struct {
	at    time.Time
	place int // in the file
	stage trace.StageID
	emit  func(b *builder, id trace.CallID)
}

// events makes the trace of a session.
func (l *session) events(h *har, n, total int, o Options) []trace.Event {
	l.settleTimes(h, o)
	items := l.items()
	b := &builder{stage: map[trace.CallID]trace.StageID{}}
	for _, it := range items {
		b.calls++
		b.stage[b.calls] = it.stage
		it.emit(b, b.calls)
	}
	slices.SortStableFunc(b.events, func(x, y trace.Event) int { return x.At.Compare(y.At) })
	o.Given = l.fitting(o.Given)
	rec := trace.Recording{Format: string(cmp.Or(h.kind, KindHAR)), Tool: h.tool, File: o.File, ReadAt: o.Now, From: h.from, To: h.to, Untimed: h.untimed,
		Entries: h.entries, Used: len(items), Session: n, Sessions: total, Sanitized: h.sanitized(), Notes: h.notes()}
	for _, a := range l.answers {
		if !a.redirected && a.from.status >= 400 {
			rec.Notes = append(rec.Notes, fmt.Sprintf("The application answered the browser's way back (the callback) with status %d: why, its own log says.", a.from.status))
		}
	}
	return b.finish(l.describe(&rec, o), rec, l, o)
}

// items lists the calls in the order in which they began.
func (l *session) items() (items []item) {
	if l.authorize != nil {
		items = append(items, item{l.authorize.at, l.authorize.n, trace.Authorize, l.authorize.page})
	}
	for _, a := range l.answers {
		items = append(items, item{a.at, a.from.n, trace.Callback, a.emit})
	}
	for _, x := range slices.Concat(l.docs, l.calls) {
		if len(items) == maxCalls {
			break
		}
		emit := x.emit
		switch x.role {
		case roleAuthorize, roleLogout:
			emit = x.page
			if x.role == roleLogout && x.method != "GET" { // made by a script or a server
				emit = x.emit
			}
		case roleReturn:
			emit = (&answer{method: "GET", url: x.url, from: x, at: x.at}).emit
		}
		items = append(items, item{x.at, x.n, stageOf[x.role], emit})
	}
	slices.SortStableFunc(items, func(x, y item) int {
		return cmp.Or(x.at.Compare(y.at), step(x.stage)-step(y.stage), x.place-y.place)
	})
	return items
}

var stageOf = map[role]trace.StageID{roleDiscovery: trace.Discover, roleKeys: trace.Verify, roleAuthorize: trace.Authorize, roleCode: trace.Exchange,
	roleUserInfo: trace.UserInfo}

// settleTimes sees to it that nothing is used before it came: the starts of requests are cut to milliseconds, the times that
// they took are not.
func (l *session) settleTimes(h *har, o Options) {
	if h.untimed {
		for _, x := range slices.Concat(l.calls, l.docs) {
			x.at = o.Now
		}
		for _, a := range l.answers {
			a.at = o.Now
		}
		if l.authorize != nil {
			l.authorize.at = o.Now
		}
		return
	}
	for _, x := range l.calls {
		for _, p := range l.calls {
			if p != x && !p.at.After(x.at) && x.at.Before(p.ends()) && p.gave(x) {
				p.done = x.at.Sub(p.at)
				p.head = min(p.head, p.done)
				p.sent = min(p.sent, p.head)
			}
		}
		for _, a := range l.answers {
			if x.role == roleCode && x.at.Before(a.at) && x.form.Get("code") != "" && x.form.Get("code") == a.params.Get("code") {
				a.at = x.at
			}
		}
	}
}

// gave reports whether x uses a token that p was given.
func (p *exchange) gave(x *exchange) bool {
	for _, name := range []string{"access_token", "refresh_token", "device_code"} {
		if v := p.member(name); v != "" && (v == x.bearer() || v == x.form.Get("refresh_token") || v == x.form.Get("token") || v == x.form.Get("device_code")) {
			return true
		}
	}
	return false
}

// emit writes a request that a program made.
func (x *exchange) emit(b *builder, id trace.CallID) {
	x = x.leastCall()
	b.add(x.at, id, trace.Ready{Method: x.method, URL: x.url, Header: x.header, Body: x.body, Missing: x.bodyMissing})
	b.add(x.at.Add(x.sent), id, trace.Sent{Header: x.header, Remote: x.remote})
	if x.status == 0 {
		if x.failure == "" {
			x.failure = "the recording has status 0: the browser let no answer through, or there was none"
		}
		b.add(x.ends(), id, trace.CallFailed{Err: x.failure, Class: failureClass(x.failure)})
		return
	}
	b.add(x.at.Add(x.head), id, trace.Head{Status: x.status, Proto: x.proto, Header: x.resHeader, Cached: x.cached})
	body := trace.Body{Bytes: x.resBody, Cut: x.resCut, Declared: -1, Missing: x.resMissing}
	if class := failureClass(x.failure); x.failure != "" && class != trace.ErrOther && class != trace.ErrCancelled {
		body.Err, body.Missing = x.failure, false
	}
	b.add(x.ends(), id, body)
}

// page writes an address that the browser went to. Of a page its text is kept only where it is an error's: a sign-in page
// says nothing of the login.
func (x *exchange) page(b *builder, id trace.CallID) {
	b.add(x.at, id, trace.Ready{Front: true, Method: x.method, URL: x.url, Header: x.header, Body: x.leastForm(), Missing: x.bodyMissing})
	b.add(x.at, id, trace.RedirectOut{Via: viaRecording})
	if x.status == 0 {
		return
	}
	b.add(x.at.Add(x.head), id, trace.Head{Status: x.status, Proto: x.proto, Header: x.leastHeader(), Cached: x.cached})
	body := trace.Body{Bytes: x.resBody, Declared: -1, Missing: x.resMissing}
	if x.status < 400 {
		body.Bytes, body.Missing = nil, len(x.resBody) > 0 || x.resMissing
	}
	b.add(x.ends(), id, body)
}

// viaRecording is how an address is handed over, and an answer arrives, in a trace of this package.
const viaRecording = "recording"

func (a *answer) emit(b *builder, id trace.CallID) {
	in := trace.CallbackIn{Via: viaRecording, Method: a.method, URL: a.url}
	if !a.redirected {
		in.Header, in.Body, in.Missing = a.from.header, a.from.body, a.from.bodyMissing
	}
	b.add(a.at, id, in)
}

// failureClass reads the words of a browser.
func failureClass(why string) trace.ErrKind {
	why = strings.ToUpper(why)
	for _, c := range []struct {
		part string
		kind trace.ErrKind
	}{
		{"NAME_NOT_RESOLVED", trace.ErrDNS}, {"UNKNOWN_HOST", trace.ErrDNS}, {"CONNECTION_REFUSED", trace.ErrRefused}, {"ERR_CERT", trace.ErrTLS}, {"SSL", trace.ErrTLS},
		{"TIMED_OUT", trace.ErrTimeout}, {"TIMEOUT", trace.ErrTimeout}, {"ABORTED", trace.ErrCancelled}, {"CONNECTION_RESET", trace.ErrCut}, {"CONNECTION_CLOSED", trace.ErrCut},
		{"EMPTY_RESPONSE", trace.ErrCut}, {"CONTENT_LENGTH_MISMATCH", trace.ErrCut}, {"INCOMPLETE_CHUNKED", trace.ErrCut},
	} {
		if strings.Contains(why, c.part) {
			return c.kind
		}
	}
	return trace.ErrOther
}

// walk are the stages of a login, in their order.
var walk = []trace.StageID{trace.Discover, trace.Authorize, trace.Callback, trace.Exchange, trace.Verify, trace.UserInfo}

// step orders what has one and the same instant: request, answer, exchange; the rest as in the file.
func step(id trace.StageID) int {
	if i := slices.Index(walk[:4], id); i >= 0 {
		return i
	}
	return len(walk)
}

// absent says why a stage is not there.
var absent = map[trace.StageID]string{
	trace.Discover:  "not in the recording: the application knew the endpoints already",
	trace.Authorize: "not in the recording",
	trace.Callback:  "not in the recording: it ends before an answer came, or has another part of the login",
	trace.Exchange:  "not in the recording: where an application has a server, that makes the exchange, and no browser sees it",
	trace.Verify:    "no ID token in the recording",
	trace.UserInfo:  "not in the recording",
}

// finish puts before the events what is known of them as a whole, and among them which stages of a login they lack.
func (b *builder) finish(s trace.Settings, rec trace.Recording, l *session, o Options) []trace.Event {
	first := o.Now
	if len(b.events) > 0 {
		first = b.events[0].At
	}
	out := []trace.Event{{At: first, Data: rec}, {At: first, Data: s}}
	if auth := l.clientAuth(rec.Sanitized); auth.Method != "" {
		out = append(out, trace.Event{At: first, Data: auth})
	}
	for _, g := range o.Given {
		out = append(out, trace.Event{At: first, Data: g})
	}
	missing := l.missing(b)
	skip := func(at time.Time, before int) {
		for i, id := range walk[:before] {
			if missing[id] {
				delete(missing, walk[i])
				out = append(out, trace.Event{At: at, Data: trace.StageBegan{Stage: id, N: 1}},
					trace.Event{At: at, Data: trace.StageEnded{Stage: id, N: 1, Status: trace.Skipped, Reason: absent[id]}})
			}
		}
	}
	last := first
	for _, e := range b.events {
		if i := slices.Index(walk, b.stage[e.Call]); i >= 0 {
			skip(e.At, i)
		}
		out, last = append(out, e), e.At
	}
	skip(last, len(walk))
	for i := range out {
		out[i].Mono = out[i].At.Sub(first)
	}
	return out
}

// missing are the stages of a login that are not in the recording.
func (l *session) missing(b *builder) map[trace.StageID]bool {
	out := map[trace.StageID]bool{}
	if l.alone || !l.isLogin() {
		return out
	}
	for _, id := range walk {
		out[id] = true
	}
	for _, id := range b.stage {
		delete(out, id)
	}
	if l.idToken().Format != "" {
		delete(out, trace.Verify)
	}
	return out
}

// isLogin reports whether somebody signs in here, or nothing but the metadata was asked for: that is where a login begins.
func (l *session) isLogin() bool {
	return l.authorize != nil || len(l.answers) > 0 || l.coded
}

// idToken is the first ID token that the session was given.
func (l *session) idToken() jwtview.Token {
	for _, a := range l.answers {
		if t := a.params.Get("id_token"); t != "" {
			return jwtview.Decode(t)
		}
	}
	for _, x := range l.calls {
		if t := x.member("id_token"); t != "" {
			return jwtview.Decode(t)
		}
	}
	return jwtview.Token{}
}

func pathOf(u *url.URL) string { return origin(u) + u.EscapedPath() }
