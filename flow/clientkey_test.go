package flow_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

func block(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// keyFiles are files that a person may give.
func keyFiles(t *testing.T) map[string][]byte {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ec, p224 := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P224())
	pkcs8, err8 := x509.MarshalPKCS8PrivateKey(rsaKey)
	sec1, err1 := x509.MarshalECPrivateKey(ec)
	sec224, err224 := x509.MarshalECPrivateKey(p224)
	ed8, errEd := x509.MarshalPKCS8PrivateKey(edKey(t))
	pub, errPub := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	f := map[string][]byte{
		"pkcs8": block(t, "PRIVATE KEY", pkcs8, err8), "pkcs1": block(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), nil),
		"sec1": block(t, "EC PRIVATE KEY", sec1, err1), "ed25519": block(t, "PRIVATE KEY", ed8, errEd), "p224": block(t, "EC PRIVATE KEY", sec224, err224),
		"public": block(t, "PUBLIC KEY", pub, errPub), "encrypted8": block(t, "ENCRYPTED PRIVATE KEY", []byte("x"), nil),
		"encrypted1": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00"}, Bytes: []byte("x")}),
		"jwk":        jwkOf(t, ec, "one"), "jwk without kid": jwkOf(t, ec, ""),
	}
	f["parameters first"] = append(block(t, "EC PARAMETERS", []byte{6, 0}, nil), f["sec1"]...)
	f["two keys"] = append(bytes.Clone(f["pkcs8"]), f["sec1"]...)
	f["damaged"] = block(t, "PRIVATE KEY", pkcs8[:100], nil)
	f["jwks"] = fmt.Appendf(nil, `{"keys":[%s,%s]}`, f["jwk"], jwkOf(t, rsaKey, "two"))
	f["jwk public"] = fmt.Appendf(nil, `{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"AA","y":"AA"}]}`)
	f["jwk wrong alg"] = bytes.Replace(f["jwk"], []byte("{"), []byte(`{"alg":"RS256",`), 1)
	return f
}

// TestParseClientKey reads every kind of file, and says of a wrong one what is wrong and nothing of what is in it.
func TestParseClientKey(t *testing.T) {
	files := keyFiles(t)
	for _, c := range []struct {
		file, kid string
		want      string // kid
		says      string // of the error
	}{
		{"pkcs8", "", "", ""}, {"pkcs1", "k", "k", ""}, {"sec1", "", "", ""}, {"ed25519", "", "", ""}, {"parameters first", "", "", ""},
		{"jwk", "", "one", ""}, {"jwk", "one", "one", ""}, {"jwk without kid", "mine", "mine", ""}, {"jwks", "two", "two", ""},
		{"jwk", "other", "", `no private key is called "other"`}, {"jwks", "", "", "--client-key-id says which one"}, {"jwks", "three", "", `"one", "two"`},
		{"encrypted8", "", "", "openssl pkey"}, {"encrypted1", "", "", "encrypted with a passphrase"}, {"two keys", "", "", "more than one private key"},
		{"public", "", "", `only "PUBLIC KEY"`}, {"damaged", "", "", "cut or changed"}, {"p224", "", "", "P-224"},
		{"jwk public", "", "", "no private key"}, {"jwk wrong alg", "", "", "cannot sign with"}, {"empty", "", "", "is empty"},
	} {
		k, err := flow.ParseClientKey(files[c.file], c.kid)
		switch {
		case c.says == "" && (err != nil || k.KeyID() != c.want):
			t.Errorf("%s with kid %q: %v, want a key called %q", c.file, c.kid, err, c.want)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s with kid %q: %v, want words on %q", c.file, c.kid, err, c.says)
		}
	}
	for text, says := range map[string]string{"hello": "neither PEM", "{": "no JSON object", `{"kty":"oct","k":"c2VjcmV0","d":""}`: "client_secret_jwt",
		"-----BEGIN PRIVATE KEY-----\nMIIB": "cannot be read", `{"keys":[]}`: "no private key", `{"kty":"EC","crv":"P-256","d":"AA"}`: "cannot be read", "  \n": "is empty",
		strings.Repeat("x", 2<<20): "more than one with a key can have"} {
		if _, err := flow.ParseClientKey([]byte(text), ""); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, want words on %q", text, err, says)
		}
	}
}

