package trace_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// secretsOf collects every secret of a run by itself, not by the finder: tokens, codes, verifiers, cookies, credentials.
func secretsOf(t *testing.T, events []trace.Event) map[string]string {
	t.Helper()
	out := map[string]string{}
	add := func(what, v string) {
		if v != "" {
			out[v] = what
		}
	}
	for _, c := range story.Read(events).Calls() {
		for _, q := range []url.Values{c.Request.Query(), c.Request.Form()} {
			for _, name := range []string{"code", "code_verifier", "client_secret", "refresh_token", "token", "id_token_hint"} {
				add(name, q.Get(name))
			}
		}
		if _, v, ok := strings.Cut(c.Request.Header.Get("Authorization"), " "); ok {
			add("authorization", v)
		}
		if c.Response != nil && c.Response.IsJSON {
			for _, name := range []string{"access_token", "refresh_token", "id_token"} {
				v, _ := c.Response.JSON.Str(name)
				add(name, v)
				if parts := strings.Split(v, "."); len(parts) == 3 {
					add(name+"'s signature", parts[2])
				}
			}
		}
	}
	if len(out) < 6 {
		t.Fatalf("only %d secrets were found in a full run", len(out))
	}
	return out
}

// A redacted file holds no secret, in no form.
func TestRedactLeavesNoSecret(t *testing.T) {
	for _, client := range clients {
		for name, change := range map[string]func(*flow.Config){"as it is": func(*flow.Config) {}, "post": func(c *flow.Config) {
			if !c.ClientSecret.IsZero() {
				c.ClientAuth = trace.AuthPost
			}
		}, "form_post": func(c *flow.Config) { c.Params = c.SetParam("response_mode", "form_post") }} {
			events := fullRun(t, faulty.Client(client), change)
			file := string(saved(t, redacted(events)))
			for secret, what := range secretsOf(t, events) {
				for form, v := range map[string]string{"plain": secret, "form-encoded": url.QueryEscape(secret), "its second half": secret[len(secret)/2:]} {
					if len(v) >= 8 && !strings.Contains(v, "eyJ") && strings.Contains(file, v) {
						t.Errorf("%s, %s: the %s (%s) is in the redacted file", client, name, what, form)
					}
				}
			}
			for _, secret := range []string{"workshop-web-secret", "third-party-secret"} {
				if strings.Contains(file, secret) {
					t.Errorf("%s, %s: %s is in the redacted file", client, name, secret)
				}
			}
		}
	}
}

// A value that a server repeats where no name tells what it is goes too.
func TestRedactFindsRepeatedValues(t *testing.T) {
	const token = "0123456789abcdefghijklmnop"
	events := []trace.Event{
		{Call: 1, Data: trace.Ready{Method: "POST", URL: "https://a/t", Body: trace.Bytes("refresh_token=" + token)}},
		{Call: 1, Data: trace.Body{Bytes: trace.Bytes("the value " + token + " is unknown, and " + token + "x too")}},
		{Call: 2, Data: trace.CallFailed{Err: `Post "https://a/t?code=0123456789abcdef": EOF`}},
		{Data: trace.StageEnded{Err: "refresh: " + token, Reason: "code=0123456789abcdef"}},
		{Data: trace.Choice{What: "paste", Value: "http://127.0.0.1/cb?code=0123456789abcdef"}},
		{Data: trace.Settings{Params: []trace.Param{{Name: "id_token_hint", Value: aJWT}}, TokenParams: []trace.Param{{Name: "client_secret", Value: "s3cret s3cret"}}}},
	}
	file := string(saved(t, trace.Redact(events, nil)))
	for _, secret := range []string{token, "0123456789abcdef", "c2lnbmF0dXJl", "s3cret"} {
		if strings.Contains(file, secret) {
			t.Errorf("%q is in the redacted file:\n%s", secret, file)
		}
	}
}

// A private key that a server publishes is a secret of the server's: a file that is passed on does not spread it further, and
// still tells that it was there.
func TestRedactPublishedPrivateKey(t *testing.T) {
	const set = `{"keys":[{"kty":"EC","crv":"P-256","kid":"leaky","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"},
		{"kty":"oct","kid":"shared","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}]}`
	events := opened(t, saved(t, redacted([]trace.Event{
		{Call: 1, Data: trace.Ready{Method: "GET", URL: "https://a/jwks"}},
		{Call: 1, Data: trace.Head{Status: 200, Header: trace.Header{{"Content-Type", "application/json"}}}},
		{Call: 1, Data: trace.Body{Bytes: trace.Bytes(set)}},
	})))
	file := string(saved(t, events))
	for _, secret := range []string{"870MB6gfuTJ4", "43bVdj3eAE", "AyM1SysPpbyD"} {
		if strings.Contains(file, secret) {
			t.Errorf("%q of a private key is in the redacted file:\n%s", secret, file)
		}
	}
	for _, kept := range []string{"private_key#1", "symmetric_key#1", "leaky", "MKBCTNIcKUSDii11"} {
		if !strings.Contains(file, kept) {
			t.Errorf("%q is not in the redacted file:\n%s", kept, file)
		}
	}
}

// Equal values have equal names, others have others: what could be compared before can be compared after.
func TestRedactKeepsEquality(t *testing.T) {
	events := fullRun(t, faulty.Client("workshop-rotating"))
	before, after := story.Read(events), story.Read(opened(t, saved(t, redacted(events))))
	values := func(s *story.Story) (out []string) {
		for _, c := range s.Calls() {
			for _, sec := range c.Sections {
				for _, r := range sec.Rows {
					if r.Kind != "" {
						out = append(out, r.Value)
					}
				}
			}
		}
		return out
	}
	a, b := values(before), values(after)
	if len(a) != len(b) || len(a) < 20 {
		t.Fatalf("%d values that travel before, %d after", len(a), len(b))
	}
	for i := range a {
		for j := range i {
			if (a[i] == a[j]) != (b[i] == b[j]) {
				t.Errorf("values %d and %d were equal: %v, and are after the redaction: %v (%.40s, %.40s)", i, j, a[i] == a[j], b[i] == b[j], b[i], b[j])
			}
		}
	}
}

func TestRedactTwice(t *testing.T) {
	for _, client := range clients {
		events := fullRun(t, faulty.Client(client))
		once := saved(t, redacted(events))
		again := opened(t, once)
		if twice := saved(t, redacted(again)); !bytes.Equal(once, twice) {
			t.Errorf("%s: redacting what is redacted changes it:\n%s", client, difference(once, twice))
		}
	}
}
