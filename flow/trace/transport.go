package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"time"
)

// Bounds of a call.
const (
	MaxBody        = 4 << 20          // bytes of a response's body that are kept
	DefaultTimeout = 30 * time.Second // from the release of a request to the end of its response
)

// Draft is a request before it leaves, or a URL before the browser gets it.
type Draft struct {
	Call   CallID
	Front  bool // a URL for the browser
	Method string
	URL    string
	Header Header
	Body   []byte
}

func (d Draft) ready() Ready {
	return Ready{Front: d.Front, Method: d.Method, URL: d.URL, Header: d.Header, Body: d.Body}
}

// same reports whether d would leave as e would.
func (d Draft) same(e Draft) bool {
	return d.Method == e.Method && d.URL == e.URL && slices.Equal(d.Header, e.Header) && bytes.Equal(d.Body, e.Body)
}

// Hold is asked before anything leaves: it may look, wait, change the draft, or drop it by
// returning an error.
type Hold func(context.Context, Draft) (Draft, error)

// Transport records every call that passes through Base into Log. Bodies are read whole,
// so what the caller reads is what was recorded.
//
// A POST whose context ends is given up by the caller but not on the wire: its answer may
// have changed the session, and is recorded when it comes.
type Transport struct {
	Log       *Log
	Base      http.RoundTripper
	Hold      Hold          // nil lets everything pass
	Timeout   time.Duration // 0 is DefaultTimeout
	UserAgent string
}

type callKey struct{}

// WithCall returns a context in which the transport writes the id of the last call to id.
func WithCall(ctx context.Context, id *CallID) context.Context {
	return context.WithValue(ctx, callKey{}, id)
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	d, err := t.draft(req)
	if err != nil {
		return nil, err
	}
	if id, ok := ctx.Value(callKey{}).(*CallID); ok {
		*id = d.Call
	}
	t.Log.Append(d.Call, d.ready())
	if t.Hold != nil {
		held, err := t.Hold(ctx, d)
		if err != nil {
			t.Log.Append(d.Call, Dropped{reason(err)})
			return nil, err
		}
		if held.Call = d.Call; !held.same(d) {
			t.Log.Append(d.Call, held.ready())
		}
		d = held
	}
	timeout := t.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	if d.Method == http.MethodGet {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return t.send(ctx, d)
	}
	return t.sendToTheEnd(ctx, d, timeout)
}

// sendToTheEnd sends a request that must be answered even if nobody waits for it.
func (t *Transport) sendToTheEnd(ctx context.Context, d Draft, timeout time.Duration) (*http.Response, error) {
	type result struct {
		res *http.Response
		err error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				err := fmt.Errorf("panic while calling: %v", r)
				t.Log.Append(d.Call, CallFailed{Err: err.Error(), Class: ErrOther})
				done <- result{err: err}
			}
		}()
		on, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		res, err := t.send(on, d)
		done <- result{res, err}
	}()
	select {
	case r := <-done:
		return r.res, r.err
	case <-ctx.Done():
		t.Log.Append(d.Call, Abandoned{reason(context.Cause(ctx))})
		return nil, ctx.Err()
	}
}

func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "cancelled"
	}
	return err.Error()
}

// draft reads req into a Draft with an id of its own.
func (t *Transport) draft(req *http.Request) (Draft, error) {
	d := Draft{Call: t.Log.NewCall(), Method: req.Method, URL: req.URL.String()}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		req.Body.Close()
		if err != nil {
			return d, fmt.Errorf("read the request body: %w", err)
		}
		d.Body = body
	}
	h := req.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if h.Get("User-Agent") == "" && t.UserAgent != "" {
		h.Set("User-Agent", t.UserAgent)
	}
	d.Header = fields(h)
	return d, nil
}

// fields lists h by name, for want of the order on the wire.
func fields(h http.Header) Header {
	var out Header
	for name, values := range h {
		for _, v := range values {
			out = append(out, [2]string{name, v})
		}
	}
	out.Sort()
	return out
}

// send sends d and records the answer. The response's body is what was kept.
func (t *Transport) send(ctx context.Context, d Draft) (*http.Response, error) {
	w := &watch{log: t.Log, call: d.Call}
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, w.trace()), watchKey{}, w)
	req, err := http.NewRequestWithContext(ctx, d.Method, d.URL, nil)
	if err != nil {
		t.Log.Append(d.Call, CallFailed{Err: err.Error(), Class: ErrOther})
		return nil, err
	}
	if d.Body != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(d.Body)), int64(len(d.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(d.Body)), nil }
	}
	for _, f := range d.Header {
		req.Header.Add(f[0], f[1])
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header["User-Agent"] = []string{""} // else net/http sends one of its own
	}
	base := t.Base
	if base == nil {
		base = http.DefaultTransport
	}
	res, err := base.RoundTrip(req)
	w.flush()
	if err != nil {
		t.Log.Append(d.Call, w.failed(err))
		return nil, err
	}
	t.Log.Append(d.Call, Head{Status: res.StatusCode, Proto: res.Proto, Header: fields(res.Header), TLS: w.tls(res.TLS)})
	if res.StatusCode == http.StatusSwitchingProtocols { // its body is the bare connection, which no deadline ends
		res.Body.Close()
		res.Body = http.NoBody
	}
	body, readErr := t.record(d.Call, res)
	res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), errReader{readErr}))
	return res, nil
}

// record reads the body, up to MaxBody, and appends it.
func (t *Transport) record(call CallID, res *http.Response) ([]byte, error) {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxBody+1))
	b := Body{Bytes: body, Declared: res.ContentLength}
	if len(body) > MaxBody {
		b.Bytes, b.Cut = body[:MaxBody], true
	}
	if err != nil {
		b.Err = err.Error()
	}
	t.Log.Append(call, b)
	return b.Bytes, err
}

// errReader ends a body with the error that ended it on the wire.
type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return 0, io.EOF
}
