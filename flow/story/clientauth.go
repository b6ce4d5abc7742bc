package story

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Assertion is a client assertion as it was sent (RFC 7523 §3). What is absent is empty.
type Assertion struct {
	Alg, KeyID   string
	Issuer, Sub  string
	Audience     []string
	JTI          string
	Issued, Ends time.Time
}

// Assertion reads the client assertion of a request, and reports whether there is one that can be read.
func (c *Call) Assertion() (a Assertion, ok bool) {
	text := c.Request.form.Get("client_assertion")
	if text == "" || len(text) > 64<<10 {
		return a, false
	}
	t := jwtview.Decode(text)
	a = Assertion{Alg: t.Alg(), KeyID: t.Kid(), Audience: t.Audience()}
	a.Issuer, _ = t.Claims.Str("iss")
	a.Sub, _ = t.Claims.Str("sub")
	a.JTI, _ = t.Claims.Str("jti")
	a.Issued, _ = t.Time("iat")
	a.Ends, _ = t.Time("exp")
	return a, t.Format == jwtview.FormatJWT
}

// SentAuth says how a request authenticates the client, from its bytes. Two methods look like another on the wire: Basic
// without form-encoding, and a certificate for which no server has asked yet. There it goes by ClientAuth.
func (s *Story) SentAuth(c *Call) trace.AuthMethod {
	chosen := s.ClientAuth().Method
	scheme, _, _ := strings.Cut(c.Request.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		if chosen == trace.AuthBasicRaw {
			return chosen
		}
		return trace.AuthBasic
	case c.Request.form.Has("client_secret"):
		return trace.AuthPost
	case c.Request.form.Has("client_assertion"):
		if a, _ := c.Assertion(); strings.HasPrefix(a.Alg, "HS") {
			return trace.AuthSecretJWT
		}
		return trace.AuthKeyJWT
	case c.Request.form.Has("client_id") && chosen.MutualTLS():
		return chosen
	case c.Request.form.Has("client_id") && c.TLS != nil && c.TLS.Client == trace.CertificateSent:
		return trace.AuthTLS
	case s.recording != nil && (s.recording.Sanitized || c.Missing):
		return "" // what would tell is not in the recording
	}
	return trace.AuthNone
}

// authRows explain the client authentication of a request, beside what the server lists. There are none for a client
// that proves nothing.
func (s *Story) authRows(c *Call) (rows []Row) {
	if c.Request.Method != http.MethodPost || c.Request.form == nil {
		return nil
	}
	m := s.SentAuth(c)
	if m == trace.AuthNone || m == "" {
		return nil
	}
	r := Row{Name: "method", Value: string(m)}
	if chosen := s.ClientAuth(); chosen.Method == m {
		r.Note = chosen.Reason
	}
	rows = append(rows, r)
	if m == trace.AuthBasicRaw {
		rows = append(rows, Row{Name: "encoding", Value: "none", Note: "not RFC 6749 §2.3.1, which wants both halves form-encoded first"})
	}
	rows = append(rows, s.listedRow(m))
	if m.Assertion() {
		rows = append(rows, s.assertionRows(c)...)
	}
	if m.MutualTLS() {
		rows = append(rows, s.proofRows(c)...)
	}
	return rows
}

// listedRow puts what the server lists beside the method.
func (s *Story) listedRow(m trace.AuthMethod) Row {
	r := Row{Name: "server lists", Note: "token_endpoint_auth_methods_supported"}
	switch {
	case s.metadata == nil:
		r.Absent, r.Normal, r.Note = true, true, "the metadata is not known"
	case s.metadata.TokenAuthMethods == nil:
		r.Absent, r.Normal, r.Note = true, true, "no list in the metadata: then client_secret_basic holds (OpenID Connect Discovery §3)"
	default:
		r.Value, r.List = strings.Join(s.metadata.TokenAuthMethods, " "), true
		if !slices.Contains(s.metadata.TokenAuthMethods, m.Registered()) {
			r.Bad, r.Note = true, "without the method that is used"
		}
	}
	return r
}

