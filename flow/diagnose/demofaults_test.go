package diagnose_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

// named is what is to be said of a fault of the embedded tenant: every finding but infos, in order, the first of which
// names it. Where the wire does not tell, that finding lists it among its candidates, in the words of among.
type named struct {
	want  []string
	info  []string
	among string
	says  string
}

var faultFindings = map[string]named{
	"invalid-iss":               {want: []string{"issuer-differs"}},
	"missing-sub":               {want: []string{"claim-wrong"}, says: "The claim sub"},
	"invalid-aud":               {want: []string{"audience-wrong"}},
	"missing-aud":               {want: []string{"audience-wrong"}},
	"missing-iat":               {want: []string{"claim-wrong"}, says: "The claim iat"},
	"nonce-invalid":             {want: []string{"nonce-wrong"}},
	"invalid-sig-rs256":         {want: []string{"signature-invalid"}},
	"invalid-sig-es256":         {want: []string{"signature-invalid"}},
	"invalid-sig-hs256":         {want: []string{"signature-invalid"}},
	"idtoken-sig-none":          {want: []string{"alg-none"}},
	"discovery-issuer-mismatch": {want: []string{"issuer-differs"}},

	"userinfo-invalid-sub":         {want: []string{"userinfo-other-person"}},
	"refresh-token-invalid-issuer": {want: []string{"refreshed-id-token-iss"}},
	"refresh-token-invalid-sub":    {want: []string{"refreshed-id-token-sub"}},
	"refresh-token-invalid-aud":    {want: []string{"audience-wrong"}},

	"kid-absent-single-jwks":                   {},
	"kid-absent-multiple-jwks":                 {want: []string{"kid-absent"}},
	"signing-key-rotation":                     {info: []string{"keys-fetched-again"}},
	"signing-key-rotation-just-before-signing": {info: []string{"keys-fetched-again"}},
	"userinfo-signed":                          {},
	"client-secret-basic":                      {},

	"redirect-uri-not-registered": {want: []string{"redirect-uri-not-registered"}},
	"unknown-client":              {want: []string{"client-unknown"}},
	"wrong-secret":                {want: []string{"client-authentication-failed"}, says: "The secret is wrong"},
	"wrong-client-auth-method":    {want: []string{"client-authentication-failed"}, says: "this is a confidential client"},

	"offline-access-dropped":     {want: []string{"refresh-token-missing-though-asked"}},
	"offline-access-not-granted": {want: []string{"offline-access-dropped"}},
	"scope-refused":              {want: []string{"offline-access-refused"}, among: "a setting of the client"},
	"scope-comma-separated":      {want: []string{"invalid-scope"}, says: "separated by spaces"},

	"pkce-mismatch":              {want: []string{"pkce-verifier-wrong"}},
	"pkce-hex-digest":            {want: []string{"pkce-verifier-wrong"}, says: "base64url of the hex digest, 86 characters"},
	"pkce-challenge-is-verifier": {want: []string{"pkce-verifier-wrong"}, says: "that is the verifier itself"},
	"code-expired":               {want: []string{"code-rejected"}, among: "the server lost it"},
	"code-reused":                {want: []string{"code-rejected"}, among: "has used the code before"},

	"state-lost":           {want: []string{"state-missing"}},
	"iss-wrong":            {want: []string{"iss-mismatch"}},
	"answer-encoded-twice": {want: []string{"state-mismatch"}, says: "encodes the answer twice"},

	"issuer-trailing-slash": {want: []string{"issuer-differs"}, says: "slash at the end"},
	"issuer-behind-proxy":   {want: []string{"issuer-differs"}, says: "http and https"},
	"kid-rotated":           {want: []string{"signature-unknown-key"}},
	"jwks-stale":            {want: []string{"signature-unknown-key"}, among: "the server still publishes the old set"},
	"clock-ahead":           {want: []string{"issued-in-future", "clock-skew"}, says: "behind the server's"},
	"clock-behind":          {want: []string{"token-expired-on-arrival", "clock-skew"}, says: "ahead of the server's"},

	"expires-in-missing":      {want: []string{"expires-in-missing"}},
	"expires-in-string":       {want: []string{"expires-in-odd"}, says: "is a string"},
	"expires-in-float":        {want: []string{"expires-in-odd"}, says: "is a fraction"},
	"expires-in-milliseconds": {want: []string{"expires-in-odd"}, says: "as milliseconds it would be 30 min"},
	"access-token-opaque":     {info: []string{"access-token-opaque"}},
	"id-token-encrypted":      {want: []string{"id-token-encrypted"}},
	"nonce-missing":           {want: []string{"nonce-missing"}},
	"nonce-of-another-run":    {want: []string{"nonce-wrong"}},
	"at-hash-wrong":           {want: []string{"at-hash-wrong"}},
	"alg-none":                {want: []string{"alg-none"}},
	"hs256-public-key":        {want: []string{"alg-not-accepted"}},

	"refresh-token-revoked":      {want: []string{"refresh-refused"}, among: "the session was ended"},
	"refresh-token-rotated":      {want: []string{"refresh-token-reused"}},
	"refresh-token-idle":         {want: []string{"refresh-refused"}, among: "idle for 30 days"},
	"refresh-token-other-client": {want: []string{"refresh-token-of-another-client"}},
	"session-ended":              {want: []string{"userinfo-refused"}, among: "the session was ended"},

	"rate-limited":   {want: []string{"rate-limited"}},
	"slow":           {want: []string{"unreachable-timeout"}, among: "slow or hangs"},
	"cut-off":        {want: []string{"body-cut"}},
	"html":           {want: []string{"not-an-oauth-answer"}},
	"no-content":     {want: []string{"not-an-oauth-answer"}, says: "answered with nothing"},
	"token-redirect": {want: []string{"not-an-oauth-answer"}, says: "a redirect to"},
}

