package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Kind says what somebody brought. The values stand in JSON and are never renamed.
type Kind string

// What can be read.
const (
	KindHAR           Kind = "har"
	KindTrace         Kind = "trace" // a saved session of authscope's own
	KindCallback      Kind = "callback_url"
	KindAuthorize     Kind = "authorize_url"
	KindTokenResponse Kind = "token_response"
	KindError         Kind = "error_response"
	KindDevice        Kind = "device_response"
	KindIntrospection Kind = "introspection_response"
	KindDiscovery     Kind = "discovery_document"
	KindJWKS          Kind = "jwk_set"
	KindCurl          Kind = "curl_command"
	KindHTTP          Kind = "http_message"
	KindToken         Kind = "token"
)

// whatFits ends the refusals.
const whatFits = "what can be read is a HAR, a callback URL or an authorize URL, a token response or its error, a discovery document, a JWK set, a curl command, raw HTTP, a token, or a session that authscope saved"

func unfit(format string, args ...any) error {
	return fmt.Errorf(format+"; "+whatFits, args...)
}

// plainText takes off what editors and shells put before a text: a byte order mark, or UTF-16, which PowerShell's > writes.
func plainText(data []byte) ([]byte, error) {
	if rest, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf")); ok {
		data = rest
	}
	if len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff) {
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			lo, hi := data[i], data[i+1]
			if data[0] == 0xfe {
				lo, hi = hi, lo
			}
			units = append(units, uint16(lo)|uint16(hi)<<8)
		}
		data = []byte(string(utf16.Decode(units)))
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil, errEmpty
	}
	return data, nil
}

// magics are the beginnings of files that hold a recording in a wrapping, or none.
var magics = []struct{ start, what string }{
	{"\x1f\x8b", "this is gzip: unpack it first (gunzip)"},
	{"PK\x03\x04", "this is a zip archive, as Fiddler's .saz is: unpack it, or export a HAR (File, Export Sessions, HTTPArchive)"},
	{"\x0a\x0d\x0d\x0a", "this is a packet capture: TLS hides what is in it, so record in the browser or with a proxy instead"},
	{"\xd4\xc3\xb2\xa1", "this is a packet capture: TLS hides what is in it, so record in the browser or with a proxy instead"},
	{"-----BEGIN", "this is a key or a certificate: give it with --keys, beside a recording"},
	{"<", "this is a page or XML, as Burp's own export is: export a HAR there"},
}

// KindOf says what data is, by its content alone.
func KindOf(data []byte) (Kind, error) {
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.start)) && !bytes.HasPrefix(data, []byte("< HTTP/")) { // of curl -v
			return "", unfit("%s", m.what)
		}
	}
	if !utf8.Valid(data) && data[0] != '{' {
		return "", unfit("this is no text")
	}
	if data[0] == '{' || data[0] == '[' {
		return kindOfJSON(data)
	}
	text := string(data)
	switch {
	case isMessage(text):
		return KindHTTP, nil
	case len(text) > trace.MaxBody:
		return "", unfit("this is a text of %d bytes, and no HAR", len(text))
	case isCommand(text):
		return KindCurl, nil
	}
	if u, q, ok := readAnswerText(text); ok {
		switch {
		case isAnswer(q):
			return KindCallback, nil
		case isAuthorizeQuery(q):
			return KindAuthorize, nil
		case u != nil && u.Scheme != "" && u.Host != "":
			return "", unfit("this is an address with neither an answer (code, error) nor an authorization request (client_id, response_type) in it; a tenant is looked at with authscope --issuer URL")
		}
	}
	return kindOfWord(text)
}

// kindOfWord tells a token from prose.
func kindOfWord(text string) (Kind, error) {
	in := jwtview.Inspect(text)
	words := len(strings.Fields(text))
	switch {
	case in.Shape != jwtview.ShapeOpaque && in.Shape != jwtview.ShapeUnreadable:
		return KindToken, nil
	case in.Role != jwtview.RoleUnknown:
		return KindToken, nil
	case words == 1 && len(text) >= 16 && len(text) <= 64<<10 && !strings.ContainsAny(text, "/\\{}<>"):
		return KindToken, nil
	case words <= 2 && strings.HasPrefix(strings.ToLower(text), "bearer "):
		return KindToken, nil
	}
	if what := within(text); what != "" {
		return "", unfit("%s", what)
	}
	return "", unfit("this is none of what is known: it begins with %q", clip(text, 40))
}

