package demo

import (
	"net/http"
	"time"
)

// serveConsent ends an authorization request. It asks a third party's user once for each set of scopes; a first
// party's is never asked. A finished sign-in can be taken here for 5 minutes, and once.
func (t *Tenant) serveConsent(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("code")
	a, i, err := t.pendingConsent(id)
	if err != nil {
		writeRequestError(w, err)
		return
	}
	allowed := i.client.firstParty()
	if r.Method == http.MethodPost {
		if !consentGiven(r) {
			t.endInteraction(id, a.ref)
			respondError(w, &i.request, fail("access_denied", "authorization denied"))
			return
		}
		allowed = true
	}
	t.store.mu.Lock()
	allowed = allowed || t.store.consented(a.who.sub, i.client.ID, i.scopes)
	if allowed {
		t.store.consent(a.who.sub, i.client.ID, i.scopes)
	}
	t.store.mu.Unlock()
	if !allowed {
		writePage(w, http.StatusOK, consentPage(i.client, userBySub(a.who.sub), i.scopes))
		return
	}
	if t.endInteraction(id, a.ref) {
		t.respondCode(w, &i.request, a.who, a.browser)
		return
	}
	writeRequestError(w, fail("invalid_request", "oauth session expired"))
}

// consentGiven reads the consent form: our own buttons, or Authgear's names for them.
func consentGiven(r *http.Request) bool {
	return r.PostForm.Get("action") == "allow" || r.PostForm.Get("x_action") == "consent"
}

// pendingConsent returns a finished sign-in and its request.
func (t *Tenant) pendingConsent(id string) (authn, interaction, *oauthError) {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	now := time.Now()
	a, ok := t.store.authns.get(id)
	if !ok || now.After(a.expires) {
		return a, interaction{}, fail("invalid_request", "authentication expired")
	}
	i, ok := t.store.interactions.get(a.ref)
	if !ok || now.After(i.expires) {
		return a, i, fail("invalid_request", "oauth session expired")
	}
	return a, i, nil
}

// endInteraction forgets a sign-in, and reports whether it was still there: of two posts one wins.
func (t *Tenant) endInteraction(id, ref string) bool {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	_, ok := t.store.authns.get(id)
	t.store.authns.delete(id)
	t.store.interactions.delete(ref)
	return ok
}