// play makes the run that a fault needs.
func play(w *faulty.World, f demo.Fault) (*flow.Session, error) {
	change := []func(*flow.Config){}
	if f.Client != "" {
		change = append(change, faulty.Client(f.Client))
	}
	stages := [][]flow.Stage{flow.LoginFor(trace.Settings{})}
	needs := strings.Fields(f.Needs)
	for i := 0; i+1 < len(needs); i += 2 {
		switch needs[i] {
		case "--refresh":
			for range needs[i+1][0] - '0' {
				stages = append(stages, flow.Refresh)
			}
		case "--param":
			name, value, _ := strings.Cut(needs[i+1], "=")
			change = append(change, func(c *flow.Config) { c.Params = append(c.Params, param(name, value)) })
		default:
			w.T.Errorf("the test does not know the flag %s", needs[i])
		}
	}
	s := w.Session(change...)
	return s, w.Run(s, stages...)
}

// TestDemoFaults: each fault of the embedded tenant is found and named, first, and nothing false stands beside it.
func TestDemoFaults(t *testing.T) {
	right, among := 0, 0
	for _, f := range demo.Faults() {
		n, known := faultFindings[f.Name]
		if !known {
			t.Errorf("nothing is said of the fault %s in the table", f.Name)
			continue
		}
		ok := t.Run(f.Name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				if err := w.Tenant.SetFault(f.Name, true); err != nil {
					w.T.Fatal(err)
				}
				s, err := play(w, f)
				n.test(w.T, f, readDemo(w.T, s), err)
			})
		})
		switch {
		case ok && n.among != "":
			among++
		case ok:
			right++
		}
	}
	counts.faults, counts.named, counts.among = len(demo.Faults()), right, among
	if len(faultFindings) != len(demo.Faults()) {
		t.Errorf("the table has %d faults, the tenant %d", len(faultFindings), len(demo.Faults()))
	}
}

// readDemo is read, but for infos that every such run has.
func readDemo(t *testing.T, s *flow.Session) []diagnose.Finding {
	return slices.DeleteFunc(read(t, s), func(f diagnose.Finding) bool { return f.ID == "refresh-token-kept" })
}

func (n named) test(t *testing.T, f demo.Fault, fs []diagnose.Finding, err error) {
	show(t, fs)
	hold(fs)
	var got, info []string
	for _, x := range fs {
		if x.Severity == "info" {
			info = append(info, x.ID)
		} else {
			got = append(got, x.ID)
		}
	}
	if !slices.Equal(got, n.want) || !slices.Equal(info, n.info) {
		t.Errorf("of the fault %s (%s) is said %v, and %v to know; want %v and %v", f.Name, f.What, got, info, n.want, n.info)
	}
	if f.Works && err != nil {
		t.Errorf("the login fails, and %s must work: %v", f.Name, err)
	}
	if len(fs) == 0 {
		return
	}
	if text := words(&fs[0]); !strings.Contains(text, n.says) || !strings.Contains(text, n.among) {
		t.Errorf("%s does not say %q: %s", fs[0].ID, n.says+n.among, text)
	}
	if n.among != "" && !strings.Contains(fs[0].Means, "Candidates") {
		t.Errorf("%s claims a cause that the wire does not tell: %s", fs[0].ID, fs[0].Means)
	}
}

// TestFaultsLive: a fault takes effect with the next request, and is gone with the next when it is switched off.
func TestFaultsLive(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		if err := w.Run(s, flow.Login); err != nil {
			w.T.Fatal(err)
		}
		w.Tenant.SetFault("html", true)
		w.Run(s, flow.Refresh)
		want(w.T, s, "with the fault on", "not-an-oauth-answer")
		w.Tenant.SetFault("html", false)
		if err := w.Run(s, flow.Refresh); err != nil {
			w.T.Fatal(err)
		}
		want(w.T, s, "with the fault off again", "refresh-token-kept")
		if err := w.Tenant.SetFault("nothing", true); err == nil || len(w.Tenant.FaultsOn()) != 0 {
			w.T.Errorf("an unknown fault: %v, on are %v", err, w.Tenant.FaultsOn())
		}
		synctest.Wait()
	})
}

// TestFaultsTogether: two faults at once give the findings of both, the root cause first.
func TestFaultsTogether(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		for _, name := range []string{"expires-in-string", "nonce-missing", "offline-access-dropped"} {
			w.Tenant.SetFault(name, true)
		}
		s := w.Session()
		w.Run(s, flow.Login)
		got := fmt.Sprint(ids(read(w.T, s)))
		if got != "[nonce-missing expires-in-odd refresh-token-missing-though-asked]" {
			w.T.Errorf("findings %s, want the error first, and both warnings", got)
		}
	})
}

// counts are the figures that the issue asks for; TestMain prints them.
var counts struct{ faults, named, among, har, harListed int }
