package story

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// mayBeMAC judges an ID token with a MAC: OpenID Connect Core §3.1.3.7(8) allows one with the client's secret, for a
// client that has one. Where the secret was sent with the token request it is checked, else it cannot be.
func (s *Story) mayBeMAC(t *Token, checks []jwtview.Check) []jwtview.Check {
	auth := s.ClientAuth().Method
	if auth == trace.AuthNone || auth == "" || !strings.HasPrefix(t.View.Alg(), "HS") {
		return checks
	}
	for i := range checks {
		if c := &checks[i]; c.ID == "signature" && c.Status == jwtview.Failed {
			*c = s.mac(t, *c)
		}
	}
	return checks
}

const specMAC = "OpenID Connect Core §3.1.3.7(8)"

// mac checks the MAC of t with the secret that its token request proved the client with.
func (s *Story) mac(t *Token, c jwtview.Check) jwtview.Check {
	secret := sentSecret(t.Call)
	if secret == "" || trace.IsAlias(secret) {
		c.Status, c.Detail = jwtview.NotApplicable, "Not checkable: it is a MAC with the client's secret, which is not in the trace ("+specMAC+")."
		return c
	}
	c = t.View.CheckSignature(jwtview.ReadSecret([]byte(secret), jwtview.AsText))
	c.Spec = specMAC
	if m := s.metadata; c.Status == jwtview.Passed && m != nil && len(m.IDTokenAlgs) > 0 && !slices.Contains(m.IDTokenAlgs, t.View.Alg()) {
		c.Status, c.Want, c.Got = jwtview.Failed, strings.Join(m.IDTokenAlgs, ", "), t.View.Alg()
		c.Detail = "The MAC is made with the client's secret, but the issuer does not list this algorithm in id_token_signing_alg_values_supported."
	}
	return c
}

// sentSecret returns the client secret that a request carries (RFC 6749 §2.3.1), or "".
func sentSecret(c *Call) string {
	if secret := c.Request.form.Get("client_secret"); secret != "" {
		return secret
	}
	scheme, encoded, _ := strings.Cut(c.Request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return ""
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	_, secret, ok := strings.Cut(string(b), ":")
	if err != nil || !ok {
		return ""
	}
	if decoded, err := url.QueryUnescape(secret); err == nil {
		return decoded
	}
	return secret
}
