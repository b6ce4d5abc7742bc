package flow

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
)

// DefaultRedirectURI is where answers are received unless something else is asked for.
const DefaultRedirectURI = "http://127.0.0.1:8976/callback"

// DefaultScope is what is asked for unless something else is.
const DefaultScope = "openid offline_access"

// DefaultLeeway is how far clocks may be apart (RFC 7519 §4.1.4: "no more than a few minutes").
const DefaultLeeway = 10 * time.Second

// Validate says what of the settings cannot work, each problem with what to do.
func (c Config) Validate() error {
	var problems []error
	if err := checkIssuer(c.Issuer); err != nil && (c.Issuer != "" || !c.Endpoints.Suffice()) {
		problems = append(problems, err)
	}
	problems = append(problems, checkEndpoints(c.Endpoints)...)
	if c.ClientID == "" {
		problems = append(problems, errors.New("no client id: --client-id ID gives it"))
	}
	if u, err := url.Parse(c.RedirectURI); err != nil || u.Scheme == "" {
		problems = append(problems, fmt.Errorf("redirect URI %q is not an absolute URI: --redirect-uri wants one as it is registered, such as %s", c.RedirectURI, DefaultRedirectURI))
	} else if u.Fragment != "" {
		problems = append(problems, fmt.Errorf("redirect URI %q has a fragment, which RFC 6749 §3.1.2 forbids", c.RedirectURI))
	}
	problems = append(problems, c.checkClientAuth()...)
	if u, err := url.Parse(c.PostLogoutURI); c.PostLogoutURI != "" && (err != nil || u.Scheme == "") {
		problems = append(problems, fmt.Errorf("--post-logout-uri %q is not an absolute URI: it wants one as it is registered", c.PostLogoutURI))
	}
	if c.Leeway < 0 {
		problems = append(problems, fmt.Errorf("--leeway %s is negative", c.Leeway))
	}
	if c.ResponseMode != "" && !slices.Contains(ResponseModes, c.ResponseMode) {
		problems = append(problems, fmt.Errorf("--response-mode %q is not known: %s are", c.ResponseMode, strings.Join(ResponseModes, ", ")))
	}
	for _, p := range c.Params {
		if reserved[p.Name] {
			problems = append(problems, fmt.Errorf("--param %s=…: authscope sets %s itself and checks it", p.Name, p.Name))
		}
	}
	return errors.Join(problems...)
}

// ResponseModes are the ways of answering that authscope can receive (OAuth 2.0 Multiple Response Type Encoding Practices
// §2.1, OAuth 2.0 Form Post Response Mode). The first is the default of response_type=code.
var ResponseModes = []string{"query", "fragment", "form_post"}

// reserved are parameters whose value is checked when the answer comes.
var reserved = map[string]bool{"state": true, "nonce": true, "code_challenge": true, "code_challenge_method": true,
	"client_id": true, "redirect_uri": true, "response_type": true, "scope": true}

func checkIssuer(issuer string) error {
	u, err := url.Parse(issuer)
	switch {
	case issuer == "":
		return errors.New("no issuer: --issuer URL gives it, such as https://my-app.authgear.cloud")
	case err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "":
		return fmt.Errorf("issuer %q is not an https URL: take it from the tenant's settings, such as https://my-app.authgear.cloud", issuer)
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("issuer %q has a query or a fragment, which OpenID Connect Discovery §3 forbids", issuer)
	case strings.Contains(u.Path, "/.well-known/"):
		i := strings.Index(issuer, "/.well-known/")
		return fmt.Errorf("issuer %q is the address of the metadata: the issuer is %s", issuer, issuer[:i])
	case u.User != nil:
		return errors.New("the issuer holds a user name or password: leave them out")
	}
	return nil
}

// checkEndpoints says what is wrong with endpoints given by hand (RFC 6749 §3.1, §3.2).
func checkEndpoints(e trace.Endpoints) (problems []error) {
	for name, value := range e.All() {
		u, err := url.Parse(value)
		switch {
		case err != nil:
			problems = append(problems, fmt.Errorf("%s is not a URL", name))
		case u.User != nil:
			problems = append(problems, fmt.Errorf("%s holds a user name or password: leave them out", name))
		case (u.Scheme != "https" && u.Scheme != "http") || u.Host == "":
			problems = append(problems, fmt.Errorf("%s %q is not an https URL", name, value))
		case u.Fragment != "":
			problems = append(problems, fmt.Errorf("%s %q has a fragment, which RFC 6749 §3.1 forbids", name, value))
		}
	}
	return problems
}
