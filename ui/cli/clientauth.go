package cli

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/trace"
)

// authFlags are the flags of client authentication.
type authFlags struct {
	method, secretFile       string
	keyFile, keyID, certFile string
	alg, aud                 string
}

// authFlagNames are their names.
var authFlagNames = []string{"client-auth", "client-secret-file", "client-key-file", "client-key-id", "client-cert-file", "client-assertion-alg", "client-assertion-aud"}

func (f *authFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.method, "client-auth", "", "`METHOD` of client authentication: none, basic, post, basic-raw, client_secret_jwt, private_key_jwt, tls_client_auth or self_signed_tls_client_auth (default: what goes with the files below and the metadata)")
	fs.StringVar(&f.secretFile, "client-secret-file", "", "`FILE` with the client secret and nothing else")
	fs.StringVar(&f.keyFile, "client-key-file", "", "`FILE` with the client's private key, PEM, JWK or JWK set: for private_key_jwt, or of the certificate")
	fs.StringVar(&f.keyID, "client-key-id", "", "`KID` of the key: chooses it in a JWK set, and is named in assertions")
	fs.StringVar(&f.certFile, "client-cert-file", "", "`FILE` with the client's certificate, PEM; its key is in it or in --client-key-file")
	fs.StringVar(&f.alg, "client-assertion-alg", "", "`ALG` to sign assertions with (default: by the key, and what the metadata lists)")
	fs.StringVar(&f.aud, "client-assertion-aud", "", "`AUD` of assertions: token_endpoint (the default), issuer, or a text of your own")
}

// authNames are the values of --client-auth.
func authNames() (names []string) {
	for _, m := range trace.AuthMethods {
		names = append(names, m.Short())
	}
	return names
}

func parseAuthMethod(s string) (trace.AuthMethod, error) {
	if m, ok := trace.ParseAuthMethod(s); ok || s == "" {
		return m, nil
	}
	names := authNames()
	return "", usage("--client-auth %q is not known: %s and %s are", s, strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}

// plan reads the flags and their files.
func (f *authFlags) plan(p *plan) (err error) {
	c := &p.config
	if c.ClientAuth, err = parseAuthMethod(f.method); err != nil {
		return err
	}
	if c.ClientAuth != "" {
		c.ClientAuthReason = "--client-auth asks for it"
	}
	switch {
	case c.ClientAuth == trace.AuthNone && f.secretFile != "":
		return usage("--client-auth none and --client-secret-file exclude each other: a public client has no secret")
	case f.keyID != "" && f.keyFile == "":
		return usage("--client-key-id names a key of --client-key-file, which is missing")
	}
	if f.secretFile != "" {
		if c.ClientSecret, err = p.world.readSecret(f.secretFile); err != nil {
			return err
		}
	}
	c.Assertion = trace.AssertionSettings{Alg: f.alg, Audience: f.aud}
	if err := f.readKey(p); err != nil {
		return err
	}
	if c.ClientAuth == "" && c.ClientSecret.IsZero() && c.ClientKey == nil && c.ClientCertificate == nil {
		c.ClientAuth, c.ClientAuthReason = trace.AuthNone, "the client has no secret, key or certificate"
	}
	return nil
}

// readKey reads the client's key and its certificate.
func (f *authFlags) readKey(p *plan) (err error) {
	var key, cert []byte
	if f.keyFile != "" {
		if key, err = readFile("--client-key-file", f.keyFile, 1<<20); err != nil {
			return err
		}
		if p.config.ClientKey, err = flow.ParseClientKey(key, f.keyID); err != nil {
			return usage("--client-key-file %s: %w", f.keyFile, err)
		}
		p.world.warnOpen(f.keyFile)
	}
	if f.certFile == "" {
		return nil
	}
	if cert, err = readFile("--client-cert-file", f.certFile, 1<<20); err != nil {
		return err
	}
	if p.config.ClientCertificate, err = flow.ParseClientCertificate(cert, key); err != nil {
		hint := ""
		if f.keyFile == "" {
			hint = "; --client-key-file FILE names the file that holds the key"
		}
		return usage("--client-cert-file %s: %w%s", f.certFile, err, hint)
	}
	if f.keyFile == "" {
		p.world.warnOpen(f.certFile)
	}
	return nil
}

// readSecret reads a client secret. One line break at its end belongs to the file, not to the secret.
func (w *World) readSecret(path string) (trace.Secret, error) {
	b, err := readFile("--client-secret-file", path, 64<<10)
	if err != nil {
		return trace.Secret{}, err
	}
	secret := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if secret == "" {
		return trace.Secret{}, usage("--client-secret-file %s is empty", path)
	}
	w.warnOpen(path)
	return trace.NewSecret(secret), nil
}

// warnOpen says that others can read a file with a secret.
func (w *World) warnOpen(path string) {
	if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		w.say("warning: %s can be read by others (mode %04o): chmod 600 %s", path, st.Mode().Perm(), path)
	}
}

// secure has the embedded tenant speak TLS, and t trust its authority and no other.
func (p *plan) secure(t *flow.Target, o *demo.Options, issuer string) (string, error) {
	authority, err := demo.NewAuthority()
	if err != nil {
		return "", fmt.Errorf("the embedded tenant gets no certificate: %w", err)
	}
	o.Authority = authority
	if t.Env.Transport, err = flow.Trusting(t.Env.Transport, authority.PEM()); err != nil {
		return "", fmt.Errorf("trust the embedded tenant's authority: %w", err)
	}
	return "https" + strings.TrimPrefix(issuer, "http"), nil
}

// lend gives t the proof of identity with which the tenant knows its client.
func (p *plan) lend(t *flow.Target, tenant *demo.Tenant) (err error) {
	t.Config.ClientAuth = trace.AuthMethod(p.client.AuthMethod)
	t.Config.ClientAuthReason = "the embedded tenant knows the client " + p.client.ID + " by it"
	if t.Config.ClientAuth == trace.AuthKeyJWT {
		key, kid := tenant.ClientKeyPEM()
		t.Config.ClientKey, err = flow.ParseClientKey(key, kid)
	}
	if t.Config.ClientAuth.MutualTLS() {
		cert, key := tenant.ClientCertificatePEM(p.client.ID)
		t.Config.ClientCertificate, err = flow.ParseClientCertificate(cert, key)
	}
	if err != nil {
		return fmt.Errorf("the client %s of the embedded tenant: %w", p.client.ID, err)
	}
	return nil
}

func closeAll(lns []net.Listener) {
	for _, ln := range lns {
		ln.Close()
	}
}
