package trace

import "testing"

// Every grant has a name that is read again, and says what comes of it.
func TestGrants(t *testing.T) {
	if len(Grants) != len(GrantNames) {
		t.Fatalf("%d grants are described and %d are named", len(Grants), len(GrantNames))
	}
	for i, h := range Grants {
		if g, ok := ParseGrant(h.Grant.Name()); !ok || g != h.Grant || h.Grant.Name() != GrantNames[i] {
			t.Errorf("%s is named %s, which reads as %q, %v", GrantNames[i], h.Grant.Name(), g, ok)
		}
		if h.What == "" || h.Returns == "" || h.Spec == "" || GrantOf(h.Grant) != h {
			t.Errorf("%s is not described: %+v", h.Title, h)
		}
	}
	for _, wrong := range []string{"", "client_credentials", "password", "Code"} {
		if g, ok := ParseGrant(wrong); ok {
			t.Errorf("%q is read as the grant %q", wrong, g)
		}
	}
}
