package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"authscope/flow/trace"
)

// har is a HAR as far as logins are concerned. The format is that of http://www.softwareishard.com/blog/har-12-spec/, in
// the dialects of those who write it.
type har struct {
	tool      string
	before    map[string]*exchange // questions of a browser's, by their address
	kind      Kind                 // "": a HAR
	said      []string             // beside what notes finds
	entries   int                  // all of them
	kept      []*exchange
	cut       bool
	cutWhy    string
	tooMany   bool
	proofs    int // requests with Authorization or a cookie
	untimed   bool
	from, to  time.Time
	broken    int // entries that could not be read
	unnamed   int // responses without their text
	lastKnown time.Time
	visits    []visit
	crowded   bool // a login has more calls than are read
	logins    int  // that there are, of which the newest are read
}

// visit is a page that a browser went to: one of them may be where a logout came back to.
type visit struct {
	at time.Time
	u  *url.URL
}

// parseHAR reads entry by entry, and keeps those that may belong to a login.
func parseHAR(data []byte) (*har, error) {
	h := &har{untimed: true}
	d := json.NewDecoder(bytes.NewReader(data))
	err := h.document(d)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.As(err, &syntax) && syntax.Offset >= int64(len(data)):
		h.cut, h.cutWhy = true, "it ends too early"
	case h.entries > 0:
		h.cut, h.cutWhy = true, clean(err.Error())
	default:
		return nil, fmt.Errorf("this begins like a HAR and cannot be read as JSON: %s", clean(err.Error()))
	}
	h.order()
	return h, nil
}

// document finds log.entries, wherever it stands among other members.
func (h *har) document(d *json.Decoder) error {
	return members(d, func(name string) error {
		if name != "log" {
			return skipValue(d)
		}
		return members(d, func(name string) error {
			switch name {
			case "creator", "browser":
				return h.creator(d, name)
			case "entries":
				return h.list(d)
			}
			return skipValue(d)
		})
	})
}

func (h *har) creator(d *json.Decoder, who string) error {
	var c struct{ Name, Version text }
	if err := decode(d, &c); err != nil {
		return err
	}
	if tool := strings.TrimSpace(clean(string(c.Name) + " " + string(c.Version))); tool != "" && (h.tool == "" || who == "browser") {
		h.tool = tool
	}
	return nil
}

func (h *har) list(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return errors.New("log.entries is no list")
	}
	for d.More() {
		if h.entries++; h.entries > maxEntries || len(h.kept) >= maxKept {
			h.tooMany = true
			if err := skipValue(d); err != nil {
				return err
			}
			continue
		}
		var e entry
		if err := decode(d, &e); err != nil {
			return err
		}
		h.add(&e)
	}
	_, err = d.Token()
	return err
}

// add keeps an entry if it may belong to a login.
func (h *har) add(e *entry) {
	x := e.exchange(h.entries)
	if x == nil {
		h.broken++
		return
	}
	if x.at.IsZero() {
		x.at = h.lastKnown
	} else {
		h.untimed, h.lastKnown = false, x.at
		if h.from.IsZero() || x.at.Before(h.from) {
			h.from = x.at
		}
		if end := x.at.Add(x.done); end.After(h.to) {
			h.to = end
		}
	}
	if x.asksBefore() {
		h.preflight(x)
	}
	if x.header.Get("Authorization") != "" || x.header.Get("Cookie") != "" {
		h.proofs++
	}
	if !x.relevant() {
		if x.method == "GET" && x.status/100 == 2 && len(x.url) < 2000 && len(h.visits) < maxVisits && strings.HasPrefix(strings.ToLower(x.resHeader.Get("Content-Type")), "text/html") {
			h.visits = append(h.visits, visit{x.at, x.u})
		}
		return
	}
	if x.resMissing && x.role != roleNone && x.role != roleAuthorize && x.role != roleLogout { // a page says nothing
		h.unnamed++
	}
	h.kept = append(h.kept, x)
}

// notes say what the person should know of the file as a whole.
func (h *har) notes() (out []string) {
	out = append(out, h.said...)
	if h.cut {
		out = append(out, fmt.Sprintf("The file is damaged (%s): %d requests before that were read.", h.cutWhy, h.entries))
	}
	if h.tooMany {
		out = append(out, fmt.Sprintf("It has %d requests, of which the first were looked at until %d had something of a login.", h.entries, maxKept))
	}
	if h.broken > 0 {
		out = append(out, fmt.Sprintf("%d of its entries have no request with a URL.", h.broken))
	}
	if h.crowded {
		out = append(out, fmt.Sprintf("A login in it has more than %d requests; the first of them are read.", maxCalls))
	}
	if h.logins > maxSessions {
		out = append(out, fmt.Sprintf("It has %d logins; the newest %d are read.", h.logins, maxSessions))
	}
	if h.sanitized() {
		out = append(out, "No request in it has an Authorization header or a cookie: they were taken out when it was saved. What depends on them is not checkable. (Chrome: “Export HAR (with sensitive data)” keeps them.)")
	}
	if h.unnamed > 0 {
		out = append(out, fmt.Sprintf("%s without the text of the answer: browsers forget it when the page changes, unless the log is preserved.", counted(h.unnamed, "request of a login is in it", "requests of a login are in it")))
	}
	if h.untimed {
		out = append(out, "It has no times: what depends on a clock is not checkable.")
	}
	return out
}

func (h *har) sanitized() bool { return h.proofs == 0 }

func counted(n int, one, many string) string {
	if n == 1 {
		return "One " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// members calls f for each member of the object that comes next.
func members(d *json.Decoder, f func(name string) error) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return errors.New("an object was expected")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if err := f(fmt.Sprint(name)); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// decode reads the next value into v as well as it goes: a member of another type than the format has is left out.
func decode(d *json.Decoder, v any) error {
	err := d.Decode(v)
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return nil
	}
	return err
}

func skipValue(d *json.Decoder) error {
	var raw json.RawMessage
	return d.Decode(&raw)
}

// clean makes a text of the file fit for a sentence.
func clean(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 120 {
		s = string(r[:119]) + "…"
	}
	return trace.Hide(s, trace.Secrets(s))
}
