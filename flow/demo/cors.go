package demo

import "net/http"

// setCORS lets pages read answers: the metadata from anywhere, the token, userinfo and revocation endpoints from the
// tenant's own origin and those of registered redirect URIs. Another origin gets a 200 without any Access-Control-*
// header, which is why Authgear's documentation says to add the origin as an authorized redirect URI.
func (t *Tenant) setCORS(w http.ResponseWriter, r *http.Request, e endpoint) {
	h := w.Header()
	if e.public {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Max-Age", "900")
		return
	}
	origin := r.Header.Get("Origin")
	if !e.cors || origin == "" {
		return
	}
	h.Add("Vary", "Origin")
	if origin != t.issuer && !t.redirect.hasOrigin(origin) {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Max-Age", "900")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
			h.Set("Access-Control-Allow-Headers", headers)
		}
	}
}
