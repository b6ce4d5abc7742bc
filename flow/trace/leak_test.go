package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"authscope/flow/trace"
)

// fmt calls no method of a field that is not exported: the value must not be there to be printed.
func TestSecretInPrivateField(t *testing.T) {
	type session struct {
		secret trace.Secret
		list   []trace.Secret
	}
	s := session{trace.NewSecret("hunter2"), []trace.Secret{trace.NewSecret("hunter2")}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, s); strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("%s gives the secret away: %s", verb, text)
		}
		if text := fmt.Sprintf(verb, &s); strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
			t.Errorf("%s of a pointer gives the secret away: %s", verb, text)
		}
	}
}
