package jwtview

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

func pemOf(t testing.TB, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// certificate is one over the RSA key of the tests.
func certificate(t testing.TB) string {
	t.Helper()
	key := signers()["RSA"].private.(*rsa.PrivateKey)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: now, NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return pemOf(t, "CERTIFICATE", der, err)
}

// A PEM file of any kind verifies what its key signed, whatever kid the token names.
func TestReadKeysPEM(t *testing.T) {
	for _, alg := range []string{"RS256", "ES256", "EdDSA"} {
		signed := Decode(sign(t, alg, "some-kid", goodClaims()))
		private := signerOf(alg).private
		der, err := x509.MarshalPKCS8PrivateKey(private)
		file := pemOf(t, "PRIVATE KEY", der, err)
		keys, err := ReadKeys([]byte("a comment\n" + file))
		if err != nil || len(keys) != 1 || keys[0].private == nil || !keys[0].Private {
			t.Fatalf("%s: %v, %v", alg, keys, err)
		}
		der, err = x509.MarshalPKIXPublicKey(keys[0].Public)
		keys, err = ReadKeys([]byte(pemOf(t, "PUBLIC KEY", der, err) + certificate(t)))
		if err != nil || len(keys) != 2 {
			t.Fatalf("%s: %v", alg, err)
		}
		if c := signed.CheckSignature(keys); c.Status != Passed || !strings.Contains(c.Got, "the PUBLIC KEY of the PEM file") {
			t.Errorf("%s: %s, %s: %s", alg, c.Status, c.Got, c.Detail)
		}
	}
	keys, err := ReadKeys([]byte(certificate(t)))
	if c := Decode(sign(t, "RS256", "", goodClaims())).CheckSignature(keys); err != nil || c.Status != Passed || !strings.Contains(c.Got, "certificate of CN=idp") {
		t.Errorf("certificate: %v, %s: %s", err, c.Got, c.Detail)
	}
}

func TestReadKeysRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"": "empty", " \n": "empty", "hello": "neither a JWK", "[1]": "neither a JWK", "{": "not JSON", `{"a":1}`: `no member "keys"`,
		"-----BEGIN PUBLIC KEY-----\nAAAA": "a line is missing", strings.Repeat(" ", MaxSize+1): "more than",
	} {
		if keys, err := ReadKeys([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, %v; want %q", in, keys, err, want)
		}
	}
	for in, want := range map[string]string{
		pemOf(t, "PUBLIC KEY", []byte("x"), nil): "cannot be read", pemOf(t, "DH PARAMETERS", nil, nil): "not a kind of PEM block",
		`{"kty":"oct"}`: "k of the symmetric key", `{"kty":"oct","k":"!"}`: "k of the symmetric key", `{"keys":[1]}`: "not an object",
	} {
		keys, err := ReadKeys([]byte(in))
		if err != nil || len(keys) != 1 || !strings.Contains(keys[0].Problem, want) {
			t.Errorf("%.60q: %+v, %v; want problem %q", in, keys, err, want)
		}
	}
}

// A secret is never printed, whatever verb it is printed with.
func TestSecretsAreNotPrinted(t *testing.T) {
	keys := ReadSecret([]byte("hunter2hunter2hunter2"), AsText)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, keys); strings.Contains(s, "hunter2") || strings.Contains(s, "104 117 110") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
}

func TestReadSecret(t *testing.T) {
	raw := []byte("0123456789abcdef0123456789abcdef")
	claims := `{"sub":"u"}`
	signed := Decode(mac(t, raw, claims))
	for name, tt := range map[string]struct {
		file string
		as   Reading
		by   string
	}{
		"text":          {string(raw), AnyReading, "secret read as text"},
		"text and line": {string(raw) + "\n", AnyReading, "secret read as text"},
		"base64":        {"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n", AnyReading, "secret read as base64"},
		"hex":           {fmt.Sprintf("%x", raw), AnyReading, "secret read as hex"},
		"hex only":      {fmt.Sprintf("%x", raw), AsHex, "secret read as hex"},
	} {
		c := signed.CheckSignature(ReadSecret([]byte(tt.file), tt.as))
		if c.Status != Passed || !strings.Contains(c.Got, tt.by+" (HS256, secret of 32 bytes)") {
			t.Errorf("%s: %s, %s: %s", name, c.Status, c.Got, c.Detail)
		}
	}
	cut := Decode(mac(t, raw, claims))
	cut.Signature = cut.Signature[:20]
	if c := cut.CheckSignature(ReadSecret(raw, AsText)); c.Status != Failed || !strings.Contains(c.Detail, "the MAC has 20 bytes") {
		t.Errorf("a MAC cut off: %s", c.Detail)
	}
	broken := Decode(mac(t, append(raw, '\n'), claims))
	if c := broken.CheckSignature(ReadSecret(append(raw, '\n'), AnyReading)); !strings.Contains(c.Got, "with the line break at its end") {
		t.Errorf("a secret with a line break: %s: %s", c.Got, c.Detail)
	}
	for _, keys := range []Keys{ReadSecret([]byte("other"), AnyReading), ReadSecret(raw, AsHex), ReadSecret(nil, AnyReading)} {
		if c := signed.CheckSignature(keys); c.Status != Failed && len(keys) > 0 {
			t.Errorf("%s: %s", c.Status, c.Detail)
		}
	}
}

