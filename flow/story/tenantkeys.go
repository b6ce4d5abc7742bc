package story

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// KeySet is the tenant's JWK set, with what is known of its age.
type KeySet struct {
	Call *Call
	Keys []PublishedKey
	More int // keys beyond those that are read

	At       time.Time     // when the answer came
	Age      time.Duration // how long a cache had kept it by then (Age, RFC 9111 §5.1)
	Aged     bool          // Age was there
	FreshFor time.Duration // how long it may be kept (max-age, RFC 9111 §5.2.2.1)
	Fresh    bool          // that was said
	Changed  time.Time     // Last-Modified, or zero
}

// PublishedKey is one key of the set.
type PublishedKey struct {
	jwtview.Key
	N       int    // its place, from 1
	Curve   string // crv
	Print   string // its thumbprint (RFC 7638)
	Private []string
	Secret  bool               // a symmetric key
	Cert    *trace.Certificate // the first of x5c
	Chain   int                // how many x5c has
	CertErr string
	Since   time.Time // when it was made, or began to hold
	From    string    // what tells that
	JSON    jwtview.Value
}

// Age says how old the key is known to be by now, and by what; "not told" if by nothing.
func (k *PublishedKey) Age(now time.Time) string {
	if k.Since.IsZero() || k.Since.After(now) {
		return "not told"
	}
	return Lifetime(now.Sub(k.Since).Truncate(time.Second)) + ", by " + k.From
}

// AgeText says how old the set is, as far as headers tell.
func (s *KeySet) AgeText() string {
	var said []string
	if s.Aged {
		said = append(said, "a cache had kept it for "+Lifetime(s.Age))
	}
	if s.Fresh {
		said = append(said, "may be kept for "+Lifetime(s.FreshFor))
	}
	if !s.Changed.IsZero() {
		said = append(said, "last changed "+s.Changed.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if len(said) == 0 {
		return "how long it may be kept is not told"
	}
	return strings.Join(said, ", ")
}

func readKeySet(c *Call, keys jwtview.Keys) *KeySet {
	s := &KeySet{Call: c, At: c.DoneAt, More: max(0, len(keys)-maxKeys)}
	s.headers(c.Response.Header)
	set, _ := c.Response.JSON.Get("keys")
	for i, k := range keys[:len(keys)-s.More] {
		raw := c.Response.JSON
		if i < len(set.Elems) {
			raw = set.Elems[i]
		}
		s.Keys = append(s.Keys, publishedKey(i+1, k, raw))
	}
	return s
}

func (s *KeySet) headers(h trace.Header) {
	if n, err := strconv.Atoi(strings.TrimSpace(h.Get("Age"))); err == nil && n >= 0 && n < 1e9 {
		s.Age, s.Aged = time.Duration(n)*time.Second, true
	}
	for part := range strings.SplitSeq(strings.ToLower(clip(h.Get("Cache-Control"), 500)), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if n, err := strconv.Atoi(strings.Trim(value, `"`)); name == "max-age" && err == nil && n >= 0 && n < 1e9 {
			s.FreshFor, s.Fresh = time.Duration(n)*time.Second, true
		}
	}
	if at, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		s.Changed = at
	}
}

// privateMembers are those of a JWK that make it private (RFC 7518 §6.2.2, §6.3.2).
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth"}

func publishedKey(n int, k jwtview.Key, raw jwtview.Value) PublishedKey {
	p := PublishedKey{Key: k, N: n, Print: k.Thumbprint(), JSON: raw}
	p.Curve, _ = raw.Str("crv")
	if _, there := raw.Get("k"); k.Type == "oct" || there {
		p.Secret = true
	}
	for _, name := range privateMembers {
		if _, there := raw.Get(name); there {
			p.Private = append(p.Private, name)
		}
	}
	p.certificate()
	p.since()
	return p
}

// certificate reads the first certificate of x5c, which is the key's own (RFC 7517 §4.7).
func (k *PublishedKey) certificate() {
	chain, there := k.JSON.Get("x5c")
	if !there {
		return
	}
	if k.Chain = len(chain.Elems); k.Chain == 0 || chain.Elems[0].Kind != jwtview.String {
		k.CertErr = "x5c is no list of certificates"
		return
	}
	text := chain.Elems[0].Text
	if len(text) > 64<<10 {
		k.CertErr = fmt.Sprintf("x5c has a certificate of %d characters, which is not read", len(text))
		return
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		k.CertErr = "x5c is not base64 (RFC 7517 §4.7: base64, not base64url)"
		return
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		k.CertErr = "x5c cannot be read: " + clip(err.Error(), 120)
		return
	}
	k.Cert = trace.DescribeCertificate(cert)
	if pub, ok := k.Public.(interface{ Equal(crypto.PublicKey) bool }); ok && !pub.Equal(cert.PublicKey) {
		k.CertErr = "x5c is the certificate of another key"
	}
}

// since reads when the key was made: Authgear says so; else the certificate tells from when on it holds.
func (k *PublishedKey) since() {
	if v, ok := k.JSON.Get("created_at"); ok && v.Kind == jwtview.Number {
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil && n > 0 && n < 1<<35 {
			k.Since, k.From = time.Unix(n, 0).UTC(), "created_at, which is Authgear's own"
			return
		}
	}
	if k.Cert != nil {
		k.Since, k.From = k.Cert.NotBefore, "its certificate"
	}
}

// Discreet takes out of a value what would make a key in it a private one: it is said that it is there, and no more.
func Discreet(v jwtview.Value) jwtview.Value {
	if v.Kind != jwtview.Object && v.Kind != jwtview.Array {
		return v
	}
	out := jwtview.Value{Kind: v.Kind}
	_, key := v.Get("kty")
	for _, m := range v.Members {
		switch m.Name {
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
			if key { // privateMembers, and that of a symmetric key
				m.Value = jwtview.Value{Kind: jwtview.String, Text: "hidden"}
			}
		}
		m.Value = Discreet(m.Value)
		out.Members = append(out.Members, m)
	}
	for _, e := range v.Elems {
		out.Elems = append(out.Elems, Discreet(e))
	}
	return out
}
