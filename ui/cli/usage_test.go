package cli_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ args, says string }{
		{"--nonsense", "unknown flag: --nonsense"},
		{"nonsense", `unknown command "nonsense"`},
		{"run extra", "unknown command"},
		{"--client-id x", "--client-id needs --issuer"},
		{"--client-auth basic", "--client-auth needs --issuer"},
		{"--client-secret-file x", "--client-secret-file needs --issuer"},
		{"--ca-file x", "--ca-file needs --issuer"},
		{"--issuer=", "--issuer is empty"},
		{"--client-secret-from env:X", "--client-secret-from needs --issuer"},
		{"--issuer https://x --client-id y --client-secret-from keyring", "needs --profile"},
		{"--issuer https://x --client-id y --client-secret-from env:NOT_SET", "environment variable NOT_SET"},
		{"--issuer https://x --client-id y --client-secret-from hush", `not "keyring"`},
		{"--issuer https://x --client-id y --keep-refresh-token", "needs --profile or --save-profile"},
		{"--keep-refresh-token", "--keep-refresh-token needs --issuer"},
		{"--save-profile x", "--save-profile needs --issuer"},
		{"--profile=", "--profile is empty"},
		{"--profile x", "set AUTHSCOPE_CONFIG_DIR"},
		{"--issuer https://x --client-id y --save-profile x", "set AUTHSCOPE_CONFIG_DIR"},
		{"profiles", "set AUTHSCOPE_CONFIG_DIR"},
		{"profiles path", "set AUTHSCOPE_CONFIG_DIR"},
		{"profiles show", "accepts 1 arg"},
		{"--token-endpoint https://x/t --authorization-endpoint nowhere --client-id y", "is not an https URL"},
		{"--token-endpoint https://x/t --client-id y", "no issuer"},
		{"run --resume", "--resume needs --profile"},
		{"run --resume --compare-scope openid", "exclude each other"},
		{"--issuer https://x --client-id y --demo-client z", "--demo-client and --issuer exclude each other"},
		{"--issuer https://x --client-id y --lifetime access=20s", "--lifetime and --issuer"},
		{"--issuer https://x --client-id y --demo documented-offline-access", "--demo and --issuer"},
		{"--issuer https://x", "no client id"},
		{"--issuer x --client-id y", "is not an https URL"},
		{"--issuer https://x/.well-known/openid-configuration --client-id y", "the issuer is https://x"},
		{"--issuer https://x --client-id y --client-auth magic", "none, basic, post, basic-raw, client_secret_jwt"},
		{"--issuer https://x --client-id y --client-auth private_key_jwt", "--client-key-file"},
		{"--issuer https://x --client-id y --client-auth tls_client_auth", "--client-cert-file"},
		{"--issuer https://x --client-id y --client-key-id k", "names a key of --client-key-file"},
		{"--issuer https://x --client-id y --client-key-file " + file(t, "k", "", 0o600), "the file is empty"},
		{"--issuer https://x --client-id y --client-key-file " + filepath.Join(dir, "nothing"), "there is no such file"},
		{"--issuer https://x --client-id y --client-key-file " + file(t, "k", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", 0o600), "openssl pkey"},
		{"--issuer https://x --client-id y --client-cert-file " + file(t, "c", "no certificate", 0o600), "no certificate in PEM form"},
		{"--issuer https://x --client-id y --client-assertion-alg RS256", "does not go with what signs"},
		{"--issuer https://x --client-id y --demo-https", "--demo-https and --issuer exclude each other"},
		{"--client-key-file x", "--client-key-file needs --issuer"},
		{"--client-cert-file x", "--client-cert-file needs --issuer"},
		{"--token-param client_assertion=x", "authscope sets client_assertion itself"},
		{"--issuer https://x --client-id y --client-auth post", "needs a secret"},
		{"--issuer https://x --client-id y --client-auth none --client-secret-file f", "a public client has no secret"},
		{"--issuer https://x --client-id y --client-secret-file " + filepath.Join(dir, "nothing"), "there is no such file"},
		{"--issuer https://x --client-id y --client-secret-file " + dir, "is a directory"},
		{"--issuer https://x --client-id y --ca-file " + file(t, "ca", "no certificate", 0o600), "no certificate in PEM form"},
		{"--issuer https://x --client-id y --client-secret-file " + file(t, "s", "\n", 0o600), "is empty"},
		{"--demo-client nobody", "workshop-spa, workshop-web"},
		{"--demo other", "documented-offline-access"},
		{"--lifetime code=20s", "access, id, refresh-idle or refresh"}, {"--lifetime refresh-idle=20ms", "a second or more, such as refresh-idle=20s"},
		{"--lifetime access=soon", "wants a duration"},
		{"--lifetime access=20ms", "a second or more"},
		{"--redirect-uri nowhere", "not an absolute URI"},
		{"--leeway=-1s", "is negative"},
		{"--response-mode jwt", "query, fragment, form_post are"},
		{"--param state=1", "authscope sets state itself"},
		{"--param nothing", "not of the form k=v"},
		{"--refresh-param refresh_token=1", "--refresh-param refresh_token=…: authscope sets"},
		{"--refresh-param nothing", "not of the form k=v"},
		{"--token-param code=1", "authscope sets code itself"},
		{"run --refresh=-1", "between 0 and 1000"},
		{"run --refresh many", "invalid argument"},
		{"run --timeout 0s", "longer than nothing"},
		{"run --grant password", "there are code, device, client-credentials"},
		{"run --grant device --sign-in paste", "nothing comes back to be pasted"},
		{"run --grant client-credentials --logout", "none signs in"},
		{"run --revoke-token id", "access and refresh are"},
		{"run --call http://api.example/", "is not https"},
		{"run --call nowhere", "absolute URL"},
		{"--demo nothing", "device-grant, introspection, signed-userinfo"},
		{"run --sign-in magic", "auto, browser and paste"},
		{"run --with-secrets", "add --save"},
		{"run --save " + dir, "is a directory"},
		{"run --save " + filepath.Join(dir, "no", "file"), "there is no directory"},
		{"run --save x --compare-scope openid", "exclude each other"},
		{"run --compare-scope=", "--compare-scope is empty"},
	} {
		inBench(t, func(b *bench) {
			b.want(2, strings.Fields(c.args)...)
			b.says(c.says)
			if b.out.String() != "" {
				t.Errorf("%s: wrong usage prints to stdout: %s", c.args, b.out)
			}
			for line := range strings.Lines(b.err.String()) {
				if strings.TrimSpace(strings.TrimPrefix(line, "authscope:")) == "" {
					t.Errorf("%s: an empty line on stderr:\n%s", c.args, b.err)
				}
			}
		})
	}
}

func TestSecretFileIsOpenToOthers(t *testing.T) {
	inBench(t, func(b *bench) {
		b.run("run", "--issuer", "http://127.0.0.1:1", "--client-id", "x", "--client-secret-file", file(t, "secret", "hush-hush", 0o644))
		b.says("can be read by others", "chmod 600")
		if strings.Contains(b.err.String()+b.out.String(), "hush-hush") {
			t.Error("the secret is told")
		}
	})
}

func TestHelp(t *testing.T) {
	inBench(t, func(b *bench) {
		for _, args := range [][]string{{"--help"}, {"run", "--help"}, {"open", "--help"}, {"completion", "bash"}, {"completion", "--help"}} {
			b.want(0, args...)
			if b.out.String() == "" || b.err.String() != "" {
				t.Errorf("%v: stdout %q, stderr %q", args, b.out, b.err)
			}
			for line := range strings.Lines(b.out.String()) {
				if len(line) > 125 && args[0] != "completion" {
					t.Errorf("%v: a line of %d characters: %s", args, len(line), line)
				}
			}
		}
		b.want(0, "__complete", "run", "--demo-client", "")
		if !strings.Contains(b.out.String(), "third-party") {
			t.Errorf("--demo-client is completed with %q", b.out)
		}
		b.want(0, "--version")
		if !strings.HasPrefix(b.out.String(), "authscope 0.") {
			t.Errorf("--version prints %q", b.out)
		}
	})
}
