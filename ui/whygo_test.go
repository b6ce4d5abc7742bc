package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/jwtview"
)

// jumps say of each fault what is found, and where enter in the list of findings leads to.
var jumps = []struct{ fault, finding, where string }{
	{"invalid-iss", "issuer-differs", "Tokens / ID token #1 / iss"},
	{"missing-sub", "claim-wrong", "Tokens / ID token #1 / sub"},
	{"invalid-aud", "audience-wrong", "Tokens / ID token #1 / aud"},
	{"missing-aud", "audience-wrong", "Tokens / ID token #1 / aud"},
	{"missing-iat", "claim-wrong", "Tokens / ID token #1 / iat"},
	{"nonce-invalid", "nonce-wrong", "Tokens / ID token #1 / nonce"},
	{"invalid-sig-rs256", "signature-invalid", "Tokens / ID token #1 / signature"},
	{"invalid-sig-es256", "signature-invalid", "Tokens / ID token #1 / signature"},
	{"invalid-sig-hs256", "signature-invalid", "Tokens / ID token #1 / signature"},
	{"idtoken-sig-none", "alg-none", "Tokens / ID token #1 / alg"},
	{"discovery-issuer-mismatch", "issuer-differs", "Tenant / endpoints / issuer"},
	{"userinfo-invalid-sub", "userinfo-other-person", "Flow / userinfo / sub"},
	{"refresh-token-invalid-issuer", "refreshed-id-token-iss", "Tokens / ID token #2 / iss"},
	{"refresh-token-invalid-sub", "refreshed-id-token-sub", "Tokens / ID token #2 / sub"},
	{"refresh-token-invalid-aud", "audience-wrong", "Tokens / ID token #2 / aud"},
	{"kid-absent-multiple-jwks", "kid-absent", "Tokens / ID token #1 / claims"},
	{"redirect-uri-not-registered", "redirect-uri-not-registered", "Flow / preflight / redirect_uri"},
	{"unknown-client", "client-unknown", "Flow / preflight / client_id"},
	{"wrong-secret", "client-authentication-failed", "Flow / exchange / error"},
	{"wrong-client-auth-method", "client-authentication-failed", "Flow / exchange / error"},
	{"offline-access-dropped", "refresh-token-missing-though-asked", "Flow / exchange / refresh_token"},
	{"offline-access-not-granted", "offline-access-dropped", "Flow / exchange / scope"},
	{"scope-refused", "offline-access-refused", "Flow / preflight / error"},
	{"scope-comma-separated", "invalid-scope", "Flow / preflight / error"},
	{"pkce-mismatch", "pkce-verifier-wrong", "Flow / exchange / code_verifier"},
	{"pkce-hex-digest", "pkce-verifier-wrong", "Flow / exchange / code_verifier"},
	{"pkce-challenge-is-verifier", "pkce-verifier-wrong", "Flow / exchange / code_verifier"},
	{"code-expired", "code-rejected", "Flow / exchange / error"},
	{"code-reused", "code-rejected", "Flow / exchange / error"},
	{"state-lost", "state-missing", "Flow / callback / state"},
	{"iss-wrong", "iss-mismatch", "Flow / callback / iss"},
	{"answer-encoded-twice", "state-mismatch", "Flow / callback / state"},
	{"issuer-trailing-slash", "issuer-differs", "Tenant / endpoints / issuer"},
	{"issuer-behind-proxy", "issuer-differs", "Tenant / endpoints / issuer"},
	{"kid-rotated", "signature-unknown-key", "Tokens / ID token #1 / kid"},
	{"jwks-stale", "signature-unknown-key", "Tokens / ID token #1 / kid"},
	{"clock-ahead", "issued-in-future", "Tokens / ID token #1 / iat"},
	{"clock-ahead", "clock-skew", "Session / Clocks"},
	{"clock-behind", "token-expired-on-arrival", "Tokens / ID token #1 / exp"},
	{"clock-behind", "clock-skew", "Session / Clocks"},
	{"expires-in-missing", "expires-in-missing", "Flow / exchange / expires_in"},
	{"expires-in-string", "expires-in-odd", "Flow / exchange / expires_in"},
	{"expires-in-float", "expires-in-odd", "Flow / exchange / expires_in"},
	{"expires-in-milliseconds", "expires-in-odd", "Flow / exchange / expires_in"},
	{"id-token-encrypted", "id-token-encrypted", "Tokens / ID token #1 / id_token"},
	{"nonce-missing", "nonce-missing", "Tokens / ID token #1 / nonce"},
	{"nonce-of-another-run", "nonce-wrong", "Tokens / ID token #1 / nonce"},
	{"at-hash-wrong", "at-hash-wrong", "Tokens / ID token #1 / at_hash"},
	{"alg-none", "alg-none", "Tokens / ID token #1 / alg"},
	{"hs256-public-key", "alg-not-accepted", "Tokens / ID token #1 / alg"},
	{"refresh-token-revoked", "refresh-refused", "Flow / refresh / error"},
	{"refresh-token-rotated", "refresh-token-reused", "Flow / refresh / error"},
	{"refresh-token-idle", "refresh-refused", "Flow / refresh / error"},
	{"refresh-token-other-client", "refresh-token-of-another-client", "Flow / refresh / client_id"},
	{"session-ended", "userinfo-refused", "Wire / 7 / Www-Authenticate"},
	{"rate-limited", "rate-limited", "Wire / 5 / status line"},
	{"slow", "unreachable-timeout", "Flow / exchange"},
	{"cut-off", "body-cut", "Wire / 5 / response body"},
	{"html", "not-an-oauth-answer", "Wire / 5 / response body"},
	{"no-content", "not-an-oauth-answer", "Wire / 5 / status line"},
	{"token-redirect", "not-an-oauth-answer", "Wire / 5 / status line"},
}

