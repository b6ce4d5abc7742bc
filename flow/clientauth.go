package flow

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// This file is the home of client authentication (RFC 6749 §2.3): which method there is, and what it adds to a request.
// Assertions are made in assertion.go.

// checkClientAuth says what is wrong with the method that was asked for.
func (c Config) checkClientAuth() (problems []error) {
	m := c.ClientAuth
	switch {
	case m != "" && !slices.Contains(trace.AuthMethods, m):
		problems = append(problems, fmt.Errorf("client authentication %.40q is not known: %s are", m, MethodNames()))
	case m.Secret() && c.ClientSecret.IsZero():
		problems = append(problems, fmt.Errorf("--client-auth %s needs a secret: --client-secret-file F names the file that holds it", m))
	case m == trace.AuthKeyJWT && c.ClientKey == nil:
		problems = append(problems, fmt.Errorf("--client-auth %s needs a private key: --client-key-file F names the file that holds it, PEM or JWK", m))
	case m.MutualTLS() && c.ClientCertificate == nil:
		problems = append(problems, fmt.Errorf("--client-auth %s needs a certificate: --client-cert-file F names the file that holds it, PEM", m))
	}
	if alg := c.Assertion.Alg; alg != "" && !slices.Contains(c.assertionAlgs(), alg) {
		problems = append(problems, fmt.Errorf("--client-assertion-alg %.20q does not go with what signs: %s do", alg, orText(strings.Join(c.assertionAlgs(), ", "), "none")))
	}
	if aud := c.Assertion.Audience; strings.TrimSpace(aud) != aud {
		problems = append(problems, fmt.Errorf("--client-assertion-aud %q begins or ends with a space", aud))
	}
	return problems
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// MethodNames lists the methods of client authentication for a sentence.
func MethodNames() string {
	var names []string
	for _, m := range trace.AuthMethods {
		names = append(names, string(m))
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// ChooseClientAuth returns the method with which this client authenticates at a server with the metadata m, nil if it
// is not known, and why. What was asked for goes first; else it follows from what the client has and the server lists.
func (c Config) ChooseClientAuth(m *story.Metadata) (method trace.AuthMethod, reason string) {
	var listed []string
	if m != nil {
		listed = m.TokenAuthMethods
	}
	has := func(method trace.AuthMethod) bool { return slices.Contains(listed, string(method)) }
	proof := !c.ClientSecret.IsZero() || c.ClientKey != nil || c.ClientCertificate != nil
	switch {
	case c.ClientAuth == trace.AuthNone && c.ClientAuthReason == "" && !proof:
		return c.ClientAuth, "the client has no secret, key or certificate"
	case c.ClientAuth != "":
		return c.ClientAuth, orText(c.ClientAuthReason, "it was asked for")
	case c.ClientCertificate != nil:
		return chooseTLS(c.ClientCertificate.about.SelfSigned, has)
	case c.ClientKey != nil:
		return trace.AuthKeyJWT, "the client has a private key" + whether(m, has(trace.AuthKeyJWT))
	case c.ClientSecret.IsZero():
		return trace.AuthNone, "the client has no secret, key or certificate"
	case m == nil || listed == nil:
		return trace.AuthBasic, "the client has a secret, and where the metadata has no token_endpoint_auth_methods_supported, client_secret_basic holds (OpenID Connect Discovery §3, RFC 8414 §2)"
	}
	for _, method := range []trace.AuthMethod{trace.AuthBasic, trace.AuthPost, trace.AuthSecretJWT} {
		if has(method) {
			return method, "the client has a secret, and of the methods for one the metadata lists " + among(has)
		}
	}
	return trace.AuthBasic, "the client has a secret, and the metadata lists no method for one"
}

// among lists the methods for a secret that the metadata has.
func among(has func(trace.AuthMethod) bool) string {
	var all []string
	for _, m := range []trace.AuthMethod{trace.AuthBasic, trace.AuthPost, trace.AuthSecretJWT} {
		if has(m) {
			all = append(all, string(m))
		}
	}
	if len(all) == 1 {
		return all[0] + " alone"
	}
	return strings.Join(all, ", ") + "; the first is taken"
}

func whether(m *story.Metadata, listed bool) string {
	switch {
	case m == nil || m.TokenAuthMethods == nil:
		return "; the metadata has no list of methods"
	case listed:
		return ", and the metadata lists the method"
	}
	return "; the metadata does not list the method"
}

// chooseTLS tells the two methods of RFC 8705 apart. On the wire they are the same.
func chooseTLS(selfSigned bool, has func(trace.AuthMethod) bool) (trace.AuthMethod, string) {
	pki, self := has(trace.AuthTLS), has(trace.AuthSelfSignedTLS)
	switch {
	case self && !pki:
		return trace.AuthSelfSignedTLS, "the client has a certificate, and of the methods for one the metadata lists self_signed_tls_client_auth alone"
	case pki && !self:
		return trace.AuthTLS, "the client has a certificate, and of the methods for one the metadata lists tls_client_auth alone"
	case selfSigned:
		return trace.AuthSelfSignedTLS, "the client has a certificate that is signed by itself"
	}
	return trace.AuthTLS, "the client has a certificate from an authority"
}

// clientAuth returns how this client authenticates, and records it where that is new.
func (r *runner) clientAuth() trace.ClientAuth {
	var m *story.Metadata
	r.Read(func(s *story.Story) { m = s.Metadata() })
	a := trace.ClientAuth{}
	a.Method, a.Reason = r.cfg.ChooseClientAuth(m)
	switch {
	case a.Method.Assertion():
		r.cfg.describeSigner(&a, m)
	case a.Method.MutualTLS() && r.cfg.ClientCertificate != nil:
		a.Shown = r.cfg.ClientCertificate.about
	}
	r.mu.Lock()
	changed := r.auth != a
	r.auth = a
	r.mu.Unlock()
	if changed {
		r.Log.Append(0, a)
	}
	return a
}

// endpoint returns where this client finds an endpoint of the metadata (RFC 8705 §5).
func (r *runner) endpoint(u string) string {
	if !r.clientAuth().Method.MutualTLS() {
		return u
	}
	m := r.metadata()
	return m.MTLS(u)
}

// libraryCan reports whether x/oauth2 can send the client's authentication. Where it cannot, postToken does.
func (r *runner) libraryCan() bool {
	switch r.clientAuth().Method {
	case trace.AuthNone, trace.AuthBasic, trace.AuthPost, trace.AuthTLS, trace.AuthSelfSignedTLS:
		return true
	}
	return false
}

// oauth2 is the client's configuration for x/oauth2. AuthStyle is always set: with its zero value
// the library sends a token request twice, and reports the error of the second.
func (r *runner) oauth2(authURL, tokenURL string) *oauth2.Config {
	c := &oauth2.Config{
		ClientID: r.cfg.ClientID, RedirectURL: r.cfg.RedirectURI, Scopes: r.cfg.Scopes(),
		Endpoint: oauth2.Endpoint{AuthURL: authURL, TokenURL: r.endpoint(tokenURL), AuthStyle: oauth2.AuthStyleInParams},
	}
	switch r.clientAuth().Method {
	case trace.AuthBasic:
		c.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
		c.ClientSecret = r.cfg.ClientSecret.Reveal()
	case trace.AuthPost:
		c.ClientSecret = r.cfg.ClientSecret.Reveal()
	}
	return c
}

// newPOST makes a form request with the client's authentication. endpoint is one of the metadata's; a client with a
// certificate goes to its alias.
func (r *runner) newPOST(endpoint string, form url.Values) (*http.Request, error) {
	a := r.clientAuth()
	if err := r.authenticate(a, form); err != nil {
		return nil, err
	}
	u := r.endpoint(endpoint)
	req, err := http.NewRequest(http.MethodPost, u, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("make a request for %q: %w", u, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	id, secret := r.cfg.ClientID, r.cfg.ClientSecret.Reveal()
	switch a.Method {
	case trace.AuthBasic: // RFC 6749 §2.3.1: both halves are form-encoded first
		req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	case trace.AuthBasicRaw: // RFC 7617 alone
		req.SetBasicAuth(id, secret)
	}
	return req, nil
}

// authenticate adds to form what the method has there.
func (r *runner) authenticate(a trace.ClientAuth, form url.Values) error {
	switch a.Method {
	case trace.AuthNone, trace.AuthTLS, trace.AuthSelfSignedTLS: // RFC 6749 §3.2.1, RFC 8705 §2
		form.Set("client_id", r.cfg.ClientID)
	case trace.AuthPost: // RFC 6749 §2.3.1
		form.Set("client_id", r.cfg.ClientID)
		form.Set("client_secret", r.cfg.ClientSecret.Reveal())
	case trace.AuthSecretJWT, trace.AuthKeyJWT: // RFC 7523 §2.2
		assertion, err := r.assertion(a)
		if err != nil {
			return err
		}
		form.Set("client_id", r.cfg.ClientID)
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	}
	return nil
}