// The public key of an issuer as the secret of a MAC is the oldest attack on JWTs (RFC 8725 §2.1).
func TestPublicKeyIsNoSecret(t *testing.T) {
	der, err := x509.MarshalPKIXPublicKey(signers()["RSA"].private.(*rsa.PrivateKey).Public())
	file := pemOf(t, "PUBLIC KEY", der, err)
	forged := Decode(mac(t, []byte(file), `{"sub":"admin"}`))
	keys, err := ReadKeys([]byte(file))
	if c := forged.CheckSignature(keys); err != nil || c.Status != Failed || !strings.Contains(c.Detail, "Public keys cannot verify it") {
		t.Errorf("%v, %s: %s", err, c.Status, c.Detail)
	}
	both := append(keys, ReadSecret([]byte("another secret"), AsText)...)
	if c := forged.CheckSignature(both); c.Status != Failed || !strings.Contains(c.Detail, "does not go with HS256") {
		t.Errorf("%s: %s", c.Status, c.Detail)
	}
}

func TestAttempts(t *testing.T) {
	jwk := signers()["RSA"].jwk
	set := `{"keys":[` + strings.Join([]string{
		with(jwk, `"kid":"other"`), with(jwk, `"kid":"k1","use":"enc"`), with(jwk, `"kid":"k1","alg":"PS256"`), with(jwk, `"kid":"k1","key_ops":["sign"]`),
		with(signers()["256"].jwk, `"kid":"k1"`), with(rfcRSA, `"kid":"k1"`), with(jwk, `"kid":"k1"`), with(jwk, `"kid":"k1","x":1`),
	}, ",") + "]}"
	keys, err := ReadKeys([]byte(set))
	if err != nil {
		t.Fatal(err)
	}
	all := Decode(sign(t, "RS256", "k1", goodClaims())).Attempts(keys)
	want := []struct {
		outcome Outcome
		why     string
	}{
		{NotNamed, "names kid k1"}, {Refused, "use \"enc\""}, {Refused, "for alg PS256"}, {Refused, "key_ops without verify"},
		{Refused, "does not go with RS256"}, {Mismatch, "another key"}, {Verified, ""}, {NotNeeded, "before it"},
	}
	for i, w := range want {
		if len(all) != len(want) || all[i].Outcome != w.outcome || !strings.Contains(all[i].Why, w.why) {
			t.Fatalf("attempt %d: %+v, want %+v", i, all[min(i, len(all)-1)], w)
		}
	}
	if got := Decode("opaque").Attempts(keys); got != nil {
		t.Errorf("keys were tried on an opaque token: %v", got)
	}
}

// RFC 8037 A.3.
func TestThumbprint(t *testing.T) {
	if got := mustKeys(t, rfcEd25519)[0].Thumbprint(); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("thumbprint is %s", got)
	}
	if got := (Key{}).Thumbprint(); got != "" {
		t.Errorf("thumbprint of nothing is %q", got)
	}
}

// The other blocks in which keys come.
func TestReadKeysBlocks(t *testing.T) {
	rsaKey, ecKey := signers()["RSA"].private.(*rsa.PrivateKey), signers()["256"].private.(*ecdsa.PrivateKey)
	der, err := x509.MarshalECPrivateKey(ecKey)
	x25519, err2 := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	agreement, err := x509.MarshalPKIXPublicKey(x25519.PublicKey())
	file := pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), nil) + pemOf(t, "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey), nil) +
		pemOf(t, "EC PRIVATE KEY", der, nil) + pemOf(t, "PUBLIC KEY", agreement, err)
	keys, err := ReadKeys([]byte(file))
	if err != nil || len(keys) != 4 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for i, want := range []struct {
		kty     string
		private bool
		problem string
	}{{"RSA", true, ""}, {"RSA", false, ""}, {"EC", true, ""}, {"", false, "not verified here"}} {
		if k := keys[i]; k.Type != want.kty || k.Private != want.private || !strings.Contains(k.Problem, want.problem) || (k.Public == nil) == (want.problem == "") {
			t.Errorf("key %d: %+v", i, k)
		}
	}
}