// where says what is selected: the view, the entry of its list, the row.
func (d *driver) where() string {
	m := d.m
	var list string
	switch m.view {
	case flowView:
		list = string(m.stage)
	case tokensView:
		list = m.looked().title()
	case sessionView:
		list = parts[m.chapter].title
	case tenantView:
		list = string(m.part)
	case wireView:
		list = fmt.Sprint(m.call + 1)
	}
	out := views[m.view-1].title + " / " + list
	if it := m.pane().at(); it != nil && !m.onMenu {
		out += " / " + it.name
	}
	return out
}

// TestJumps switches each fault on and runs with it, which is two keys, and goes from its finding to where that shows.
func TestJumps(t *testing.T) {
	for _, f := range demo.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			driveWith(t, 120, 36, withFaults, func(d *driver) {
				d.press("F", "/")
				d.typed(f.Name)
				d.press("enter", "space", "enter")
				d.wait(50 * time.Second)
				bad := slices.DeleteFunc(slices.Clone(d.m.cur.findings), func(f diagnose.Finding) bool { return f.Severity == jwtview.Info })
				if len(bad) > 0 {
					d.has(bad[0].Title)
				}
				var want []string
				for _, j := range jumps {
					if j.fault != f.Name {
						continue
					}
					want = append(want, j.finding)
					d.press("!")
					d.goFrom(j.finding)
					if got := d.where(); got != j.where {
						t.Errorf("%s leads to %q, want %q", j.finding, got, j.where)
					}
					d.has("why")
				}
				var got []string
				for _, f := range bad {
					got = append(got, f.ID)
				}
				if !slices.Equal(got, want) {
					t.Errorf("with the fault %s on, found is %v, want %v", f.Name, got, want)
				}
				if f.Works && len(want) > 0 && f.Name != "kid-absent-multiple-jwks" {
					t.Errorf("a mode that works is called wrong: %v", want)
				}
			})
		})
	}
}

// goFrom presses enter on a finding of the open list.
func (d *driver) goFrom(id string) {
	d.t.Helper()
	l, ok := d.m.modal.(*whyList)
	if !ok {
		d.t.Fatalf("the list of findings is not open:\n%s", d.frame())
	}
	for i := range d.m.cur.findings {
		if f := &d.m.cur.findings[i]; f.ID == id {
			l.choose(f)
		}
	}
	d.press("enter")
}
