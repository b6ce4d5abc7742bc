package jwtview

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// iss compares byte by byte: OpenID Connect Core 1.0 §3.1.3.7(2) says exactly.
func (j judge) iss() Check {
	c, v, ok := j.claim("iss", core("3.1.3.7(2)"))
	c.Want = j.e.Issuer
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail("Every ID token must name its issuer.", core("2"))
	case v.Kind != String:
		return c.mistyped(v)
	case j.e.Issuer == "":
		return c.skip(notCheckable + "the issuer is not known")
	case v.Text != j.e.Issuer:
		return c.fail(issuerDifference(j.e.Issuer, v.Text), "")
	}
	return c.pass("The issuer is the one whose metadata was read, byte by byte.")
}

// issuerDifference says which of the usual differences it is, and where it starts.
func issuerDifference(want, got string) string {
	class := "The token comes from another issuer"
	w, wantErr := url.Parse(want)
	g, gotErr := url.Parse(got)
	switch {
	case strings.TrimSuffix(want, "/") == strings.TrimSuffix(got, "/"):
		class = "They differ in a trailing slash only, which counts"
	case strings.EqualFold(want, got):
		class = "They differ in upper and lower case only, which counts"
	case wantErr != nil || gotErr != nil:
	case w.Scheme != g.Scheme && w.Host == g.Host && w.Path == g.Path:
		class = fmt.Sprintf("They differ in %s and %s, as behind a proxy that ends TLS", w.Scheme, clip(g.Scheme, 20))
	case w.Host != g.Host && w.Path == g.Path:
		class = "They differ in the host: an internal name, or a custom domain beside the default one"
	case w.Host == g.Host:
		class = "The host is the same, the path is not: another tenant, realm or version"
	}
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	return fmt.Sprintf("%s; the first difference is at byte %d: %s instead of %s.", class, at+1, byteAt(got, at), byteAt(want, at))
}

func byteAt(s string, i int) string {
	if i >= len(s) {
		return "the end"
	}
	if c := s[i]; c < ' ' || c > '~' {
		return fmt.Sprintf("0x%02x", c)
	}
	return fmt.Sprintf("%q", s[i:i+1])
}

// sub is only looked for here: it is compared with UserInfo and with the first ID token.
func (j judge) sub() Check {
	c, v, ok := j.claim("sub", core("2"))
	c.Want = "a string"
	const limit = 255
	switch {
	case c.Status != "":
		return c
	case !ok || v.Kind == String && v.Text == "":
		return c.fail("Every ID token must name its subject, the user.", "")
	case v.Kind != String:
		return c.mistyped(v)
	case len(v.Text) > limit:
		return c.pass(fmt.Sprintf("It names the user, but with %d bytes: no more than %d are allowed.", len(v.Text), limit))
	}
	return c.pass("It names the user.")
}

// aud must list the client. Whether further audiences are trusted is the client's to know (§3.1.3.7(3)): they are named
// here, and azp has to say that the token was issued to this client.
func (j judge) aud() Check {
	c, v, ok := j.claim("aud", core("3.1.3.7(3)"))
	c.Want = j.e.ClientID
	all := j.t.Audience()
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail("Every ID token must name the client it is for.", core("2"))
	case v.Kind != String && v.Kind != Array || len(all) != max(len(v.Elems), 1):
		return c.fail("It must be a string, or an array of strings.", "RFC 7519 §4.1.3")
	}
	c.Got = clip(strings.Join(all, ", "), 200)
	switch {
	case j.e.ClientID == "":
		return c.skip(notCheckable + "the client id is not known")
	case !slices.Contains(all, j.e.ClientID):
		return c.fail("The token was issued for somebody else.", "")
	}
	others := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == j.e.ClientID })
	if len(others) > 0 {
		return c.pass(fmt.Sprintf("It is for this client, and also for %s: a client must reject the token if it does not trust them all.",
			clip(strings.Join(others, ", "), 200)))
	}
	return c.pass("It is for this client and no other.")
}

// azp names the client a token was issued to: needed among several audiences, and never another client's.
func (j judge) azp() Check {
	c, v, ok := j.claim("azp", core("3.1.3.7(5)"))
	c.Want = j.e.ClientID
	switch {
	case c.Status != "":
		return c
	case !ok && len(j.t.Audience()) > 1:
		return c.fail("With several audiences the token should say which client it was issued to.", core("3.1.3.7(4)"))
	case !ok:
		return c.skip("Absent, as it may be with one audience.")
	case v.Kind != String:
		return c.mistyped(v)
	case j.e.ClientID == "":
		return c.skip(notCheckable + "the client id is not known")
	case v.Text != j.e.ClientID:
		return c.fail("The token was issued to another client.", "")
	}
	return c.pass("The token was issued to this client.")
}
