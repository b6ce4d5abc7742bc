package demo

import (
	"net/http"
	"net/url"
	"strings"
)

// serveEndSession is the end session endpoint (OIDC RP-Initiated Logout 1.0, section 2). client_id is not read.
//
// Without a session the browser goes straight to the URI it asked for, or to the settings page if that is not
// registered. With one, a hint of a first party that names it ends it directly; otherwise the user is asked.
func (t *Tenant) serveEndSession(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		t.keepLogout(w, r)
		return
	}
	form := t.logoutForm(r)
	if b, ok := t.browser(r); ok {
		g, ok := t.logoutHint(form.Get("id_token_hint"), b)
		if !ok {
			again := t.issuer + "/oauth2/end_session?" + form.Encode()
			q := url.Values{"redirect_uri": {again}, "x_traceparent": {newTraceParent()}}
			http.Redirect(w, r, t.issuer+"/logout?"+q.Encode(), http.StatusFound)
			return
		}
		t.endGrant(g.id)
		t.endBrowser(b.id)
	}
	clearBrowser(w)
	uri := form.Get("post_logout_redirect_uri")
	if !t.redirect.hasLogout(uri) {
		http.Redirect(w, r, t.issuer+"/settings", http.StatusFound)
		return
	}
	params := url.Values{}
	if state := form.Get("state"); state != "" {
		params.Set("state", state)
	}
	respond(w, "query", uri, params)
}

// keepLogout turns a POST into a GET without its parameters in the URL.
func (t *Tenant) keepLogout(w http.ResponseWriter, r *http.Request) {
	ref := newRef()
	t.store.mu.Lock()
	t.store.logouts.put(ref, r.Form.Encode())
	t.store.mu.Unlock()
	http.Redirect(w, r, t.issuer+"/oauth2/end_session?x_end_session_ref="+ref, http.StatusFound)
}

func (t *Tenant) logoutForm(r *http.Request) url.Values {
	t.store.mu.Lock()
	kept, ok := t.store.logouts.get(r.Form.Get("x_end_session_ref"))
	t.store.mu.Unlock()
	if !ok {
		return r.Form
	}
	form, _ := url.ParseQuery(kept)
	return form
}

// logoutHint returns the session that the hint names, if it belongs to this browser and to a first party.
func (t *Tenant) logoutHint(hint string, b browserSession) (grant, bool) {
	if hint == "" {
		return grant{}, false
	}
	claims, ok := t.key().open(hint)
	if !ok {
		return grant{}, false
	}
	g, ok := t.hintedGrant(claims)
	c := t.findClient(g.clientID)
	return g, ok && g.browser == b.id && c != nil && c.firstParty()
}

func (t *Tenant) endBrowser(id string) {
	t.store.mu.Lock()
	t.store.browsers.delete(id)
	t.store.mu.Unlock()
}

// serveLogout asks whether to sign out, and goes on to redirect_uri, which must be the tenant's own.
func (t *Tenant) serveLogout(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writePage(w, http.StatusOK, logoutPage())
		return
	}
	if b, ok := t.browser(r); ok {
		t.endBrowser(b.id)
	}
	clearBrowser(w)
	next := r.URL.Query().Get("redirect_uri")
	if !strings.HasPrefix(next, t.issuer+"/") {
		next = t.issuer + "/settings"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// serveSettings stands where Authgear has its account settings.
func (t *Tenant) serveSettings(w http.ResponseWriter, r *http.Request) {
	var u *User
	if b, ok := t.browser(r); ok {
		u = userBySub(b.who.sub)
	}
	writePage(w, http.StatusOK, settingsPage(u))
}

// serveIndex says what this is.
func (t *Tenant) serveIndex(w http.ResponseWriter, _ *http.Request) {
	writePage(w, http.StatusOK, indexPage(t.issuer))
}
