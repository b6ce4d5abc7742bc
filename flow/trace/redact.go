package trace

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"authscope/jwtview"
)

// Alias describes a secret that is no longer there: enough to say what it was.
type Alias struct {
	Name     string         `json:"name"` // access_token#1: the same name wherever the same value stood
	Kind     string         `json:"kind"`
	Length   int            `json:"length"` // in characters
	Format   jwtview.Format `json:"format,omitempty"`
	Describe string         `json:"describe,omitempty"`
	GrantID  string         `json:"grant_id,omitempty"` // of an Authgear refresh token; it stands in the ID token too
}

// aliasPattern is compiled when it is first asked for, as most commands never do.
var aliasPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z_]{2,32}#[0-9]{1,6}`) })

// IsAlias reports whether s stands for a secret in a redacted trace.
func IsAlias(s string) bool {
	return len(s) <= 40 && strings.IndexByte(s, '#') > 0 && aliasPattern().FindString(s) == s
}

// aliasAt returns the alias that begins at s[at:], or "".
func aliasAt(s string, at int) string { return aliasPattern().FindString(s[at:min(len(s), at+40)]) }

// AliasOf returns the name that stands for the secret in a redacted value: the value
// itself, or the third part of a JWT without its signature. It is "" for a value as received.
func AliasOf(value string) string {
	if IsAlias(value) {
		return value
	}
	if i := strings.LastIndexByte(value, '.'); i >= 0 && strings.HasPrefix(value, "eyJ") && IsAlias(value[i+1:]) {
		return value[i+1:]
	}
	return ""
}

// Redactor replaces secrets by names that keep equality: the first access token is
// access_token#1 wherever it stands. A signed JWT keeps its header and payload and loses its
// signature, so it can be read and not be used.
type Redactor struct {
	names   map[string]string
	counts  map[string]int
	aliases []Alias
	known   values // that are long enough not to be met by chance
}

// Redact returns a copy of events without secrets, headed by what describes the removed ones
// and by verdicts, the checks that were made while the secrets were still there. Redacting
// twice changes nothing.
func Redact(events []Event, verdicts []Verdict) []Event {
	r := &Redactor{names: map[string]string{}, counts: map[string]int{}}
	var kept []Event
	for _, e := range events {
		switch d := e.Data.(type) {
		case Redacted:
			for _, a := range d.Aliases {
				r.adopt(a)
			}
		case Verdict:
		default:
			kept = append(kept, e)
		}
	}
	for _, e := range kept {
		eachText(e.Data, func(name, text string, spans func() []Span) string {
			for _, s := range spans() {
				r.name(s.Kind, s.value(text))
			}
			return text
		})
	}
	r.seal()
	out := make([]Event, 0, len(kept)+len(verdicts)+1)
	var first Event
	if len(kept) > 0 {
		first = kept[0]
	}
	out = append(out, Event{At: first.At, Mono: first.Mono, Data: Redacted{r.aliases}})
	for _, v := range verdicts {
		v.Checks = json.RawMessage(r.Text(string(v.Checks)))
		out = append(out, Event{At: first.At, Mono: first.Mono, Data: v})
	}
	for _, e := range kept {
		e.Data = eachText(e.Data, func(name, text string, spans func() []Span) string {
			if name == inURL {
				return r.scrubURL(text, spans())
			}
			return r.scrub(text, spans())
		})
		out = append(out, e)
	}
	return out
}

// Text redacts a text of ours, such as an error that quotes a URL.
func (r *Redactor) Text(s string) string { return r.scrub(s, Secrets(s)) }

func (r *Redactor) adopt(a Alias) {
	r.names[a.Name] = a.Name
	r.aliases = append(r.aliases, a)
	r.counts[a.Kind]++
}

// name returns the alias of a value, a new one if it was never seen.
func (r *Redactor) name(kind, value string) string {
	if a := AliasOf(value); a != "" {
		return a
	}
	if n, ok := r.names[value]; ok {
		return n
	}
	r.counts[kind]++
	n := fmt.Sprintf("%s#%d", kind, r.counts[kind])
	r.names[value] = n
	tok := jwtview.Decode(value)
	a := Alias{Name: n, Kind: kind, Length: utf8.RuneCountInString(value), Format: tok.Format, Describe: tok.Describe(), GrantID: tok.GrantID()}
	if tok.Format == jwtview.FormatJWT {
		a.GrantID = "" // it can be read in the claims that stay
	}
	r.aliases = append(r.aliases, a)
	return n
}

// seal ends the collection of names.
func (r *Redactor) seal() {
	for value, name := range r.names {
		if len(value) >= minKnown && value != name {
			r.known.add(value)
		}
	}
}

