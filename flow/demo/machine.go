package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// typeMachine is Authgear's application type for a client that acts for itself.
const typeMachine = "m2m"

// Resources are the APIs that a machine's tokens can be for (RFC 8707).
var Resources = []string{"https://api.workshop.example"}

// Machines returns the built-in clients that sign nobody in: they have the client credentials grant and no other.
func Machines() []Client {
	return []Client{{ID: "workshop-machine", Name: "Workshop Machine", Type: typeMachine, Secret: "workshop-machine-secret", JWT: true}}
}

// checkClientCredentials checks a request of the client credentials grant in Authgear's order.
func checkClientCredentials(c *Client, secret, resource string) *oauthError {
	switch {
	case resource == "":
		return fail("invalid_target", "resource is required")
	case secret == "":
		return fail("invalid_client", "client secret is required")
	case c.Type != "confidential" && c.Type != typeMachine:
		return fail("unauthorized_client", "grant type is not allowed for this client")
	}
	if err := checkSecret(c, secret); err != nil {
		return err
	}
	if c.Type != typeMachine || !slices.Contains(Resources, resource) {
		return fail("invalid_target", "resource not found")
	}
	return nil
}

// issueForClient makes the response of the client credentials grant (RFC 6749, section 4.4.3): a JWT for the resource,
// neither an ID token nor a refresh token. This response alone has a scope.
func (t *Tenant) issueForClient(c *Client, resource string) (object, *oauthError) {
	now, lifetime := time.Now(), t.AccessLifetime()
	opaque := newSecret()
	t.store.mu.Lock()
	t.store.tokens.put(hash(opaque), accessToken{clientID: c.ID, expires: now.Add(lifetime)})
	t.store.mu.Unlock()
	token, err := t.key().sign("at+jwt", map[string]any{"iss": t.issuer, "aud": []string{resource}, "sub": "client_id_" + c.ID, "client_id": c.ID,
		"iat": now.Unix(), "exp": now.Add(lifetime).Unix(), "jti": hash(opaque), "scope": ""})
	if err != nil {
		return nil, fail("server_error", "internal server error")
	}
	return object{{"access_token", token}, {"expires_in", int64(lifetime / time.Second)}, {"scope", ""}, {"token_type", "Bearer"}}, nil
}

// writeSigned writes UserInfo as a JWT, which Authgear does not.
func (t *Tenant) writeSigned(w http.ResponseWriter, c *Client, claims map[string]any) {
	plain, err := json.Marshal(claims)
	flat := map[string]any{}
	if err == nil {
		err = json.Unmarshal(plain, &flat)
	}
	flat["iss"], flat["aud"] = t.issuer, c.ID
	signed := ""
	if err == nil {
		signed, err = t.key().sign("JWT", flat)
	}
	if err != nil {
		writeError(w, fail("server_error", "internal server error"))
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	w.Write([]byte(signed))
}
