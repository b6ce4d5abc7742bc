package cli_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"
)

const byDevice = "discover passed, device passed, device_poll passed, verify passed, userinfo passed"

// Each grant, and each thing to do with the tokens afterwards, on the embedded tenant.
func TestGrants(t *testing.T) {
	for _, c := range []struct {
		name, args string
		status     int
		stages     string
	}{
		{"a device", "--grant device", 0, byDevice},
		{"a device of a confidential client", "--grant device --demo-client workshop-web --refresh 1 --revoke", 0, byDevice + ", refresh passed, revoke passed"},
		{"a device without openid", "--grant device --scope=offline_access --demo documented-offline-access", 0, "discover passed, device passed, device_poll passed, verify skipped, userinfo skipped"},
		{"a machine", "--grant client-credentials", 0, "discover passed, client_credentials passed"},
		{"a machine and a refresh", "--grant client-credentials --refresh 1", 0, "discover passed, client_credentials passed, refresh skipped"},
		{"a machine with an unknown resource", "--grant client-credentials --token-param resource=https://x", 1, "discover passed, client_credentials failed"},
		{"a machine that signs somebody in", "--demo-client workshop-machine", 1, "discover passed, preflight failed, authorize skipped, callback skipped, exchange skipped, verify skipped, userinfo skipped"},
		{"what Authgear has not", "--introspect", 0, loggedIn + ", introspect skipped"},
		{"introspection", "--introspect --demo introspection", 0, loggedIn + ", introspect passed"},
		{"signed UserInfo", "--demo signed-userinfo", 0, loggedIn},
		{"an API", "--call http://localhost:8975/oauth2/userinfo", 0, loggedIn + ", call passed"},
		{"a failed call keeps nothing else back", "--call http://localhost:8975/none --call http://localhost:8975/oauth2/userinfo --revoke", 1, loggedIn + ", call failed, call passed, revoke passed"},
		{"one token", "--revoke-token access --refresh 1", 0, loggedIn + ", refresh passed, revoke passed"},
		{"a logout", "--logout", 0, loggedIn + ", logout passed"},
		{"a logout that stays away", "--logout --post-logout-uri http://127.0.0.1:8976/bye", 1, loggedIn + ", logout failed"},
		{"everything after a failure", "--scope offline_access --introspect --logout", 1,
			"discover passed, preflight failed, authorize skipped, callback skipped, exchange skipped, verify skipped, userinfo skipped, introspect skipped, logout skipped"},
		{"a narrower refresh", "--refresh 1 --refresh-param scope=openid", 0, loggedIn + ", refresh passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				b.want(c.status, append([]string{"run", "--json"}, strings.Fields(c.args)...)...)
				if got := b.result().stages(); got != c.stages {
					t.Errorf("stages\n got: %s\nwant: %s\n%s", got, c.stages, b.err)
				}
			})
		})
	}
}

var userCode = regexp.MustCompile(`(?m)^    ([BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4})$`)

// The code is for the person alone: it stands on stderr, and in no report.
func TestDeviceCode(t *testing.T) {
	inBench(t, func(b *bench) {
		for _, args := range [][]string{{"run", "--grant", "device"}, {"run", "--grant", "device", "--json"}} {
			b.want(0, args...)
			m := userCode.FindStringSubmatch(b.err.String())
			if m == nil {
				t.Fatalf("no user code stands on a line of its own:\n%s", b.err)
			}
			b.says("open http://localhost:8975/device on any device", "user_code="+m[1], "device-grant is on", "not Authgear")
			if strings.Contains(b.out.String(), m[1]) {
				t.Errorf("the report holds the user code %s:\n%s", m[1], b.out)
			}
		}
	})
}

// A device that nobody attends to ends with the time for the run, and says what was not done.
func TestDeviceTimeout(t *testing.T) {
	inBench(t, func(b *bench) {
		began := time.Now()
		b.world.OpenURL = func(context.Context, string, string) error { return nil }
		b.want(1, "run", "--json", "--grant", "device", "--demo-client", "workshop-spa", "--sign-in", "browser", "--timeout", "20s")
		if took := time.Since(began); took < 20*time.Second || took > 25*time.Second {
			t.Errorf("it took %s, want 20s", took)
		}
		if got, want := b.result().stages(), "discover passed, device passed, device_poll cancelled, verify pending, userinfo pending"; got != want {
			t.Errorf("stages\n got: %s\nwant: %s", got, want)
		}
	})
}

// What is printed of a logout does not hold the ID token.
func TestLogoutURLIsHidden(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--logout")
		if strings.Contains(b.err.String()+b.out.String(), "id_token_hint=eyJ") && !strings.Contains(b.out.String(), "id_token#1") {
			t.Errorf("the ID token stands in the output:\n%s", b.err)
		}
	})
}
