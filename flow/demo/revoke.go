package demo

import (
	"net/http"
	"strings"
)

// serveRevoke is the revocation endpoint (RFC 7009). It asks for no client, and answers 200 with nothing to anything,
// garbage included. What has a dot in it is taken for a refresh token: a JWT access token is not revoked. A refresh
// token takes its session along, with every access token of it; token_type_hint is not read.
func (t *Tenant) serveRevoke(w http.ResponseWriter, r *http.Request) {
	if c := t.findClient(orElse(r.Form.Get("client_id"), assertedClient(r.Form))); c != nil {
		if err := t.proveClient(c, r); err != nil { // not Authgear: RFC 7009, section 2.1
			writeError(w, err)
			return
		}
	}
	token := r.Form.Get("token")
	if strings.Contains(token, ".") {
		if g, ok := t.grantOf(token); ok && t.habits.on("revocation-keeps-access") {
			t.rotate(g.id, "nothing hashes to this") // the session stays, its refresh token is gone
		} else if ok {
			t.endGrant(g.id)
		}
	} else {
		t.store.mu.Lock()
		t.store.tokens.delete(hash(token))
		t.store.mu.Unlock()
	}
	w.WriteHeader(http.StatusOK)
}

// endGrant ends a session: its tokens are found through it and die with it.
func (t *Tenant) endGrant(id string) {
	t.store.mu.Lock()
	t.store.grants.delete(id)
	t.store.mu.Unlock()
}