// scrub replaces the secrets of text, spans and all that is known from elsewhere in the trace.
func (r *Redactor) scrub(text string, spans []Span) string {
	text = r.known.replace(r.replace(text, spans), func(value string) string { return r.written(value, r.names[value]) })
	return r.known.replaceCut(text, func(value string) string { return r.names[value] })
}

// inURL marks a text that is a URL: in its query the number sign of a name would begin the fragment.
const inURL = "\x00url"

// scrubURL is scrub for a URL.
func (r *Redactor) scrubURL(text string, spans []Span) string {
	name := func(value string) string { return url.QueryEscape(r.names[value]) }
	text = r.known.replace(r.replace(text, spans), func(value string) string { return r.written(value, name(value)) })
	return r.known.replaceCut(text, name)
}

func (r *Redactor) replace(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		value := s.value(text)
		name := r.written(value, r.name(s.Kind, value))
		if s.enc == form {
			name = url.QueryEscape(name)
		}
		b.WriteString(text[at:s.Start])
		b.WriteString(name)
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// written is what stands in place of value.
func (r *Redactor) written(value, name string) string {
	if parts := strings.Split(value, "."); len(parts) == 3 && strings.HasPrefix(value, "eyJ") {
		return parts[0] + "." + parts[1] + "." + name
	}
	return name
}

func unquote(raw string) string {
	var v string
	if json.Unmarshal([]byte(`"`+raw+`"`), &v) == nil {
		return v
	}
	return raw
}

// paramSecrets finds the secrets in a parameter that the person added: all of it, where the name says so.
func paramSecrets(p Param) []Span {
	if kind := SecretName(p.Name); kind != "" {
		return nonEmpty(Span{Start: 0, End: len(p.Value), Kind: kind})
	}
	return Secrets(p.Value)
}

// eachText calls f for every text of d that may hold a secret, and returns a copy of d
// with what f returned. Name is a header field's, else "".
func eachText(d Data, f func(name, text string, spans func() []Span) string) Data {
	text := func(s string) string { return f("", s, func() []Span { return Secrets(s) }) }
	header := func(h Header) Header {
		out := make(Header, len(h))
		for i, p := range h {
			out[i] = [2]string{p[0], f(p[0], p[1], func() []Span { return HeaderSecrets(p[0], p[1]) })}
		}
		return out
	}
	body := func(b Bytes) Bytes { return Bytes(text(string(b))) }
	params := func(ps []Param) []Param {
		out := make([]Param, len(ps))
		for i, p := range ps {
			out[i] = Param{p.Name, f("", p.Value, func() []Span { return paramSecrets(p) })}
		}
		return out
	}
	switch d := d.(type) {
	case Ready:
		d.URL, d.Header, d.Body = f(inURL, d.URL, func() []Span { return Secrets(d.URL) }), header(d.Header), body(d.Body)
		return d
	case Edited:
		d.URL, d.Header, d.Body = text(d.URL), header(d.Header), body(d.Body)
		return d
	case Sent:
		d.Header, d.Err = header(d.Header), text(d.Err)
		return d
	case Head:
		d.Header = header(d.Header)
		return d
	case Body:
		d.Bytes, d.Err = body(d.Bytes), text(d.Err)
		return d
	case CallbackIn:
		d.URL, d.Header, d.Body = f(inURL, d.URL, func() []Span { return Secrets(d.URL) }), header(d.Header), body(d.Body)
		return d
	case CallFailed:
		d.Err = text(d.Err)
		return d
	case Dropped:
		d.Reason = text(d.Reason)
		return d
	case Abandoned:
		d.Reason = text(d.Reason)
		return d
	case RedirectOut:
		d.Err = text(d.Err)
		return d
	case Listening:
		d.Err = text(d.Err)
		return d
	case Choice:
		d.Value = text(d.Value)
		return d
	case StageEnded:
		d.Err, d.Reason = text(d.Err), text(d.Reason)
		return d
	case Recording:
		return d.eachText(text)
	case Given:
		d.Body, d.From = body(d.Body), text(d.From)
		return d
	case HandedIn:
		d.Token = f("", d.Token, func() []Span { return nonEmpty(Span{Start: 0, End: len(d.Token), Kind: "refresh_token"}) })
		return d
	case Settings:
		d.Params, d.TokenParams, d.RefreshParams = params(d.Params), params(d.TokenParams), params(d.RefreshParams)
		for _, name := range EndpointNames {
			d.Endpoints.set(name, text)
		}
		return d
	}
	return d
}
