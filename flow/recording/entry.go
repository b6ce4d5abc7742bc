package recording

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// entry is one request with its answer, as a HAR has it.
type entry struct {
	StartedDateTime text
	Time            number
	Timings         struct{ Blocked, DNS, Connect, Send, Wait, Receive number }
	Request         struct {
		Method, URL, HTTPVersion text
		Headers                  fields
		BodySize                 number
		PostData                 *struct {
			MimeType, Encoding text
			Text               *text
			Params             fields
		}
	}
	Response struct {
		Status, BodySize         number
		HTTPVersion, RedirectURL text
		Headers                  fields
		Error                    text `json:"_error"`
		Content                  struct {
			MimeType, Encoding text
			Size               number
			Text               *text
		}
	}
	ServerIPAddress text
	FromCache       text `json:"_fromCache"` // Chrome: memory, disk
	FetchType       text `json:"_fetchType"` // Safari: Memory Cache, Disk Cache
	ResourceType    text `json:"_resourceType"`
}

// text is a string; anything else is "".
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	} else if len(b) > 0 && (b[0] >= '0' && b[0] <= '9' || b[0] == '-') {
		*t = text(b)
	}
	return nil
}

// number is a number, or a string that holds one; anything else is absent.
type number struct {
	v     float64
	known bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	var s text
	s.UnmarshalJSON(b)
	if v, err := strconv.ParseFloat(strings.TrimSpace(string(s)), 64); err == nil && !math.IsNaN(v) && math.Abs(v) < 1e15 {
		n.v, n.known = v, true
	}
	return nil
}

// span is a number of milliseconds; -1 stands for one that does not apply.
func (n number) span() time.Duration {
	if !n.known || n.v <= 0 || n.v > 1e9 {
		return 0
	}
	return time.Duration(n.v * float64(time.Millisecond))
}

// fields are names and values: a list of objects, or an object, as some tools have it.
type fields []struct{ Name, Value text }

// UnmarshalJSON implements json.Unmarshaler.
func (f *fields) UnmarshalJSON(b []byte) error {
	var list []struct{ Name, Value text }
	if json.Unmarshal(b, &list) == nil {
		*f = list
		return nil
	}
	v, err := jwtview.ParseJSON(b)
	if err != nil {
		return nil
	}
	for _, m := range v.Members {
		values := m.Value.Elems
		if m.Value.Kind != jwtview.Array {
			values = []jwtview.Value{m.Value}
		}
		for _, e := range values {
			*f = append(*f, struct{ Name, Value text }{text(m.Name), text(e.Text)})
		}
	}
	return nil
}

// header lists fields as a trace has them. The pseudo fields of HTTP/2 are the request line (RFC 9113 §8.3).
func (f fields) header() (h trace.Header) {
	for _, p := range f {
		if p.Name != "" && p.Name[0] != ':' && len(h) < maxHeader {
			h = append(h, [2]string{string(p.Name), string(p.Value)})
		}
	}
	return h
}

// exchange reads the entry, or returns nil if there is no request in it.
func (e *entry) exchange(n int) *exchange {
	u, err := url.Parse(string(e.Request.URL))
	if err != nil || e.Request.URL == "" || len(e.Request.URL) > maxRequest {
		return nil
	}
	x := &exchange{n: n, method: strings.ToUpper(string(e.Request.Method)), url: string(e.Request.URL), u: u, header: e.Request.Headers.header(),
		remote: string(e.ServerIPAddress), status: int(e.Response.Status.v), proto: protocol(string(e.Response.HTTPVersion)),
		resHeader: e.Response.Headers.header(), failure: clean(string(e.Response.Error)), at: instant(string(e.StartedDateTime)),
		cached: e.FromCache != "" || strings.HasSuffix(string(e.FetchType), "Cache"), preflight: e.ResourceType == "preflight"}
	if x.method == "" {
		x.method = "GET"
	}
	e.readTimes(x)
	e.readRequest(x)
	e.readResponse(x)
	x.read()
	return x
}

func (e *entry) readTimes(x *exchange) {
	t := e.Timings
	x.sent = t.Blocked.span() + t.DNS.span() + t.Connect.span() // connect includes ssl
	x.head = x.sent + t.Send.span() + t.Wait.span()
	x.done = max(x.head+t.Receive.span(), e.Time.span())
	x.head = min(x.head, x.done)
	if x.head == 0 {
		x.head = x.done
	}
}

func (e *entry) readRequest(x *exchange) {
	post := e.Request.PostData
	switch {
	case post != nil && post.Text != nil && *post.Text != "":
		x.body = unwrap(string(*post.Text), string(post.Encoding))
		if len(x.body) > maxRequest {
			x.body, x.bodyMissing = nil, true
		}
	case post != nil && len(post.Params) > 0:
		x.body = []byte(post.Params.form())
	case x.method == "POST" && (e.Request.BodySize.v != 0 || !e.Request.BodySize.known) && x.header.Get("Content-Length") != "0":
		x.bodyMissing = true
	}
	if post != nil && post.MimeType != "" && x.header.Get("Content-Type") == "" {
		x.header = append(x.header, [2]string{"Content-Type", string(post.MimeType)})
	}
}

// form writes parameters as a form has them. Some tools give them as they stood, encoded; a % then tells.
func (f fields) form() string {
	var parts []string
	escape := func(s string) string {
		if _, err := url.QueryUnescape(s); err == nil && strings.Contains(s, "%") {
			return s
		}
		return url.QueryEscape(s)
	}
	for _, p := range f {
		parts = append(parts, escape(string(p.Name))+"="+escape(string(p.Value)))
	}
	return strings.Join(parts, "&")
}

func (e *entry) readResponse(x *exchange) {
	c := e.Response.Content
	if to := string(e.Response.RedirectURL); to != "" && x.resHeader.Get("Location") == "" && x.status/100 == 3 {
		x.resHeader = append(x.resHeader, [2]string{"Location", to})
	}
	if c.MimeType != "" && x.resHeader.Get("Content-Type") == "" && len(x.resHeader) > 0 {
		x.resHeader = append(x.resHeader, [2]string{"Content-Type", string(c.MimeType)})
	}
	if c.Text != nil {
		x.resBody = unwrap(string(*c.Text), string(c.Encoding))
	}
	if len(x.resBody) > trace.MaxBody {
		x.resBody, x.resCut = x.resBody[:trace.MaxBody], true
	}
	bodiless := x.status == 0 || x.status == 204 || x.status == 304 || x.status/100 == 3 || x.method == "HEAD"
	empty := c.Text != nil && c.Size.v <= 0 || x.resHeader.Get("Content-Length") == "0"
	x.resMissing = len(x.resBody) == 0 && !bodiless && !empty
}

// unwrap takes off the encoding that a HAR puts around bytes that are no text.
func unwrap(s, encoding string) []byte {
	if strings.EqualFold(encoding, "base64") {
		if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s)); err == nil {
			return b
		}
	}
	return []byte(s)
}

func protocol(s string) string {
	switch strings.ToLower(s) {
	case "h2", "http/2", "http/2.0":
		return "HTTP/2.0"
	case "h3", "http/3", "http/3.0":
		return "HTTP/3.0"
	case "":
		return ""
	}
	return clean(strings.ToUpper(s))
}

// layouts are the ways in which tools write an instant; most follow ISO 8601 as the format demands.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999"}

func instant(s string) time.Time {
	for _, l := range layouts {
		if t, err := time.Parse(l, strings.TrimSpace(s)); err == nil && t.Year() > 1990 && t.Year() < 9000 {
			return t.UTC()
		}
	}
	return time.Time{}
}
