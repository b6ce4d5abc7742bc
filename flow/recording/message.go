package recording

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"authscope/flow/trace"
)

// Raw HTTP (RFC 9112 §2.1): what developer tools copy as “raw”, what a proxy shows, what curl -v prints. A text may have
// several requests, each with its answer behind it, or an answer alone.

// isMessage recognises raw HTTP.
func isMessage(text string) bool {
	line := firstLine(text)
	return isRequestLine(line) || isStatusLine(line) || isVerbose(text)
}

func isRequestLine(line string) bool {
	if len(line) > maxRequest {
		return false
	}
	f := strings.Fields(line)
	return len(f) == 3 && strings.HasPrefix(f[2], "HTTP/") && strings.Trim(f[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func isStatusLine(line string) bool {
	f := strings.SplitN(line, " ", 3)
	return len(f) >= 2 && strings.HasPrefix(f[0], "HTTP/") && statusOf(f[1]) != 0
}

// statusOf reads a status (RFC 9110 §15), or returns 0.
func statusOf(s string) int {
	if n, err := strconv.Atoi(s); err == nil && len(s) == 3 && n >= 100 {
		return n
	}
	return 0
}

// readMessages reads raw HTTP as if it were a HAR.
func readMessages(text string, o Options) (Recording, error) {
	scheme, verbose := "", isVerbose(text)
	if verbose {
		scheme = map[bool]string{true: "https", false: "http"}[strings.Contains(text, "* SSL") || strings.Contains(text, "* ALPN") || strings.Contains(text, "port 443")]
		text = unverbose(text)
	}
	m := messages{scheme: scheme, verbose: verbose}
	if err := m.read(text); err != nil {
		return Recording{}, err
	}
	if len(m.all) == 1 && m.all[0].method == "" {
		return readAnswer(m.all[0], o)
	}
	h := &har{kind: KindHTTP, untimed: true, proofs: 1} // whoever copied it copied what was sent
	m.into(h)
	sessions := h.sessions()
	if len(sessions) == 0 {
		return readRequest(m.all[0], o)
	}
	r := Recording{Kind: KindHTTP, Notes: h.notes()}
	for i, s := range sessions {
		r.Sessions = append(r.Sessions, s.events(h, i+1, len(sessions), o))
	}
	return r, nil
}

// messages collects requests with their answers.
type messages struct {
	scheme  string // "": not known
	verbose bool   // a body that was sent is not shown
	guessed bool   // a scheme was assumed
	all     []*exchange
}

func (m *messages) read(text string) error {
	for strings.TrimSpace(text) != "" && len(m.all) < maxKept {
		line, rest, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
		header, rest := headerLines(rest)
		var body string
		body, text = bodyText(rest)
		line = strings.TrimRight(line, "\r")
		if f := strings.Fields(line); isStatusLine(line) {
			m.answered(f, header, body)
		} else if err := m.asked(f, header, body); err != nil {
			return err
		}
	}
	return nil
}

// headerLines reads fields up to the empty line (RFC 9112 §5). Those of HTTP/2 that begin with : are the request line.
func headerLines(s string) (h trace.Header, rest string) {
	for s != "" {
		var line string
		line, s, _ = strings.Cut(s, "\n")
		if line = strings.TrimRight(line, "\r"); strings.TrimSpace(line) == "" {
			break
		}
		if name, value, ok := strings.Cut(line, ":"); ok && name != "" && len(h) < maxHeader {
			h = append(h, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
	}
	return h, s
}

// bodyText is what stands before the next message.
func bodyText(s string) (body, rest string) {
	at := 0
	for line := range strings.Lines(s) {
		if bare := strings.TrimRight(line, "\r\n"); isRequestLine(bare) || isStatusLine(bare) {
			break
		}
		at += len(line)
	}
	return strings.TrimRight(s[:at], "\r\n"), s[at:]
}

// asked adds a request.
func (m *messages) asked(line []string, h trace.Header, body string) error {
	u, err := m.target(line[1], h)
	if err != nil {
		return err
	}
	x := &exchange{n: len(m.all) + 1, method: line[0], u: u, url: u.String(), header: h, body: []byte(body)}
	x.bodyMissing = m.verbose && x.method != "GET" && x.method != "HEAD" && h.Get("Content-Length") != "0"
	if len(x.body) > maxRequest {
		x.body, x.bodyMissing = nil, true
	}
	m.all = append(m.all, x)
	return nil
}

// target is the address of a request: it stands in the request line, or half of it in Host (RFC 9112 §3.2).
func (m *messages) target(raw string, h trace.Header) (*url.URL, error) {
	if strings.Contains(strings.SplitN(raw, "?", 2)[0], "://") {
		if u, err := url.Parse(raw); err == nil && u.Host != "" && len(raw) <= maxRequest {
			return u, nil
		}
		return nil, unfit("the address in the request line cannot be read")
	}
	host := h.Get("Host")
	if host == "" {
		return nil, unfit("this is a raw HTTP request without a Host field: where it went cannot be told")
	}
	scheme := m.scheme
	if scheme == "" {
		m.guessed, scheme = true, "https"
		if name := strings.Trim(host[:portAt(host)], "[]"); name == "localhost" || name == "::1" || strings.HasPrefix(name, "127.") {
			scheme = "http"
		}
	}
	u, err := url.Parse(scheme + "://" + host + raw)
	if err != nil || len(raw) > maxRequest || !strings.HasPrefix(raw, "/") || u.User != nil { // Host has no user (RFC 9110 §7.2)
		return nil, unfit("the address in the request line cannot be read")
	}
	return u, nil
}

// portAt is where the port of a host begins, or its length.
func portAt(host string) int {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		return i
	}
	return len(host)
}

// answered adds an answer to the request before it, or alone. An interim one (RFC 9110 §15.2) is replaced by what follows.
func (m *messages) answered(line []string, h trace.Header, body string) {
	var x *exchange
	if n := len(m.all); n > 0 && m.all[n-1].status < 200 {
		x = m.all[n-1]
	} else {
		x = &exchange{n: n + 1, u: &url.URL{}}
		m.all = append(m.all, x)
	}
	x.status, x.proto, x.resHeader = statusOf(line[1]), protocol(line[0]), h
	x.resBody = []byte(unchunk(h, body))
	if len(x.resBody) > trace.MaxBody {
		x.resBody, x.resCut = x.resBody[:trace.MaxBody], true
	}
	bodiless := x.status == 204 || x.status == 304 || x.status/100 == 3 || x.method == "HEAD" || h.Get("Content-Length") == "0"
	x.resMissing = len(x.resBody) == 0 && !bodiless
}

// unchunk takes the sizes out of a chunked body (RFC 9112 §7.1); tools mostly have done that.
func unchunk(h trace.Header, body string) string {
	if !strings.Contains(strings.ToLower(h.Get("Transfer-Encoding")), "chunked") {
		return body
	}
	var b strings.Builder
	for rest := body; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		size, err := strconv.ParseUint(strings.TrimSpace(strings.SplitN(line, ";", 2)[0]), 16, 31)
		if err != nil || int(size) > len(after) {
			return body
		}
		b.WriteString(after[:size])
		rest = strings.TrimLeft(after[size:], "\r\n")
		if size == 0 {
			break
		}
	}
	return b.String()
}

// into hands the exchanges over. Their times are those of the answers' Date, if all have one (RFC 9110 §6.6.1).
func (m *messages) into(h *har) {
	for _, x := range m.all {
		if x.method == "" {
			continue // an answer whose request is not there
		}
		if at, err := http.ParseTime(x.resHeader.Get("Date")); err == nil && at.Year() > 1990 && at.Year() < 9000 {
			x.at = at.UTC()
		}
		x.read()
		h.entries++
		if x.relevant() {
			h.kept = append(h.kept, x)
		}
	}
	h.time()
	if len(m.all) == maxKept {
		h.said = append(h.said, fmt.Sprintf("It has more than %d requests, of which the first were read.", maxKept-1))
	}
	if m.verbose {
		h.said = append(h.said, "curl -v does not print the body that it sent: what was asked for follows from the answer alone. The command itself can be read, too.")
	}
	if m.guessed {
		h.said = append(h.said, "Whether it went by https is not in it: that is assumed, but for this machine itself.")
	}
	if !h.untimed {
		h.said = append(h.said, "Its times are those of the answers' Date: whole seconds, by the server's clock.")
	}
}

// time settles when the exchanges were. A clock that goes back tells nothing.
func (h *har) time() {
	for i, x := range h.kept {
		if x.at.IsZero() || i > 0 && x.at.Before(h.kept[i-1].at) {
			return
		}
	}
	if n := len(h.kept); n > 0 {
		h.untimed, h.from, h.to = false, h.kept[0].at, h.kept[n-1].at
	}
}

// readAnswer reads an answer without its request.
func readAnswer(x *exchange, o Options) (Recording, error) {
	x.at = o.Now
	if at, err := url.Parse(x.resHeader.Get("Location")); err == nil && x.status/100 == 3 {
		switch q := answerOf(at, nil); {
		case isAnswer(q):
			return pieceOf(KindCallback, []byte(at.String()), o)
		case isAuthorizeQuery(q):
			return pieceOf(KindAuthorize, []byte(at.String()), o)
		}
	}
	if body := strings.TrimSpace(string(x.resBody)); strings.HasPrefix(body, "{") {
		kind, err := kindOfJSON([]byte(body))
		if err != nil {
			return Recording{}, err
		}
		o.alone = x
		return pieceOf(kind, []byte(body), o)
	}
	return Recording{}, unfit("this is a raw HTTP answer of status %d without its request, and neither its Location nor its body tells what it answers: copy the request too", x.status)
}

// readRequest reads a request that is of no login, as a command is read.
func readRequest(x *exchange, o Options) (Recording, error) {
	if x.u.Host == "" {
		return Recording{}, errors.New("there is no request in this raw HTTP")
	}
	p := newPiece(KindHTTP, o)
	x.at = o.Now
	x.read()
	p.note("What this request is for does not follow from it: it is none to an authorization, token, UserInfo, discovery or logout endpoint.")
	p.ask(x)
	if x.status != 0 {
		p.add(p.now, p.calls, trace.Head{Status: x.status, Proto: x.proto, Header: x.resHeader})
		p.add(p.now, p.calls, trace.Body{Bytes: x.resBody, Declared: -1, Missing: x.resMissing, Cut: x.resCut})
	}
	return Recording{Kind: KindHTTP, Sessions: [][]trace.Event{p.done(o)}}, nil
}

// pieceOf reads a piece that stood in something else.
func pieceOf(kind Kind, data []byte, o Options) (Recording, error) {
	events, err := readPiece(kind, data, o)
	if err != nil {
		return Recording{}, fmt.Errorf("read what stood in it: %w", err)
	}
	return Recording{Kind: kind, Sessions: [][]trace.Event{events}}, nil
}