// TestKeysPrintAsDots: whatever prints a configuration prints no key.
func TestKeysPrintAsDots(t *testing.T) {
	k := parsed(t, ecKey(t, elliptic.P256()))
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
		var c flow.Config
		w.Proof("workshop-mtls")(&c)
		c.ClientKey = k
		b, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{fmt.Sprintf("%v", c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%d %s %x", k, c.ClientCertificate, k), string(b)} {
			if strings.Contains(text, "PrivateKey") || strings.Contains(text, "signer") || strings.Contains(text, "0x") && strings.Contains(text, "ecdsa") {
				t.Errorf("a key is printed: %.300s", text)
			}
		}
	})
}

// TestCertificateAndKey: the two must belong together.
func TestCertificateAndKey(t *testing.T) {
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
		cert, key := w.Tenant.ClientCertificatePEM("workshop-mtls")
		_, other := w.Tenant.ClientCertificatePEM("workshop-self-signed")
		c, err := flow.ParseClientCertificate(append(bytes.Clone(key), cert...), nil)
		if err != nil || c.About().Subject != "CN=workshop-mtls,O=authscope workshop" {
			t.Errorf("one file with both: %v", err)
		}
		for says, files := range map[string][2][]byte{
			"do not match": {cert, other}, "no certificate in PEM form": {key, key}, "no private key: only": {cert, nil},
			"cannot be read": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), key},
		} {
			if _, err := flow.ParseClientCertificate(files[0], files[1]); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%v, want words on %q", err, says)
			}
		}
	})
}

// TestClientAuthIsChecked: what cannot work is said before anything is sent.
func TestClientAuthIsChecked(t *testing.T) {
	key := parsed(t, ecKey(t, elliptic.P256()))
	for says, change := range map[string]func(*flow.Config){
		"--client-key-file":         func(c *flow.Config) { c.ClientAuth = trace.AuthKeyJWT },
		"--client-cert-file":        func(c *flow.Config) { c.ClientAuth = trace.AuthTLS },
		"client_secret_jwt needs":   func(c *flow.Config) { c.ClientAuth = trace.AuthSecretJWT },
		"basic_raw needs a secret":  func(c *flow.Config) { c.ClientAuth = trace.AuthBasicRaw },
		"is not known":              func(c *flow.Config) { c.ClientAuth = "magic" },
		"ES256 do":                  func(c *flow.Config) { c.ClientAuth, c.ClientKey, c.Assertion.Alg = trace.AuthKeyJWT, key, "RS256" },
		"none do":                   func(c *flow.Config) { c.Assertion.Alg = "none" },
		"begins or ends with a spa": func(c *flow.Config) { c.Assertion.Audience = "issuer " },
	} {
		c := flow.Config{Settings: settings()}
		c.ClientAuth = ""
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want words on %q", err, says)
		}
	}
	good := flow.Config{Settings: settings(), ClientKey: key}
	good.ClientAuth, good.Assertion.Alg = "", "ES256"
	if err := good.Validate(); err != nil {
		t.Errorf("a key and its algorithm: %v", err)
	}
}

// FuzzParseClientKey: no file ends the program, and no key that is read fails to say what it is.
func FuzzParseClientKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "")
	f.Add([]byte(`{"keys":[{"kty":"RSA","d":"AQ","n":"AQ","e":"AQAB"}]}`), "k")
	f.Add([]byte(`{"kty":"OKP","crv":"Ed25519","d":"AA","x":"AA"}`), "")
	f.Fuzz(func(t *testing.T, data []byte, kid string) {
		if k, err := flow.ParseClientKey(data, kid); err == nil && k.Public() == nil {
			t.Error("a key without a public half")
		}
		flow.ParseClientCertificate(data, data)
	})
}
