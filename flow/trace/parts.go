package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"authscope/jwtview"
)

// Bounds of what a person may put into a request.
const (
	MaxParts     = 200      // parameters and fields that a request may come to have
	MaxPartName  = 256      // bytes of a name
	MaxPartValue = 64 << 10 // bytes of a value
)

// Part is one part of a request, as a person can change it: add one with Added set, take one out by setting Removed.
type Part struct {
	Where   Where
	Name    string
	Value   string // decoded
	Was     string // Value as the request was made
	Added   bool
	Removed bool

	raw string // as it stands in the request, so that what is not touched stays as it is byte by byte
}

// Changed reports whether p is not as it was made.
func (p Part) Changed() bool { return p.Added || p.Removed || p.Value != p.Was }

// blank reports whether p is what stands between two & that follow each other.
func (p Part) blank() bool {
	return p.raw == "" && !p.Added && (p.Where == InQuery || p.Where == InForm)
}

// TakeApart lists the parts of d in their order: the URL, its query, the form or the body, the header. Of a URL for the
// browser there is nothing else than the first two. Content-Length and Host are written by the transport and are no parts.
func TakeApart(d Draft) []Part {
	var parts []Part
	base, query, found, _ := cutURL(d.URL)
	parts = append(parts, made(Part{Where: InURL, Name: "url", Value: base}))
	if found {
		parts = append(parts, pairs(InQuery, query)...)
	}
	if d.Front {
		return visible(parts)
	}
	if isForm(d.Header) {
		parts = append(parts, pairs(InForm, string(d.Body))...)
	} else if len(d.Body) > 0 {
		parts = append(parts, made(Part{Where: InBody, Name: "body", Value: string(d.Body)}))
	}
	for _, f := range d.Header {
		if notOurs(f[0]) == nil {
			parts = append(parts, made(Part{Where: InHeader, Name: f[0], Value: f[1]}))
		}
	}
	return visible(parts)
}

func made(p Part) Part {
	p.Was = p.Value
	return p
}

func visible(parts []Part) []Part { return slices.DeleteFunc(parts, Part.blank) }

// cutURL divides a URL into what stands before its query, the query, and the fragment with its #.
func cutURL(s string) (base, query string, found bool, fragment string) {
	if i := strings.IndexByte(s, '#'); i >= 0 {
		s, fragment = s[:i], s[i:]
	}
	base, query, found = strings.Cut(s, "?")
	return base, query, found, fragment
}

// pairs takes a query or a form apart (WHATWG URL §5.1, as every server reads it).
func pairs(where Where, s string) (out []Part) {
	for raw := range strings.SplitSeq(s, "&") {
		name, value, _ := strings.Cut(raw, "=")
		out = append(out, made(Part{Where: where, Name: decoded(name), Value: decoded(value), raw: raw}))
	}
	return out
}

// decoded is what stands for itself where it is not written as it should be.
func decoded(s string) string {
	if v, err := url.QueryUnescape(s); err == nil {
		return v
	}
	return s
}

func isForm(h Header) bool {
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "application/x-www-form-urlencoded")
}

// With returns d with its parts as they are in parts, which are those of TakeApart(d), changed. What was not changed
// stays as it is, byte by byte. The error says what cannot be sent, and why.
func (d Draft) With(parts []Part) (Draft, error) {
	count := 0
	for _, p := range parts {
		if err := d.Check(p); err != nil {
			return d, err
		}
		if !p.Removed {
			count++
		}
	}
	if count > MaxParts && slices.ContainsFunc(parts, func(p Part) bool { return p.Added }) {
		return d, fmt.Errorf("a request can be given %d parameters and header fields, and no more", MaxParts)
	}
	out := d
	base, query, found, fragment := cutURL(d.URL)
	for _, p := range parts {
		if p.Where == InURL && p.Changed() {
			base = p.Value
		}
	}
	if query, found = rejoin(InQuery, query, found, parts); found {
		base += "?" + query
	}
	out.URL = base + fragment
	out.Body = d.body(parts)
	out.Header = d.header(parts)
	return out, nil
}

// body writes the body with its parts changed.
func (d Draft) body(parts []Part) []byte {
	if i := slices.IndexFunc(parts, func(p Part) bool { return p.Where == InBody }); i >= 0 {
		switch p := parts[i]; {
		case p.Removed:
			return nil
		case p.Changed():
			return []byte(p.Value)
		}
	}
	if form, _ := rejoin(InForm, string(d.Body), true, parts); form != string(d.Body) {
		return []byte(form)
	}
	return d.Body
}

