package diagnose

import (
	"cmp"
	"slices"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Subject is what a finding speaks of, where that is narrower than a call: it says where the evidence stands. Its zero value says
// that the call, or the stage, is all there is to name.
type Subject struct {
	Kind       SubjectKind
	Name       string     // of the claim, the member, the parameter, the header field; "" for all of it
	Token      story.Kind // of the token, where a token is spoken of
	Generation int        // of that token
}

// SubjectKind is the sort of a [Subject]. The values are part of the JSON contract.
type SubjectKind string

// The sorts of a [Subject].
const (
	OfToken     SubjectKind = "token"     // a token as a whole
	OfHeader    SubjectKind = "header"    // a member of its JOSE header (RFC 7515 §4)
	OfClaim     SubjectKind = "claim"     // one of its claims (RFC 7519 §4)
	OfSignature SubjectKind = "signature" // its signature
	OfMetadata  SubjectKind = "metadata"  // a member of the metadata (RFC 8414 §2)
	OfKeys      SubjectKind = "keys"      // what stands at jwks_uri (RFC 7517 §5)
	OfParameter SubjectKind = "parameter" // a parameter that was sent, or a member of what came back
	OfClocks    SubjectKind = "clocks"    // the clocks that lives are counted by
	OfBytes     SubjectKind = "bytes"     // a part of the message: a header field, the status line, a body
)

// Parts of a message that are no header field, as the names of [OfBytes].
const (
	StatusLine   = "status line"
	RequestBody  = "request body"
	ResponseBody = "response body"
)

var (
	ofID        = Subject{Kind: OfToken, Token: story.IDToken}
	ofAccess    = Subject{Kind: OfToken, Token: story.AccessToken}
	ofRefresh   = Subject{Kind: OfToken, Token: story.RefreshToken}
	ofSignature = Subject{Kind: OfSignature, Token: story.IDToken}
	ofMetadata  = Subject{Kind: OfMetadata}
	ofKeys      = Subject{Kind: OfKeys}
)

func claim(name string) Subject { return Subject{Kind: OfClaim, Name: name, Token: story.IDToken} }
func joseHeader(name string) Subject {
	return Subject{Kind: OfHeader, Name: name, Token: story.IDToken}
}
func member(name string) Subject    { return Subject{Kind: OfMetadata, Name: name} }
func parameter(name string) Subject { return Subject{Kind: OfParameter, Name: name} }
func part(name string) Subject      { return Subject{Kind: OfBytes, Name: name} }

// subjects say what the findings of a rule speak of. A rule that can speak of several things says itself which, and a rule that
// is not here speaks of its call, or of its stage.
var subjects = func() map[string]Subject {
	all := map[string]Subject{}
	for _, s := range [...]struct {
		Subject
		ids []string
	}{
		{parameter("error"), []string{"offline-access-alone", "invalid-scope", "access-denied", "client-not-accepted", "prompt-none", "consent-required", "pkce-required", "pkce-method",
			"offline-access-refused", "par-required", "request-object-required", "request-uri-refused", "authorization-refused", "device-request-refused", "device-denied", "device-expired",
			"device-code-rejected", "device-slowed-down", "code-rejected", "client-authentication-failed", "token-request-refused", "introspection-refused", "refresh-refused", "refresh-race",
			"refresh-token-reused", "revocation-refused", "dpop-proof-refused", "entra-spa-redirect", "grant-not-allowed"}},
		{parameter("state"), []string{"state-missing", "state-mismatch", "earlier-run-answer", "logout-state-wrong"}},
		{parameter("iss"), []string{"iss-missing", "iss-mismatch"}},
		{parameter("code"), []string{"answer-without-code", "answer-encoded-twice", "code-used-twice", "code-too-old"}},
		{parameter("code_verifier"), []string{"pkce-verifier-wrong", "pkce-verifier-missing"}},
		{parameter("code_challenge"), []string{"pkce-not-used"}},
		{parameter("redirect_uri"), []string{"redirect-uri-differs", "redirect-uri-not-registered"}},
		{parameter("client_id"), []string{"client-unknown", "refresh-client-authentication-differs", "refresh-token-of-another-client"}},
		{parameter("scope"), []string{"refresh-scope-refused", "refresh-scope-ignored", "offline-access-dropped", "scope-narrowed", "scope-odd"}},
		{parameter("refresh_token"), []string{"refresh-token-first-consent-only", "refresh-token-missing-though-asked", "no-refresh-token"}},
		{parameter("id_token"), []string{"id-token-missing", "openid-not-asked", "refresh-without-id-token"}},
		{parameter("access_token"), []string{"access-token-missing"}},
		{parameter("token_type"), []string{"token-type-odd"}},
		{parameter("expires_in"), []string{"expires-in-odd", "expires-in-missing"}},
		{parameter("active"), []string{"introspection-inactive", "introspection-active-though-dead"}},
		{parameter("sub"), []string{"userinfo-other-person"}},
		{claim("iss"), []string{"refreshed-id-token-iss"}},
		{claim("sub"), []string{"refreshed-id-token-sub"}},
		{claim("aud"), []string{"audience-wrong", "refreshed-id-token-aud"}},
		{claim("azp"), []string{"refreshed-id-token-azp"}},
		{claim("nonce"), []string{"nonce-missing", "nonce-wrong", "refreshed-id-token-nonce"}},
		{claim("exp"), []string{"token-expired-on-arrival", "token-lifetime-long", "token-times-milliseconds"}},
		{claim("iat"), []string{"issued-in-future", "refreshed-id-token-iat"}},
		{claim("auth_time"), []string{"refreshed-id-token-auth-time"}},
		{claim("at_hash"), []string{"at-hash-wrong"}},
		{claim(""), []string{"claim-wrong"}},
		{Subject{Kind: OfClaim, Name: "aud", Token: story.AccessToken}, []string{"audience-not-in-token"}},
		{Subject{Kind: OfClaim, Name: "exp", Token: story.AccessToken}, []string{"exp-and-expires-in-disagree"}},
		{joseHeader("alg"), []string{"alg-none", "alg-not-accepted"}},
		{joseHeader("kid"), []string{"signature-unknown-key", "kid-absent", "token-kid-suspicious"}},
		{joseHeader("crit"), []string{"token-crit-unknown"}},
		{joseHeader("jku"), []string{"token-key-in-header-jku"}},
		{joseHeader("x5u"), []string{"token-key-in-header-x5u"}},
		{joseHeader("jwk"), []string{"token-key-in-header-jwk"}},
		{joseHeader("x5c"), []string{"token-key-in-header-x5c"}},
		{ofSignature, []string{"signature-invalid"}},
		{ofID, []string{"id-token-not-a-jwt", "id-token-encrypted"}},
		{ofAccess, []string{"access-token-opaque", "access-token-encrypted", "access-token-expired", "logout-tokens-live", "revoked-but-alive"}},
		{ofRefresh, []string{"refresh-token-kept"}},
		{member("issuer"), []string{"issuer-differs", "issuer-http"}},
		{member("token_endpoint_auth_methods_supported"), []string{"client-authentication-not-advertised"}},
		{member("code_challenge_methods_supported"), []string{"pkce-plain-only", "pkce-not-advertised"}},
		{member("id_token_signing_alg_values_supported"), []string{"id-token-unsigned-offered"}},
		{member("response_types_supported"), []string{"implicit-offered"}},
		{member("grant_types_supported"), []string{"password-offered", "refresh-not-advertised", "grant-not-offered"}},
		{member("authorization_response_iss_parameter_supported"), []string{"iss-parameter-not-advertised"}},
		{ofMetadata, []string{"endpoint-missing", "metadata-incomplete", "metadata-documents-differ", "metadata-member-repeated", "metadata-member-odd", "metadata-member-misspelt", "endpoint-http", "endpoint-elsewhere"}},
		{ofKeys, []string{"key-private-published", "key-secret-published", "key-rsa-short", "keys-empty", "key-id-repeated", "key-id-missing", "key-certificate-odd", "key-unusable", "keys-fetched-again"}},
		{part("Www-Authenticate"), []string{"api-step-up", "api-wants-dpop", "api-scope-missing", "api-token-refused", "api-other-scheme", "userinfo-refused", "api-names-metadata"}},
		{part("Authorization"), []string{"token-confused"}},
		{part("Location"), []string{"api-redirected"}},
		{Subject{Kind: OfClocks}, []string{"clock-skew", "suspended"}},
		{part("Origin"), []string{"cross-origin-blocked"}},
		{part("Retry-After"), []string{"rate-limited"}},
		{part("Content-Type"), []string{"content-type-odd"}},
		{part(StatusLine), []string{"api-forbidden", "api-not-served", "discovery-not-found", "server-error"}},
		{part(RequestBody), []string{"token-request-not-a-form"}},
		{part(ResponseBody), []string{"keys-unreadable", "discovery-not-json", "device-response-incomplete", "body-cut", "body-too-long", "not-an-oauth-answer", "userinfo-signature-invalid", "authorization-page-error", "preflight-unclear"}},
	} {
		for _, id := range s.ids {
			all[id] = s.Subject
		}
	}
	return all
}()

// about says what findings speak of, where their rule can speak of several things.
func about(s Subject, fs []Finding) []Finding {
	for i := range fs {
		fs[i].Of = s
	}
	return fs
}

// ofToken is what speaks of one token; the rule says of which part of it.
func ofToken(t *story.Token) Subject { return Subject{Token: t.Kind, Generation: t.Generation} }

// subject completes what a finding speaks of: by its rule, where it does not say so itself, and with the token's generation.
func (r *reading) subject(f *Finding) {
	usual := subjects[f.ID]
	if f.Of.Kind == "" {
		if usual.Kind == "" && f.Of.Token != "" {
			usual = Subject{Kind: OfToken, Token: f.Of.Token}
		}
		f.Of.Kind, f.Of.Name = usual.Kind, cmp.Or(f.Of.Name, usual.Name)
		if f.Of.Token = cmp.Or(f.Of.Token, usual.Token); usual.Token == "" {
			f.Of.Token, f.Of.Generation = "", 0
		}
	}
	if f.Of.Token == "" || f.Of.Generation != 0 {
		return
	}
	if t := r.spokenOf(f.Of.Token, f.Call); t != nil {
		f.Of.Generation = t.Generation
	} else {
		f.Of = Subject{}
	}
}

// spokenOf returns the token of a kind that came with a call; of a call that brought none, the newest that there was then.
func (r *reading) spokenOf(k story.Kind, call trace.CallID) *story.Token {
	var newest *story.Token
	for _, t := range slices.Backward(r.Tokens()) {
		switch {
		case t.Kind != k:
		case t.Call.ID == call:
			return t
		case newest == nil && (call == 0 || t.Call.ID < call):
			newest = t
		}
	}
	return newest
}
