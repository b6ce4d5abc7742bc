package profile

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode"
)

// The checks of a form's fields, made as each is left. An error says what is wrong and what to do.

// CheckIssuer checks an issuer (OpenID Connect Discovery 1.0 §3, RFC 8414 §2).
func CheckIssuer(s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return errors.New("the issuer is the tenant's URL, such as https://my-app.authgear.cloud")
	case strings.ContainsFunc(s, unicode.IsSpace):
		return errors.New("the issuer has a space in it, which a URL cannot have")
	case hasPassword(s):
		return errors.New("the issuer holds a user name or password: leave them out")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%q is not a URL: it begins with https://", s)
	case strings.Contains(u.Path, "/.well-known/"):
		return errors.New("this is the address of the metadata: the issuer is what stands in it as issuer")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("an issuer has neither ? nor #")
	}
	return nil
}

// IssuerWarning says what may be meant otherwise in an issuer that is allowed, or "".
func IssuerWarning(s string) string {
	u, err := url.Parse(s)
	if err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return "http to another machine: tokens and secrets travel readable for everybody on the way"
	}
	return ""
}

// CheckEndpoint checks an endpoint given by hand; "" is none.
func CheckEndpoint(name, s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return nil
	case hasPassword(s):
		return fmt.Errorf("%s holds a user name or password: leave them out", name)
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%s is not a URL: it begins with https://", name)
	case strings.Contains(s, "#"):
		return fmt.Errorf("%s has a #, which RFC 6749 §3.1 forbids", name)
	}
	return nil
}

// CheckClientID checks a client id (RFC 6749 §2.2, Appendix A.1).
func CheckClientID(s string) error {
	switch {
	case s == "":
		return errors.New("the client id is missing: the tenant's settings show it beside the application")
	case strings.TrimSpace(s) != s:
		return errors.New("the client id has a space or a line break at its end, from copying perhaps")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u00a0' || r == '\u200b' || r == '\ufeff' }):
		return errors.New("the client id has a character that cannot be seen: type it, or copy it again")
	case quotedBy(s, `"'`+"`"):
		return errors.New("the client id stands in quotes: leave them out")
	case isPlaceholder(s):
		return fmt.Errorf("%q stands for a client id in examples: the tenant's settings have yours", s)
	case strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") >= 2:
		return errors.New("this is a token, not a client id")
	}
	return nil
}

// ClientIDWarning says what may be wrong with a client id that is allowed, or "".
func ClientIDWarning(s string) string {
	switch low := strings.ToLower(s); {
	case strings.HasPrefix(s, "GOCSPX-"), strings.Contains(low, "secret"), strings.Contains(s, "~") && len(s) >= 34:
		return "this looks like a client secret: is it the client id?"
	case len(s) >= 48 && !strings.ContainsAny(s, ".:/@"):
		return "this is long for a client id: is it the client secret?"
	case strings.ContainsAny(s, " \t"):
		return "the client id has a space in it: is it the name of the application?"
	}
	return ""
}

// CheckRedirectURI checks a redirect URI (RFC 6749 §3.1.2). Whether it can be listened at says [ReadRedirect].
func CheckRedirectURI(s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return nil // the default
	case strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsSpace):
		return errors.New("the redirect URI has a space in it: it must be exactly what is registered")
	case err != nil || u.Scheme == "":
		return errors.New("the redirect URI is not an absolute URI: it is literally what is registered, such as http://127.0.0.1:8976/callback")
	case strings.Contains(s, "#"):
		return errors.New("the redirect URI has a #, which RFC 6749 §3.1.2 forbids")
	case strings.Contains(s, "*"):
		return errors.New("the redirect URI has a *: what is sent is one URI, without it")
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return errors.New("the redirect URI has no host")
	}
	return nil
}

// CheckLogoutURI checks where a logout comes back to (OpenID Connect RP-Initiated Logout 1.0 §2); "" is the default.
func CheckLogoutURI(s string) error {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return nil
	case strings.ContainsFunc(s, unicode.IsSpace):
		return errors.New("the address has a space in it: it must be exactly what is registered")
	case hasPassword(s):
		return errors.New("the address holds a user name or password: leave them out")
	case err != nil || u.Scheme == "" || (u.Scheme == "http" || u.Scheme == "https") && u.Host == "":
		return errors.New("this is not an absolute URI: it is literally what is registered, such as http://127.0.0.1:8976/")
	case strings.Contains(s, "*"):
		return errors.New("the address has a *: what is sent is one URI, without it")
	}
	return nil
}

// CheckScope checks a list of scopes, separated by spaces (RFC 6749 §3.3).
func CheckScope(s string) error {
	if strings.Contains(s, ",") {
		return errors.New("scopes are separated by spaces, not commas (RFC 6749 §3.3)")
	}
	for _, scope := range strings.Fields(s) {
		for _, r := range scope {
			if r < 0x21 || r > 0x7e || r == '"' || r == '\\' {
				return fmt.Errorf("scope %q has a character that no scope can have (RFC 6749 §3.3)", scope)
			}
		}
		if strings.Contains(scope, "+") && strings.Contains(scope, "openid") {
			return fmt.Errorf("%q has a + in it: that is how a URL writes a space", scope)
		}
	}
	return nil
}

// ScopeWarning says what a list of scopes lacks that most people want, or "".
func ScopeWarning(s string) string {
	scopes := strings.Fields(s)
	has := func(name string) bool {
		for _, x := range scopes {
			if x == name {
				return true
			}
		}
		return false
	}
	switch {
	case len(scopes) == 0:
		return "without a scope many servers answer with an error or with a default of theirs"
	case !has("openid"):
		return "without openid this is plain OAuth 2.0: there is no ID token, and Authgear refuses it"
	case !has("offline_access"):
		return "without offline_access most servers give no refresh token"
	}
	return ""
}

func quotedBy(s, quotes string) bool {
	return strings.ContainsRune(quotes, rune(s[0])) || strings.ContainsRune(quotes, rune(s[len(s)-1]))
}

func isPlaceholder(s string) bool {
	low := strings.ToLower(strings.Trim(s, "<>{}[]$%"))
	low = strings.NewReplacer("-", "_", " ", "_").Replace(low)
	if low != strings.ToLower(s) && strings.ContainsAny(s, "<>{}$%") {
		return true
	}
	switch low {
	case "client_id", "clientid", "your_client_id", "my_client_id", "yourclientid", "id", "xxx", "changeme", "todo", "undefined", "null":
		return true
	}
	return strings.Contains(low, "your_client")
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