// header writes the header with its fields changed. Fields that are the transport's stay where they are.
func (d Draft) header(parts []Part) Header {
	if !slices.ContainsFunc(parts, func(p Part) bool { return p.Where == InHeader && p.Changed() }) {
		return d.Header
	}
	var out Header
	for _, f := range d.Header {
		if notOurs(f[0]) != nil {
			out = append(out, f)
		}
	}
	for _, p := range parts {
		switch {
		case p.Where != InHeader || p.Removed:
		case p.Changed():
			out = append(out, [2]string{p.Name, strings.TrimSpace(p.Value)})
		default:
			out = append(out, [2]string{p.Name, p.Value})
		}
	}
	out.Sort()
	return out
}

// rejoin writes a query or a form with its parts changed.
func rejoin(where Where, old string, found bool, parts []Part) (string, bool) {
	var kept []string
	changed := false
	for _, p := range parts {
		if p.Where != where {
			continue
		}
		changed = changed || p.Changed()
		switch {
		case p.Removed:
		case p.Added:
			kept = append(kept, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
		case p.Changed():
			name, _, _ := strings.Cut(p.raw, "=")
			kept = append(kept, name+"="+url.QueryEscape(p.Value))
		default:
			kept = append(kept, p.raw)
		}
	}
	if !changed {
		return old, found
	}
	return strings.Join(kept, "&"), len(kept) > 0
}

// Check says why a part that was changed cannot be sent with d, or nil.
func (d Draft) Check(p Part) error {
	switch {
	case p.Removed && p.Where == InURL:
		return errors.New("a request needs its URL")
	case p.Removed || !p.Changed():
		return nil
	case p.Name == "":
		return errors.New("a name is missing")
	case len(p.Name) > MaxPartName:
		return fmt.Errorf("the name is too long: %d bytes, and %d are the most", len(p.Name), MaxPartName)
	case len(p.Value) > MaxPartValue:
		return fmt.Errorf("the value of %.40s is too long: %d bytes, and %d are the most", p.Name, len(p.Value), MaxPartValue)
	case strings.ContainsFunc(p.Name, unicode.IsControl):
		return errors.New("the name has a control character in it")
	case p.Where != InBody && strings.ContainsFunc(p.Value, unicode.IsControl):
		return fmt.Errorf("the value of %s has a control character in it, such as a line break", p.Name)
	}
	switch p.Where {
	case InURL:
		return d.checkURL(p.Value)
	case InHeader:
		return checkField(d, p)
	case InBody:
		if strings.Contains(strings.ToLower(d.Header.Get("Content-Type")), "json") {
			if _, err := jwtview.ParseJSON([]byte(p.Value)); err != nil {
				return fmt.Errorf("the body is not JSON any more: %w", err)
			}
		}
	}
	return nil
}

func checkField(d Draft, p Part) error {
	if d.Front {
		return errors.New("the browser writes the header of its requests itself")
	}
	if !isToken(p.Name) {
		return fmt.Errorf("%.40q is no name of a header field: letters, digits and !#$%%&'*+-.^_`|~ make one (RFC 9110 §5.1)", p.Name)
	}
	return notOurs(p.Name)
}

// isToken is RFC 9110 §5.6.2.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

// notOurs says why a header field cannot be changed, or nil: what belongs to the connection is the transport's.
func notOurs(name string) error {
	switch strings.ToLower(name) {
	case "content-length":
		return errors.New("the header field Content-Length is counted anew when the request leaves")
	case "host":
		return errors.New("the header field Host is written from the URL")
	case "transfer-encoding", "trailer", "connection", "keep-alive", "proxy-connection", "te", "upgrade":
		return fmt.Errorf("%s belongs to the connection (RFC 9110 §7.6.1), which authscope makes", name)
	}
	return nil
}

// checkURL says why s cannot take the place of d's scheme, host and path. A request holds codes, tokens or secrets, and so
// stays with its server, or on this machine.
func (d Draft) checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("this is no URL: scheme, host and path, as in https://id.example/oauth2/token")
	}
	was, err := url.Parse(d.URL)
	switch {
	case err != nil:
		return errors.New("the URL was no URL from the beginning, so nothing can be put in its place")
	case strings.ContainsAny(s, "?#"):
		return errors.New("parameters have rows of their own, and a fragment is never sent: only scheme, host and path stand here")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("this is no http or https URL with a host")
	case u.User != nil:
		return errors.New("a name and password do not belong into a URL (RFC 9110 §4.2.4): put them into Authorization")
	case strings.EqualFold(u.Scheme, was.Scheme) && strings.EqualFold(u.Host, was.Host), loopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("the request stays at %s://%s: it may hold secrets, and another server must not get them. Only an address of this machine (127.0.0.1, localhost) may take its place; for another tenant use T, or --issuer", was.Scheme, was.Host)
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
