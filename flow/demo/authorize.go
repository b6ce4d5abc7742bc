package demo

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serveAuthorize is the authorization endpoint (RFC 6749, section 3.1; OIDC Core 1.0, section 3.1.2; RFC 7636). Until
// client and redirect URI are known to be right a mistake is shown as text; after that it is sent to the redirect URI.
func (t *Tenant) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	client := findClient(r.Form.Get("client_id"))
	if client == nil {
		writeRequestError(w, fail("unauthorized_client", "invalid client ID"))
		return
	}
	if client.Type == typeMachine {
		writeRequestError(w, fail("unauthorized_client", "m2m clients are not allowed to use the authorize endpoint"))
		return
	}
	redirectURI := r.Form.Get("redirect_uri")
	if !t.redirect.has(redirectURI) {
		writeRequestError(w, fail("invalid_request", "redirect URI is not allowed"))
		return
	}
	req := readRequest(r.Form, client)
	prompt := strings.Fields(r.Form.Get("prompt"))
	if err := t.checkRequest(&req, r.Form, prompt); err != nil {
		respondError(w, &req, err)
		return
	}
	if slices.Contains(prompt, "none") {
		t.authorizeSilently(w, r, req)
		return
	}
	t.beginSignIn(w, r, req)
}

// readRequest reads the parameters that matter; acr_values, claims, request, request_uri, display, resource and
// audience are not among them.
func readRequest(form url.Values, c *Client) request {
	return request{
		client:       c,
		redirectURI:  form.Get("redirect_uri"),
		responseType: form.Get("response_type"),
		responseMode: form.Get("response_mode"),
		scopes:       splitScopes(form.Get("scope")),
		state:        form.Get("state"),
		nonce:        form.Get("nonce"),
		challenge:    form.Get("code_challenge"),
	}
}

// checkRequest makes the checks whose failures are sent to the redirect URI, in Authgear's order.
func (t *Tenant) checkRequest(req *request, form url.Values, prompt []string) *oauthError {
	if err := checkResponseType(req.responseType); err != nil {
		return err
	}
	if slices.Contains(prompt, "none") {
		if len(prompt) > 1 {
			return fail("invalid_request", "prompt cannot have other values when none is set")
		}
		if form.Has("max_age") {
			return fail("invalid_request", "max_age could imply prompt=login so max_age cannot be present when prompt=none")
		}
	}
	if len(req.scopes) == 0 {
		return fail("invalid_request", "scope is required")
	}
	if err := checkPKCE(req, form.Get("code_challenge_method")); err != nil {
		return err
	}
	if err := t.checkScopes(req.client, req.scopes); err != nil {
		return err
	}
	var err *oauthError
	if req.login, err = readLoginHint(form); err != nil {
		return err
	}
	req.forceLogin = slices.Contains(prompt, "login")
	return t.applyHint(req, form)
}

func checkResponseType(responseType string) *oauthError {
	switch responseType {
	case "code", "none":
		return nil
	case "token":
		return fail("unsupported_response_type", "response_type: token is not supported")
	}
	return fail("unauthorized_client", "response type is not allowed for this client")
}

// checkPKCE wants a challenge of public clients, and S256 of all: an omitted method means plain (RFC 7636,
// section 4.3), which Authgear refuses.
func checkPKCE(req *request, method string) *oauthError {
	if req.responseType != "code" {
		return nil
	}
	if req.challenge == "" {
		if req.client.confidential() {
			return nil
		}
		return fail("invalid_request", "PKCE code challenge is required for public clients")
	}
	if method != "S256" {
		return fail("invalid_request", "only 'S256' PKCE transform is supported")
	}
	return nil
}

// loginHintPrefix begins the only login hints that Authgear reads. OIDC Core leaves their form to the server.
const loginHintPrefix = "https://authgear.com/login_hint?"

