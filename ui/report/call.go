package report

import (
	"encoding/base64"
	"time"
	"unicode/utf8"

	"authscope/flow/story"
	"authscope/flow/trace"
)

type callJSON struct {
	ID       trace.CallID  `json:"id"`
	Stage    *string       `json:"stage"` // null: it belongs to none
	N        int           `json:"n"`
	Kind     string        `json:"kind"` // request, browser, callback
	Class    story.Class   `json:"class"`
	State    story.State   `json:"state"`
	Via      *string       `json:"via"` // who got the URL, how the answer came
	At       *string       `json:"at"`
	Request  requestJSON   `json:"request"`
	Response *responseJSON `json:"response"`
	Proxy    *string       `json:"proxy"`
	Timings  timingsJSON   `json:"timings_ms"`
	Error    *string       `json:"error"`
	Edited   []editJSON    `json:"edited"` // what the person changed before it left
}

type editJSON struct {
	Where  trace.Where  `json:"where"`
	Name   string       `json:"name"`
	Change trace.Change `json:"change"`
	Was    *string      `json:"was"` // null: it was added
	Now    *string      `json:"now"` // null: it was removed
}

type requestJSON struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`
	bodyJSON
}

type responseJSON struct {
	Status  int         `json:"status"`
	Proto   string      `json:"proto"`
	Headers [][2]string `json:"headers"`
	bodyJSON
}

type bodyJSON struct {
	Body     string `json:"body"`
	Encoding string `json:"body_encoding"` // utf-8, base64
	Cut      bool   `json:"body_cut"`
	Missing  bool   `json:"body_missing,omitempty"` // there was one, and the recording does not have it
}

type timingsJSON struct {
	DNS     millis `json:"dns"`
	Connect millis `json:"connect"`
	TLS     millis `json:"tls"`
	Wait    millis `json:"wait"`
	Receive millis `json:"receive"`
	Total   millis `json:"total"`
}

func callOf(c *story.Call) callJSON {
	out := callJSON{ID: c.ID, Stage: text(string(c.Stage)), N: c.N, Kind: kindOf(c), Class: c.Class, State: c.State,
		Via: text(c.Via), At: instant(firstOf(c.SentAt, c.ReadyAt)), Proxy: text(c.Proxy), Timings: timingsOf(c), Error: text(firstLine(c.Err)), Edited: editsOf(c)}
	out.Request = requestJSON{c.Request.Method, c.Request.URL, list([][2]string(headersOf(c))), bodyOf(c.Request.Body, c.Request.Cut, c.Missing)}
	if r := c.Response; r != nil {
		out.Response = &responseJSON{r.Status, r.Proto, list([][2]string(r.Header)), bodyOf(r.Body, r.Cut, r.Missing)}
		if out.Error == nil {
			out.Error = text(r.Err)
		}
	}
	return out
}

func editsOf(c *story.Call) []editJSON {
	out := []editJSON{}
	for _, e := range c.Edits {
		j := editJSON{Where: e.Where, Name: e.Name, Change: e.Change}
		if e.Change != trace.WasAdded {
			j.Was = &e.Was
		}
		if e.Change != trace.WasRemoved {
			j.Now = &e.Now
		}
		out = append(out, j)
	}
	return out
}

// headersOf prefers the fields that were written over those that stood ready.
func headersOf(c *story.Call) trace.Header {
	if len(c.Sent.Header) > 0 {
		return c.Sent.Header
	}
	return c.Request.Header
}

func kindOf(c *story.Call) string {
	switch {
	case c.Front:
		return "browser"
	case c.Inbound:
		return "callback"
	}
	return "request"
}

func bodyOf(b []byte, cut, missing bool) bodyJSON {
	if utf8.Valid(b) {
		return bodyJSON{string(b), "utf-8", cut, missing}
	}
	return bodyJSON{base64.StdEncoding.EncodeToString(b), "base64", cut, missing}
}

// timingsOf splits a call's time: what came before the request was written, the wait for the response's
// head, and the rest. Only the sum of the last two is by the monotonic clock.
func timingsOf(c *story.Call) timingsJSON {
	after := c.Duration()
	wait := after // all of it, where no head came: of a URL for the browser it is the time until the answer
	if !c.HeadAt.IsZero() {
		wait = min(max(0, c.HeadAt.Sub(c.SentAt)), after)
	}
	before := c.Sent.DNS + c.Sent.Connect + c.Sent.TLS
	return timingsJSON{millis(c.Sent.DNS), millis(c.Sent.Connect), millis(c.Sent.TLS), millis(wait), millis(after - wait), millis(before + after)}
}

func firstOf(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
