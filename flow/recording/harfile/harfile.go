// Package harfile is for tests: it writes a HAR of a session as a browser or a proxy would have recorded it, in the
// dialect of one. What the application asked is taken from the session's trace, what the browser asked from a [Recorder].
package harfile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Exchange is one request with its answer.
type Exchange struct {
	At, Done    time.Time
	Method, URL string
	Header      trace.Header
	Body        []byte
	Status      int
	ResHeader   trace.Header
	ResBody     []byte
	Failure     string // in Chrome's words
}

// Recorder passes requests on to Base and keeps them with their answers.
type Recorder struct {
	Base http.RoundTripper

	mu   sync.Mutex
	kept []Exchange
}

// Exchanges returns what was kept so far.
func (r *Recorder) Exchanges() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

// RoundTrip implements http.RoundTripper.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	e := Exchange{At: time.Now(), Method: req.Method, URL: req.URL.String(), Header: header(req.Header)}
	if req.Body != nil {
		e.Body, _ = io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(e.Body))
	}
	res, err := r.Base.RoundTrip(req)
	if err == nil {
		e.Status, e.ResHeader = res.StatusCode, header(res.Header)
		e.ResBody, _ = io.ReadAll(res.Body)
		res.Body.Close()
		res.Body = io.NopCloser(bytes.NewReader(e.ResBody))
	} else {
		e.Failure = "net::ERR_FAILED"
	}
	e.Done = time.Now()
	r.mu.Lock()
	r.kept = append(r.kept, e)
	r.mu.Unlock()
	return res, err
}

func header(h http.Header) (out trace.Header) {
	for name, values := range h {
		for _, v := range values {
			out = append(out, [2]string{name, v})
		}
	}
	out.Sort()
	return out
}

// failures are how Chrome names what went wrong.
var failures = map[trace.ErrKind]string{trace.ErrDNS: "net::ERR_NAME_NOT_RESOLVED", trace.ErrRefused: "net::ERR_CONNECTION_REFUSED", trace.ErrTLS: "net::ERR_CERT_AUTHORITY_INVALID",
	trace.ErrTimeout: "net::ERR_TIMED_OUT", trace.ErrCut: "net::ERR_CONNECTION_RESET", trace.ErrCancelled: "net::ERR_ABORTED", trace.ErrOther: "net::ERR_FAILED"}

// FromTrace takes out of a trace what the application itself asked. A look ahead is left out, as no application makes one,
// unless the tenant refused it: then it stands for what a browser would have got.
func FromTrace(events []trace.Event) (out []Exchange) {
	s := story.Read(events)
	refused := s.Preflight()
	for _, c := range s.Calls() {
		if c.Front || c.Inbound || c.State == story.Held || c.State == story.NotSent {
			continue
		}
		page := c.Class == story.PreflightCall
		if page && (s.Login() != nil || refused == nil || refused.Verdict == story.Accepted || refused.Verdict == story.Consented) {
			continue
		}
		e := Exchange{At: c.ReadyAt, Done: c.DoneAt, Method: c.Request.Method, URL: c.Request.URL, Header: c.Request.Header, Body: c.Request.Body}
		if c.Response != nil {
			e.Status, e.ResHeader, e.ResBody = c.Response.Status, c.Response.Header, c.Response.Body
			if c.Response.Cut { // more came than was kept
				e.ResBody = append(slices.Clone(e.ResBody), ' ')
			}
			if c.Response.Err != "" {
				e.Failure = "net::ERR_CONTENT_LENGTH_MISMATCH"
			}
		} else {
			e.Failure = failures[c.ErrClass]
		}
		out = append(out, e)
	}
	return out
}

// Options choose the dialect.
type Options struct {
	Dialect   Dialect
	Sanitized bool // without Authorization and cookies, as Chrome saves it by default
	NoBodies  bool // without the text of answers
	NoForms   bool // without what was posted
	Reversed  bool // the newest first
}

// Write writes a HAR of what the application asked, by its trace, and of what the browser asked.
func Write(events []trace.Event, browser []Exchange, o Options) []byte {
	return Encode(append(slices.Clone(browser), FromTrace(events)...), o)
}

// Encode writes a HAR.
func Encode(exchanges []Exchange, o Options) []byte {
	slices.SortStableFunc(exchanges, func(a, b Exchange) int { return a.At.Compare(b.At) })
	if o.Reversed {
		slices.Reverse(exchanges)
	}
	d := o.Dialect
	if d.Creator == "" {
		d = Chrome
	}
	entries := []any{}
	for _, e := range exchanges {
		entries = append(entries, d.entry(e, o))
	}
	log := map[string]any{"version": "1.2", "creator": map[string]any{"name": d.Creator, "version": d.Version}, "pages": []any{}, "entries": entries, "comment": "written by a test"}
	b, err := json.MarshalIndent(map[string]any{"log": log}, "", " ")
	if err != nil {
		panic(err)
	}
	return b
}

func (d Dialect) entry(e Exchange, o Options) any {
	took := float64(e.Done.Sub(e.At)) / float64(time.Millisecond)
	request := map[string]any{"method": e.Method, "url": e.URL, "httpVersion": d.HTTPVersion, "headers": d.headers(e.Header, o), "cookies": []any{}, "queryString": []any{}, "headersSize": -1, "bodySize": len(e.Body)}
	if len(e.Body) > 0 && !o.NoForms {
		request["postData"] = d.postData(e)
	}
	content := map[string]any{"size": len(e.ResBody), "mimeType": e.ResHeader.Get("Content-Type")}
	if !o.NoBodies {
		d.text(content, e)
	}
	response := map[string]any{"status": e.Status, "statusText": http.StatusText(e.Status), "httpVersion": d.HTTPVersion, "headers": d.headers(e.ResHeader, o), "cookies": []any{},
		"content": content, "redirectURL": e.ResHeader.Get("Location"), "headersSize": -1, "bodySize": len(e.ResBody)}
	if e.Failure != "" {
		response["_error"] = e.Failure
	}
	out := map[string]any{"startedDateTime": e.At.Format(d.Layout), "time": took, "request": request, "response": response, "cache": map[string]any{},
		"timings": map[string]any{"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": took, "receive": 0}}
	for k, v := range d.Extra {
		out[k] = v
	}
	return out
}

func (d Dialect) headers(h trace.Header, o Options) any {
	list := []any{}
	if d.PseudoHeaders {
		list = append(list, map[string]any{"name": ":method", "value": "GET"})
	}
	for _, f := range h {
		if o.Sanitized && slices.Contains([]string{"authorization", "cookie", "set-cookie"}, strings.ToLower(f[0])) {
			continue
		}
		name := f[0]
		if d.LowerCase {
			name = strings.ToLower(name)
		}
		list = append(list, map[string]any{"name": name, "value": f[1]})
	}
	return list
}

func (d Dialect) postData(e Exchange) any {
	post := map[string]any{"mimeType": e.Header.Get("Content-Type")}
	if d.ParamsOnly && strings.Contains(e.Header.Get("Content-Type"), "urlencoded") {
		post["params"] = formParams(e.Body)
		return post
	}
	post["text"], post["params"] = string(e.Body), formParams(e.Body)
	return post
}

func (d Dialect) text(content map[string]any, e Exchange) {
	if d.Base64 {
		content["text"], content["encoding"] = base64.StdEncoding.EncodeToString(e.ResBody), "base64"
		return
	}
	content["text"] = string(e.ResBody)
}
