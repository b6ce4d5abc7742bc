package recording

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// readTrace reads a session that authscope saved itself.
func readTrace(data []byte) (Recording, error) {
	events, err := trace.Open(bytes.NewReader(data))
	r := Recording{Kind: KindTrace, Cut: errors.Is(err, trace.ErrCutOff)}
	if err != nil && !(r.Cut && len(events) > 0) {
		return r, err
	}
	if len(events) == 0 {
		return r, errors.New("the saved session holds no event")
	}
	r.Sessions = [][]trace.Event{events}
	return r, nil
}

// piece is one part of a login, brought alone.
type piece struct {
	*builder
	now   time.Time
	login *session
	rec   trace.Recording
}

// readPiece makes a trace of one part of a login.
func readPiece(kind Kind, data []byte, o Options) ([]trace.Event, error) {
	if len(data) > trace.MaxBody {
		return nil, fmt.Errorf("this has %d bytes, more than %s can have", len(data), strings.ReplaceAll(string(kind), "_", " "))
	}
	p := newPiece(kind, o)
	var err error
	switch kind {
	case KindCallback:
		err = p.callback(string(data))
	case KindAuthorize:
		err = p.authorize(joinLines(string(data)))
	case KindCurl:
		err = p.curl(string(data))
	default:
		p.answer(kind, data, o.alone)
	}
	if err != nil {
		return nil, err
	}
	return p.done(o), nil
}

func newPiece(kind Kind, o Options) *piece {
	p := &piece{builder: &builder{stage: map[trace.CallID]trace.StageID{}}, now: o.Now, login: &session{began: o.Now, alone: true}}
	p.rec = trace.Recording{Format: string(kind), File: o.File, ReadAt: o.Now, Untimed: true, Sanitized: true, Session: 1, Sessions: 1, Used: 1, Entries: 1}
	return p
}

// done makes the trace.
func (p *piece) done(o Options) []trace.Event {
	s := p.login.describe(&p.rec, o)
	return p.finish(s, p.rec, p.login, o)
}

// callback reads an address that a browser was sent to.
func (p *piece) callback(text string) error {
	text = joinLines(text)
	u, q, ok := readAnswerText(text)
	if !ok {
		return unfit("this address cannot be read")
	}
	if u.Scheme == "" { // the parameters alone
		text = "?" + strings.TrimLeft(text[strings.IndexAny(text, "?#")+1:], "?#")
		if u, _ = url.Parse(text); u == nil {
			return unfit("these parameters cannot be read")
		}
		p.note("The parameters were given without the address that they stood in.")
	}
	x := &exchange{method: "GET", url: text, u: u, at: p.now}
	a := &answer{method: "GET", url: text, from: x, at: p.now, params: q}
	p.login.answers = []*answer{a}
	p.calls++
	p.builder.stage[p.calls] = trace.Callback
	a.emit(p.builder, p.calls)
	return nil
}

func (p *piece) note(format string, args ...any) {
	p.rec.Notes = append(p.rec.Notes, fmt.Sprintf(format, args...))
}

// authorize reads an authorization request that nobody answered.
func (p *piece) authorize(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return unfit("this address cannot be read")
	}
	x := &exchange{method: "GET", url: raw, u: u, at: p.now}
	x.read()
	p.ask(x)
	return nil
}

// ask adds a request without an answer.
func (p *piece) ask(x *exchange) {
	p.calls++
	switch x.role {
	case roleAuthorize:
		p.login.authorize, p.login.params = x, requestParams(x)
		p.builder.stage[p.calls] = trace.Authorize
		x.page(p.builder, p.calls)
		return
	case roleCode:
		p.login.coded = true
		p.builder.stage[p.calls] = trace.Exchange
	case roleUserInfo:
		p.builder.stage[p.calls] = trace.UserInfo
	}
	p.login.calls = []*exchange{x}
	p.add(x.at, p.calls, trace.Ready{Method: x.method, URL: x.url, Header: x.header, Body: x.body, Missing: x.bodyMissing})
	p.add(x.at, p.calls, trace.Sent{Header: x.header})
}

// answer adds an answer without its request. Neither status nor header came with it, but for one that was copied raw.
func (p *piece) answer(kind Kind, data []byte, raw *exchange) {
	x := &exchange{method: "POST", at: p.now, status: 200, resBody: data, u: &url.URL{}, bodyMissing: true}
	p.calls++
	switch kind {
	case KindDiscovery, KindJWKS:
		x.method, x.bodyMissing = "GET", false
	case KindError:
		x.status = 400
	}
	x.json, _ = jwtview.ParseJSON(data)
	switch kind {
	case KindTokenResponse, KindError:
		x.role, p.login.coded = roleCode, true
		p.builder.stage[p.calls] = trace.Exchange
	case KindDiscovery:
		x.role = roleDiscovery
	case KindJWKS:
		x.role = roleKeys
	}
	p.login.calls = []*exchange{x}
	if raw != nil {
		x.status, x.proto, x.resHeader = raw.status, raw.proto, raw.resHeader
		p.note("The answer was given alone: its request is not known.")
	} else {
		p.note("The answer was given alone: its status, header and request are not known. Status %d stands for what such an answer has.", x.status)
	}
	p.add(p.now, p.calls, trace.Ready{Method: x.method, Missing: x.bodyMissing})
	p.add(p.now, p.calls, trace.Head{Status: x.status, Proto: x.proto, Header: x.resHeader})
	p.add(p.now, p.calls, trace.Body{Bytes: data, Declared: -1})
}
