package profile

import (
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// readCurl reads a curl command, as browsers copy it: of an authorization request, or of a token request.
func readCurl(s string) (Guess, error) {
	var target, user, data string
	words := shellWords(s)
	for i := 1; i < len(words); i++ {
		name, value, joined := strings.Cut(words[i], "=")
		if !joined || !strings.HasPrefix(name, "--") {
			name, value = words[i], ""
			if i+1 < len(words) {
				value = words[i+1]
			}
		}
		switch name {
		case "-d", "--data", "--data-raw", "--data-ascii", "--data-binary", "--data-urlencode":
			data += "&" + value
		case "-u", "--user":
			user = value
		case "-H", "--header":
			user = orBasic(user, value)
		case "-X", "--request", "-A", "--user-agent", "-b", "--cookie", "-e", "--referer", "-o", "--output":
		case "--url":
			target = value
		default:
			if target == "" && (strings.Contains(words[i], "://") || !strings.HasPrefix(words[i], "-") && strings.Contains(words[i], ".")) {
				target = words[i]
			}
			continue
		}
		if !joined || !strings.HasPrefix(words[i], "--") {
			i++
		}
	}
	if target == "" {
		return Guess{}, errors.New("there is no URL in the curl command")
	}
	u, err := readURL(target)
	if err != nil {
		return Guess{}, err
	}
	if data == "" {
		g, err := readAddress(u)
		g.Kind = KindCurl
		return g, err
	}
	return readTokenCurl(u, user, data), nil
}

// readTokenCurl reads a request to a token endpoint (RFC 6749 §3.2).
func readTokenCurl(u *url.URL, user, data string) Guess {
	g := Guess{Kind: KindCurl}
	if list := issuersOf(u); len(list) > 0 {
		g.issuers(list...)
	} else {
		g.issuers(anyIssuers(u)...)
	}
	g.take("The issuer may be %s, by the address; the metadata will tell.", g.Profile.Issuer)
	var rest []trace.Param
	for _, p := range ordered(data) {
		switch p.Name {
		case "client_secret":
			g.Profile.ClientAuth = "post"
			g.take("The client authenticates in the body (client_secret_post).")
		case "grant_type":
			g.drop("grant_type=%s was left out: authscope sets it.", p.Value)
			continue
		case "client_id", "redirect_uri", "scope":
		default:
			if trace.SecretParam(p.Name) == "" && p.Value != "" {
				g.Profile.TokenParams = append(g.Profile.TokenParams, p)
				g.take("%s=%s goes with the token requests.", p.Name, p.Value)
				continue
			}
		}
		rest = append(rest, p)
	}
	if id, _, _ := strings.Cut(user, ":"); id != "" {
		if dec, err := url.QueryUnescape(id); err == nil {
			id = dec
		}
		g.Profile.ClientAuth = "basic"
		g.take("The client authenticates in the header (client_secret_basic).")
		g.drop("The secret in the header was left out: none stands in a profile.")
		rest = append([]trace.Param{{Name: "client_id", Value: id}}, rest...)
	}
	g.params(rest)
	if g.Profile.ClientAuth != "" {
		g.note("Give the client secret by the keyring, an environment variable or a file.")
	}
	return g
}

// orBasic returns what a header field with Basic says, or user.
func orBasic(user, field string) string {
	name, value, _ := strings.Cut(field, ":")
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	if !strings.EqualFold(name, "Authorization") || !strings.EqualFold(scheme, "Basic") {
		return user
	}
	if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
		return string(b)
	}
	return user
}

// shellWords splits a command as a shell does, as far as copied commands need it: quotes, backslashes, line continuations.
func shellWords(s string) (words []string) {
	var b strings.Builder
	quote, in := byte(0), false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && (c == '\'' || c == '"'):
			if c == '\'' && strings.HasSuffix(b.String(), "$") { // $'…' of bash, as browsers write it
				t := strings.TrimSuffix(b.String(), "$")
				b.Reset()
				b.WriteString(t)
			}
			quote, in = c, true
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			if s[i] != '\n' && s[i] != '\r' {
				b.WriteByte(s[i])
				in = true
			}
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			if in {
				words = append(words, b.String())
			}
			b.Reset()
			in = false
		default:
			b.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, b.String())
	}
	return words
}

// readDocument reads JSON: a discovery document, or the settings of a client as consoles hand them out.
func readDocument(s string) (Guess, error) {
	v, err := jwtview.ParseJSON([]byte(s))
	if err != nil {
		return Guess{}, errors.New("this begins like JSON and is none: " + err.Error())
	}
	for _, outer := range []string{"web", "installed"} { // Google's client_secret.json
		if inner, ok := v.Get(outer); ok && inner.Kind == jwtview.Object {
			v = inner
		}
	}
	g := Guess{Kind: KindDocument}
	str := func(names ...string) string {
		for _, n := range names {
			if s, ok := v.Str(n); ok && s != "" {
				return s
			}
		}
		return ""
	}
	ps := slices.DeleteFunc([]trace.Param{
		{Name: "client_id", Value: str("client_id", "clientID", "clientId")},
		{Name: "redirect_uri", Value: firstOf(v, "redirect_uri", "redirectURI", "redirectUri", "redirect_uris")},
		{Name: "scope", Value: str("scope", "scopes")},
	}, func(p trace.Param) bool { return p.Value == "" })
	if err := g.place(str("issuer", "endpoint", "authority", "domain"), str); err != nil {
		return Guess{}, err
	}
	g.params(ps)
	for _, m := range v.Members {
		if trace.SecretParam(m.Name) != "" || strings.EqualFold(m.Name, "clientSecret") {
			g.drop("%.40s was left out: it is a secret, and none stands in a profile.", m.Name)
		}
	}
	if len(g.Taken) == 0 {
		return Guess{}, errors.New("this JSON has neither an issuer nor a client_id: metadata, or a client's settings, are understood")
	}
	return g, nil
}

// place takes the issuer of a document, or its endpoints where it has none.
func (g *Guess) place(issuer string, str func(...string) string) error {
	if issuer != "" {
		u, err := readURL(issuer)
		if err != nil {
			return errors.New("the issuer in this JSON is not a URL")
		}
		if strings.Contains(issuer, "://") {
			g.issuers(issuer) // an identifier, byte by byte
		} else {
			g.issuers(u.String())
		}
		g.take("The issuer is %s.", g.Profile.Issuer)
		return nil
	}
	if auth := str("auth_uri"); auth != "" {
		if u, err := readURL(auth); err == nil {
			g.issuers(issuersOf(u)...)
			g.take("The issuer may be %s, by auth_uri; the metadata will tell.", g.Profile.Issuer)
		}
		return nil
	}
	for _, name := range trace.EndpointNames {
		if s := str(name); s != "" && CheckEndpoint(name, s) == nil {
			*g.Profile.Endpoints.Field(name) = s
			g.take("%s is %s.", name, s)
		}
	}
	return nil
}

// firstOf returns a member that is a text, or the first text of one that is a list.
func firstOf(v jwtview.Value, names ...string) string {
	for _, n := range names {
		m, ok := v.Get(n)
		if !ok {
			continue
		}
		if m.Kind == jwtview.String {
			return m.Text
		}
		if len(m.Elems) > 0 && m.Elems[0].Kind == jwtview.String {
			return m.Elems[0].Text
		}
	}
	return ""
}
