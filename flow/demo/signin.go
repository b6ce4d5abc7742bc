package demo

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// serveEntrypoint sends a browser that has a session to choose the account, and any other to the sign-in form.
func (t *Tenant) serveEntrypoint(w http.ResponseWriter, r *http.Request) {
	i, ok := t.interaction(w, r)
	if !ok {
		return
	}
	page := "/login"
	if _, ok := t.browser(r); ok && !i.forceLogin {
		page = "/select_account"
	}
	http.Redirect(w, r, t.issuer+page+"?"+r.URL.RawQuery, http.StatusFound)
}

// interaction returns the sign-in that the page's URL names, or says that it is over.
func (t *Tenant) interaction(w http.ResponseWriter, r *http.Request) (interaction, bool) {
	t.store.mu.Lock()
	i, ok := t.store.interactions.get(r.URL.Query().Get("x_ref"))
	t.store.mu.Unlock()
	if !ok || time.Now().After(i.expires) {
		writePage(w, http.StatusBadRequest, expiredPage())
		return interaction{}, false
	}
	return i, true
}

// serveLogin is the sign-in form. A wrong password stays on it, with 200, as Authgear's does.
func (t *Tenant) serveLogin(w http.ResponseWriter, r *http.Request) {
	i, ok := t.interaction(w, r)
	if !ok {
		return
	}
	if r.Method != http.MethodPost {
		writePage(w, http.StatusOK, loginPage(i.client, orElse(i.login, DemoUser().Login), ""))
		return
	}
	login := strings.TrimSpace(r.PostForm.Get("login"))
	u := findUser(login)
	if u == nil || subtle.ConstantTimeCompare([]byte(u.Password), []byte(r.PostForm.Get("password"))) != 1 {
		writePage(w, http.StatusOK, loginPage(i.client, login, "That login and password do not belong together."))
		return
	}
	who := identity{sub: u.Sub, authTime: time.Now(), amr: []string{"pwd", "x_primary_password"}}
	b := t.startBrowser(w, who)
	t.finishSignIn(w, r, i, who, b.id)
}

// serveSelectAccount is what a browser with a session sees: Authgear never goes on without a word, unless prompt=none.
func (t *Tenant) serveSelectAccount(w http.ResponseWriter, r *http.Request) {
	i, ok := t.interaction(w, r)
	if !ok {
		return
	}
	b, ok := t.browser(r)
	u := userBySub(b.who.sub)
	if !ok || u == nil || r.Method == http.MethodPost && r.PostForm.Get("action") != "continue" {
		http.Redirect(w, r, t.issuer+"/login?"+r.URL.RawQuery, http.StatusSeeOther)
		return
	}
	if r.Method == http.MethodPost {
		t.finishSignIn(w, r, i, b.who, b.id)
		return
	}
	writePage(w, http.StatusOK, selectAccountPage(i.client, u))
}

// finishSignIn hands the finished sign-in to the consent endpoint.
func (t *Tenant) finishSignIn(w http.ResponseWriter, r *http.Request, i interaction, who identity, browser string) {
	id := newRef()
	t.store.mu.Lock()
	t.store.authns.put(id, authn{ref: r.URL.Query().Get("x_ref"), who: who, browser: browser, expires: time.Now().Add(authnLifetime)})
	t.store.mu.Unlock()
	q := url.Values{"client_id": {i.client.ID}, "code": {id}, "redirect_uri": {i.redirectURI}}
	if i.state != "" {
		q.Set("state", i.state)
	}
	http.Redirect(w, r, t.issuer+"/oauth2/consent?"+q.Encode(), http.StatusSeeOther)
}