func readLoginHint(form url.Values) (login string, _ *oauthError) {
	hint := form.Get("login_hint")
	if hint == "" {
		return "", nil
	}
	query, ok := strings.CutPrefix(hint, loginHintPrefix)
	if !ok {
		return "", fail("invalid_request", "invalid login_hint: "+hint)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", fail("invalid_request", "invalid login_hint: "+hint)
	}
	return orElse(values.Get("username"), values.Get("email")), nil
}

// applyHint reads id_token_hint and max_age. max_age is only ever compared with the session that the hint names;
// without a hint it means prompt=login.
func (t *Tenant) applyHint(req *request, form url.Values) *oauthError {
	age, err := strconv.Atoi(form.Get("max_age"))
	hasAge := err == nil && age >= 0
	hint := form.Get("id_token_hint")
	if hint == "" {
		req.forceLogin = req.forceLogin || hasAge
		return nil
	}
	claims, ok := t.key().open(hint)
	if !ok {
		return fail("server_error", "internal server error")
	}
	req.hintSub, _ = claims["sub"].(string)
	if hasAge {
		g, ok := t.hintedGrant(claims)
		req.forceLogin = req.forceLogin || !ok || time.Since(g.who.authTime) > time.Duration(age)*time.Second
	}
	return nil
}

// authorizeSilently answers prompt=none (OIDC Core 1.0, section 3.1.2.1): with the browser's session or not at all.
// What it issues has no amr, and the auth_time of that session.
func (t *Tenant) authorizeSilently(w http.ResponseWriter, r *http.Request, req request) {
	b, ok := t.browser(r)
	if !ok || req.hintSub != "" && req.hintSub != b.who.sub {
		respondError(w, &req, fail("login_required", "authentication required"))
		return
	}
	who := b.who
	who.amr = nil
	t.store.mu.Lock()
	granted := req.client.firstParty() || t.store.consented(who.sub, req.client.ID, req.scopes)
	t.store.mu.Unlock()
	if !granted {
		respondError(w, &req, fail("access_denied", "authorization required"))
		return
	}
	t.respondCode(w, &req, who, b.id)
}

// beginSignIn sends the browser to the sign-in pages.
func (t *Tenant) beginSignIn(w http.ResponseWriter, r *http.Request, req request) {
	ref := newRef()
	t.store.mu.Lock()
	t.store.interactions.put(ref, interaction{request: req, expires: time.Now().Add(interactionTime)})
	t.store.mu.Unlock()
	q := url.Values{
		"client_id": {req.client.ID}, "redirect_uri": {req.redirectURI}, "x_ref": {ref},
		"x_settings_action_id": {""}, "x_traceparent": {newTraceParent()},
	}
	if req.state != "" {
		q.Set("state", req.state)
	}
	http.SetCookie(w, &http.Cookie{Name: uiCookie, Value: ref, Path: "/", HttpOnly: true})
	http.Redirect(w, r, t.issuer+"/_internals/oauth_entrypoint?"+q.Encode(), http.StatusFound)
}

// respondError sends an error to the redirect URI (RFC 6749, section 4.1.2.1). There is no iss parameter (RFC 9207).
func respondError(w http.ResponseWriter, req *request, err *oauthError) {
	params := url.Values{"error": {err.Code}, "error_description": {err.Description}}
	if req.state != "" {
		params.Set("state", req.state)
	}
	respond(w, req.responseMode, req.redirectURI, params)
}

// respondCode sends the code and the state, or with response_type=none the state alone, to the redirect URI.
func (t *Tenant) respondCode(w http.ResponseWriter, req *request, who identity, browser string) {
	params := url.Values{}
	if req.responseType == "code" {
		secret := newSecret()
		t.store.mu.Lock()
		t.store.codes.put(hash(secret), code{request: *req, who: who, browser: browser, expires: time.Now().Add(codeLifetime)})
		t.store.mu.Unlock()
		params.Set("code", secret)
	}
	if req.state != "" {
		params.Set("state", req.state)
	}
	respond(w, req.responseMode, req.redirectURI, params)
}
