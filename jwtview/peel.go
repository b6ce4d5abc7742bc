package jwtview

import (
	"encoding/base64"
	"net/url"
	"strings"
)

// carriers are the names under which tokens travel in token responses, forms and URLs.
var carriers = [...]string{
	"access_token", "id_token", "refresh_token", "logout_token", "token", "id_token_hint", "client_assertion", "assertion",
	"subject_token", "actor_token", "request", "response", "code", "SAMLResponse", "jwt", "vp_token", "device_secret",
}

// maxLayers bounds what is peeled: a quoted JSON text in a URL has four.
const maxLayers = 6

// peeled is the bare text of a token, and what stood around it.
type peeled struct {
	text   string
	outer  Token    // carries the problems and the flaw of the wrapping
	member string   // the name it was found under
	beside []string // names of other tokens beside it
}

// peel takes away what people copy along with a token: white space, quotes, Bearer, a header name, URL encoding, a form, a
// JSON object, a second base64.
func peel(s string) peeled {
	// A file ends in a line break, and editors put a byte order mark in front: neither is worth a word.
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	p := peeled{outer: Token{Raw: s, text: s}, text: s}
	if likelyJWT(s) && bare(s) {
		return p
	}
	for range maxLayers {
		p.outer.Raw = p.outer.text
		p.outer.unwrap()
		before := p.outer.text
		p.headerLine()
		p.elided()
		p.percent()
		p.form()
		p.object()
		p.twice()
		if p.outer.text == before {
			break
		}
	}
	p.text = p.outer.text
	return p
}

// bare reports the alphabet of a compact token: what most people paste has nothing around it.
func bare(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '.' && notBase64URL(rune(c)) {
			return false
		}
	}
	return true
}

// headerLine takes the name of an HTTP header away.
func (p *peeled) headerLine() {
	name, rest, ok := strings.Cut(p.outer.text, ":")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "authorization", "dpop", "x-authorization", "proxy-authorization":
	default:
		return
	}
	if ok {
		p.outer.flawed("%q in front of the token: the name of an HTTP header, not a part of the token", clip(name, 40)+":")
		p.outer.text = strings.TrimSpace(rest)
	}
	const dpop = "dpop "
	if t := p.outer.text; len(t) > len(dpop) && strings.EqualFold(t[:len(dpop)], dpop) {
		p.outer.text = strings.TrimSpace(t[len(dpop):])
	}
}

// elided names a dotted cut in what is no JWT; decode says it of those that are.
func (p *peeled) elided() {
	if t := p.outer.text; strings.Contains(t, "…") && len(t) < 4096 && !likelyJWT(t) && !strings.HasPrefix(t, "{") && p.outer.flaw == "" {
		p.outer.flawed("characters are missing where it says \"…\": copied from a place that shows tokens shortened")
	}
}

// percent undoes URL encoding, which no token contains by itself.
func (p *peeled) percent() {
	t := p.outer.text
	if !strings.Contains(t, "%") || strings.ContainsAny(t, " \n{\"") || strings.Contains(t, "=") && formStart(t) >= 0 {
		return
	}
	if plain, err := url.PathUnescape(t); err == nil && plain != t {
		p.outer.flawed("URL-encoded: %%XX stands for characters of the token")
		p.outer.text = plain
	}
}

// formStart finds where the fields of a form or a query begin in which a token travels, -1 if there is none.
func formStart(t string) int {
	if strings.ContainsAny(t, " \n{") {
		return -1
	}
	start := strings.LastIndexAny(t, "?#") + 1
	for _, name := range carriers {
		if strings.HasPrefix(t[start:], name+"=") || strings.Contains(t[start:], "&"+name+"=") {
			return start
		}
	}
	return -1
}

// form takes the first token out of a URL, a fragment or a form body.
func (p *peeled) form() {
	start := formStart(p.outer.text)
	if start < 0 {
		return
	}
	found := ""
	for field := range strings.SplitSeq(p.outer.text[start:], "&") {
		name, value, _ := strings.Cut(field, "=")
		if !isCarrier(name) || value == "" {
			continue
		}
		if found != "" {
			p.alsoBeside(name)
			continue
		}
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		found, p.member = plain, name
	}
	if found != "" {
		p.outer.problem("taken out of %s: the value of %q", "a URL or a form", p.member)
		p.outer.text = found
	}
}

// object takes the first token out of a token response or any other JSON object that names it as one does.
func (p *peeled) object() {
	if !strings.HasPrefix(p.outer.text, "{") {
		return
	}
	v, err := ParseJSON([]byte(p.outer.text))
	if err != nil || v.Kind != Object || isJOSE(v) {
		return
	}
	found := ""
	for _, m := range v.Members {
		switch {
		case !isCarrier(m.Name) || m.Value.Kind != String || m.Value.Text == "":
		case found != "":
			p.alsoBeside(m.Name)
		default:
			found, p.member = m.Value.Text, m.Name
		}
	}
	if found != "" {
		p.outer.problem("taken out of a JSON object: the value of %q", p.member)
		p.outer.text = found
	}
}

// alsoBeside notes the name of another token, of a bounded number.
func (p *peeled) alsoBeside(name string) {
	if len(p.beside) < len(carriers) {
		p.beside = append(p.beside, name)
	}
}

// isJOSE reports the JSON serializations, whose members belong together.
func isJOSE(v Value) bool {
	for _, name := range [...]string{"payload", "ciphertext", "signatures", "protected"} {
		if _, ok := v.Get(name); ok {
			return true
		}
	}
	return false
}

func isCarrier(name string) bool {
	for _, c := range carriers {
		if name == c {
			return true
		}
	}
	return false
}

// twice undoes base64 around a whole JWT, as configuration stores apply it: "ZXlK" is base64 of "eyJ".
func (p *peeled) twice() {
	if !strings.HasPrefix(p.outer.text, "ZXlK") || strings.Contains(p.outer.text, ".") {
		return
	}
	b, err := base64.RawURLEncoding.DecodeString(canonical(p.outer.text))
	if err == nil && likelyJWT(string(b)) {
		p.outer.flawed("base64 around the whole token: it was encoded once more")
		p.outer.text = string(b)
	}
}