func (s *Story) assertionRows(c *Call) (rows []Row) {
	a, ok := c.Assertion()
	if !ok {
		return []Row{{Name: "assertion", Value: "cannot be read as a JWT", Bad: true}}
	}
	alg := Row{Name: "alg", Value: a.Alg, Note: "signs the assertion"}
	if key := s.ClientAuth().Key; key != "" {
		alg.Note = "signed with: " + key
	}
	if s.metadata != nil && s.metadata.TokenAuthAlgs != nil && !slices.Contains(s.metadata.TokenAuthAlgs, a.Alg) {
		alg.Bad, alg.Note = true, "the server lists "+clip(strings.Join(s.metadata.TokenAuthAlgs, ", "), 120)
	}
	kid := Row{Name: "kid", Value: a.KeyID, Note: "which of the client's keys"}
	if kid.Value == "" {
		kid.Absent, kid.Normal = true, true
		kid.Note = "not named: the server tries the keys that are registered"
	}
	rows = append(rows, alg)
	if !strings.HasPrefix(a.Alg, "HS") {
		rows = append(rows, kid)
	}
	aud := Row{Name: "aud", Value: strings.Join(a.Audience, " "), List: len(a.Audience) > 1}
	aud.Note, aud.Bad = s.audienceNote(a.Audience)
	client := Row{Name: "iss, sub", Value: a.Issuer, Note: "the client, twice"}
	if a.Issuer != a.Sub || a.Issuer == "" {
		client.Value, client.Bad, client.Note = a.Issuer+", "+a.Sub, true, "both must be the client id (RFC 7523 §3)"
	}
	life := a.Ends.Sub(a.Issued)
	return append(rows, client, aud,
		Row{Name: "iat, exp", Value: stamp(a.Issued) + ", " + stamp(a.Ends), Note: "lives " + Lifetime(life)},
		Row{Name: "jti", Value: a.JTI, Note: "new for every request: good for once"})
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "absent"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// audienceNote says which of the two audiences that are usual it is.
func (s *Story) audienceNote(aud []string) (note string, bad bool) {
	switch m := s.metadata; {
	case m == nil:
		return "who it is for", false
	case slices.Contains(aud, m.TokenEndpoint):
		return "the token endpoint (RFC 7523 §3); newer rules want the issuer alone: --client-assertion-aud issuer", false
	case slices.Contains(aud, m.Issuer):
		return "the issuer, as the revision of RFC 7523 demands", false
	}
	return "neither the token endpoint nor the issuer", true
}

// proofRows tell of the client's certificate.
func (s *Story) proofRows(c *Call) []Row {
	cert := s.ClientAuth().Shown
	use := trace.CertificateUse("")
	if c.TLS != nil {
		use = c.TLS.Client
		if c.TLS.Sent != nil {
			cert = c.TLS.Sent
		}
	}
	rows := certificateRows("certificate", cert)
	if c.Response == nil && use == "" {
		return rows
	}
	r := Row{Name: "sent", Value: "yes", Note: "the server asked for it"}
	switch use {
	case trace.CertificateNotAsked:
		r.Value, r.Bad, r.Note = "no", true, "the server did not ask for a certificate, so none was sent"
	case trace.CertificateMissing:
		r.Value, r.Bad, r.Note = "no", true, "the server asked, and there was none"
	case "":
		r.Value, r.Note = "not known", "it was not seen whether the server asked"
		if c.TLS == nil {
			r.Value, r.Bad, r.Note = "no", true, "the connection has no TLS"
		}
	}
	return append(rows, r)
}

func certificateRows(name string, c *trace.Certificate) []Row {
	if c == nil {
		return nil
	}
	issuer := Row{Name: name + " issuer", Value: c.Issuer, Note: "who signed it"}
	if c.SelfSigned {
		issuer.Note = "signed by itself"
	}
	subject := Row{Name: name, Value: c.Subject, Note: "whose it is"}
	if len(c.Names) > 0 {
		subject.Note = "for " + clip(strings.Join(c.Names, ", "), 80)
	}
	return []Row{subject, issuer,
		{Name: name + " until", Value: stamp(c.NotAfter), Note: "from " + stamp(c.NotBefore)},
		{Name: "x5t#S256", Value: c.Thumbprint, Note: "its SHA-256 (RFC 8705 §3.1)"}}
}

// connectionRows tell of the proxy and the TLS that a call went through.
func (c *Call) connectionRows() []Row {
	var rows []Row
	if c.Proxy != "" {
		rows = append(rows, Row{Name: "proxy", Value: c.Proxy, Note: "the environment names it: HTTPS_PROXY, HTTP_PROXY; NO_PROXY goes past it"})
	}
	t := c.TLS
	if t == nil {
		return rows
	}
	if t.Version != "" {
		rows = append(rows, Row{Name: "version", Value: t.Version, Note: t.Cipher})
	}
	rows = append(rows, certificateRows("server", t.Server)...)
	if c.State == Broken && c.ErrClass == trace.ErrTLS && t.Server != nil && t.Version == "" {
		server := slices.IndexFunc(rows, func(r Row) bool { return r.Name == "server" })
		rows[server].Bad, rows[server].Note = true, "not accepted: see no answer"
	}
	words := map[trace.CertificateUse][2]string{
		trace.CertificateNotAsked: {"not asked for", "the server wants none on this connection"},
		trace.CertificateMissing:  {"asked for, none sent", "the server can do without, or refuses"},
		trace.CertificateSent:     {"sent", "the server asked for one"},
	}
	if w, ok := words[t.Client]; ok {
		rows = append(rows, Row{Name: "client certificate", Value: w[0], Note: w[1]})
	}
	if t.Sent != nil {
		rows = append(rows, Row{Name: "of", Value: t.Sent.Subject, Note: fmt.Sprintf("x5t#S256 %s", t.Sent.Thumbprint)})
	}
	return rows
}
