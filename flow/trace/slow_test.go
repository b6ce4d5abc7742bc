package trace_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/trace"
)

// A server chooses what stands in its answers. However it is made, the time to look through it and to hide what is secret
// must not grow with the square of its length: a MiB in less than a second, and not in an hour.
func TestSecretsInBoundedTime(t *testing.T) {
	const size = 1 << 20
	long := func(s string) string { return strings.Repeat(s, size/len(s)) }
	same := strings.Repeat("a", size/2)
	for name, text := range map[string]string{
		"one long value": `{"access_token":"` + long("a") + `"}`, "values in values": long("?code="), "and another separator": long(";token="),
		"tags without end": long(`name="code"`), "tags without value": long(`name="code">`), "values without end": long(`name="code" value=`),
		"names alone": long(`"code"`), "names and colons": long(`"code":`), "open strings": long(`"code":"`), "escapes": `{"code":"` + long(`\"`),
		"tokens": long("eyJ"), "tokens with dots": long("eyJ."), "keys": long("-----BEGIN PRIVATE KEY-----"), "key ends": long("-----BEGIN "), "members": `"kty"` + long(`"d":"`),
		"nearly the value": `{"access_token":"` + same + `b","x":"` + same + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			events := []trace.Event{
				{Call: 1, Data: trace.Ready{Method: "GET", URL: "https://a/"}},
				{Call: 1, Data: trace.Head{Status: 200, Header: trace.Header{{"Location", "https://a/?" + text[:min(len(text), 256<<10)]}}}},
				{Call: 1, Data: trace.Body{Bytes: trace.Bytes(text)}},
				{Call: 2, Data: trace.Body{Bytes: trace.Bytes(text[:min(len(text), 200<<10)])}},
			}
			began := time.Now()
			trace.Hide(text, trace.Secrets(text))
			secrets := time.Since(began)
			trace.Redact(events, nil)
			redact := time.Since(began) - secrets
			var known trace.Known
			for _, e := range events {
				known.Add(e)
			}
			known.Hide(text)
			hide := time.Since(began) - redact - secrets
			if total := secrets + redact + hide; total > 20*time.Second { // a busy machine, the race detector
				t.Errorf("it took %s: to find and hide %s, to redact %s, to hide what is known %s", total, secrets, redact, hide)
			} else {
				t.Logf("to find and hide %s, to redact %s, to hide what is known %s", secrets, redact, hide)
			}
		})
	}
}