// names lists the members of a JSON object, without what is in them, up to a bound.
func names(data []byte) (map[string]bool, error) {
	out := map[string]bool{}
	err := members(json.NewDecoder(bytes.NewReader(data)), func(string) error { return errStop })
	if err != nil && !errors.Is(err, errStop) {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	err = members(d, func(name string) error {
		out[name] = true
		if name == "log" || len(out) > 200 {
			return errStop
		}
		return skipValue(d)
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return out, err
}

var errStop = errors.New("enough")

// kindOfJSON goes by the members.
func kindOfJSON(data []byte) (Kind, error) {
	if data[0] == '[' {
		return "", unfit("this is a JSON list, as Charles's own format is (.chlsj): export a HAR there")
	}
	if bytes.HasPrefix(data, []byte(`{"authscope":"trace"`)) {
		return KindTrace, nil
	}
	has, err := names(data)
	if has["log"] {
		return KindHAR, nil
	}
	if err != nil {
		return "", unfit("this begins like JSON and is none: %s", clean(err.Error()))
	}
	for _, k := range []struct {
		kind    Kind
		all     []string
		without string
	}{
		{KindToken, []string{"payload", "signatures"}, ""}, {KindToken, []string{"payload", "signature"}, ""}, {KindToken, []string{"ciphertext"}, ""},
		{KindTokenResponse, []string{"access_token"}, ""}, {KindTokenResponse, []string{"id_token"}, ""}, {KindTokenResponse, []string{"refresh_token"}, ""},
		{KindDevice, []string{"device_code"}, ""},
		{KindIntrospection, []string{"active"}, ""},
		{KindError, []string{"error"}, "keys"},
		{KindJWKS, []string{"keys"}, ""}, {KindJWKS, []string{"kty"}, ""},
		{KindDiscovery, []string{"issuer", "authorization_endpoint"}, ""}, {KindDiscovery, []string{"issuer", "token_endpoint"}, ""}, {KindDiscovery, []string{"issuer", "jwks_uri"}, ""},
		{KindDiscovery, []string{"authorization_endpoint", "token_endpoint"}, ""},
	} {
		fits := k.without == "" || !has[k.without]
		for _, name := range k.all {
			fits = fits && has[name]
		}
		if !fits {
			continue
		}
		if v, err := jwtview.ParseJSON(data); err == nil && k.kind == KindError {
			if e, _ := v.Get("error"); e.Kind != jwtview.String {
				return "", unfit("this JSON has an error that is no text, so it is not one of OAuth (RFC 6749 §5.2) but of an API")
			}
		}
		return k.kind, nil
	}
	if has["entries"] {
		return "", unfit("this looks like the inside of a HAR: its entries stand in an object called log")
	}
	if has["iss"] || has["sub"] {
		return "", unfit("these are claims, and not the token that they stood in: give the token itself")
	}
	return "", unfit("this JSON has none of the members that tell what it is")
}

// readAnswerText reads a text as an address, or as what stands in one after ? or #.
func readAnswerText(text string) (*url.URL, url.Values, bool) {
	text = joinLines(text)
	if strings.ContainsAny(text, " \t") || len(text) > maxRequest {
		return nil, nil, false
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, nil, false
	}
	if u.Scheme != "" && (u.Host != "" || u.Opaque != "" || u.Path != "") && strings.ContainsAny(text, "?#") {
		return u, answerOf(u, nil), true
	}
	if strings.Contains(text, "://") {
		return u, nil, true
	}
	if strings.Contains(text, "=") {
		q, err := url.ParseQuery(strings.TrimLeft(text[strings.IndexAny(text, "?#")+1:], "?#"))
		return u, q, err == nil
	}
	return nil, nil, false
}

// joinLines undoes what a terminal or a mail program does to a long address, and takes quotes off.
func joinLines(text string) string {
	text = strings.Trim(strings.TrimSpace(text), "\"'`<>")
	if fields := strings.Fields(text); len(fields) > 1 && strings.ContainsAny(text, "\n") && strings.Contains(fields[0], "://") {
		return strings.Join(fields, "")
	}
	return text
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimRight(line, "\r")
}

func clip(s string, most int) string {
	s = clean(s)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
