package jwtview

import (
	"strings"
	"testing"
	"time"
)

func TestExplain(t *testing.T) {
	paris := now.In(time.FixedZone("UTC+1", 3600))
	tests := []struct{ header, claims, name, meaning, note string }{
		{`{"alg":"RS256"}`, `{}`, "alg", "algorithm", "RSA signature, PKCS #1 v1.5, SHA-256"},
		{`{"alg":"dir","enc":"A128GCM"}`, `{}`, "enc", "encrypts", "AES-128 GCM"},
		{`{"typ":"application/at+jwt"}`, `{}`, "typ", "type", "an access token"},
		{`{}`, `{"exp":1795382012}`, "exp", "expires", "2026-11-22 22:13:32 +01:00 · 21:13:32Z · in 3m32s"},
		{`{}`, `{"exp":1795388400}`, "exp", "expires", "2026-11-23 00:00:00 +01:00 · 2026-11-22 23:00:00Z · in 1h50m0s"},
		{`{}`, `{"exp":"x"}`, "exp", "expires", ""},
		{`{}`, `{"amr":["pwd","x_primary_password","?"]}`, "amr", "how the user", "pwd: password; x_primary_password: password, as the first factor"},
		{`{}`, `{"acr":"phr"}`, "acr", "how strong", "resistant to phishing"},
		{`{}`, `{"iss":"https://kc/realms/r","acr":"1"}`, "acr", "level", "signed in for this session"},
		{`{}`, `{"iss":"https://x.okta.com","acr":"1"}`, "acr", "how strong", ""},
		{`{}`, `{"acr":"1"}`, "acr", "how strong", ""},
		{`{}`, `{"cnf":{"x5t#S256":"x"}}`, "cnf", "key", "mutual TLS: the certificate with this hash (RFC 8705 §3.1)"},
		{`{}`, `{"cnf":{}}`, "cnf", "key", ""},
		{`{}`, `{"scope":"openid x offline_access"}`, "scope", "permits", "openid: an ID token; offline_access: a refresh token"},
		{`{}`, `{"cnf":{"jkt":"x"}}`, "cnf", "key", "DPoP: the key with this thumbprint (RFC 9449 §6.1)"},
		{`{}`, `{"act":{"sub":"admin"}}`, "act", "acts", "acts: admin"},
		{`{}`, `{"iss":"https://login.microsoftonline.com/t/v2.0","sub":"u"}`, "sub", "another in every application", ""},
		{`{}`, `{"iss":"https://x.okta.com","scp":["openid"]}`, "scp", "permits", "an ID token"},
		{`{}`, `{"realm_access":{}}`, "realm_access", "realm", ""},
		{`{}`, `{"cognito:groups":[]}`, "cognito:groups", "groups", ""},
		{`{}`, `{"sid":"b2ZmbGluZV9ncmFudDozOTBkNTQ5Ni0zNDQzLTQ0ZWYtOTY5ZC0wMzVlMDdhYTVkZmI"}`, "sid", "session", "offline grant 390d5496-3443-44ef-969d-035e07aa5dfb"},
		{`{}`, `{"never heard of":1}`, "never heard of", "", ""},
	}
	for _, tt := range tests {
		tok := Decode(token(tt.header, tt.claims, "s"))
		lines := append(tok.ExplainHeader(paris), tok.ExplainClaims(paris)...)
		found := false
		for _, line := range lines {
			if line.Name != tt.name {
				continue
			}
			found = true
			if !strings.Contains(line.Meaning, tt.meaning) || line.Note != tt.note || (line.Meaning == "") != (line.Spec == "") {
				t.Errorf("%s of %s: %+v\nwant %q, note %q", tt.name, tt.claims, line, tt.meaning, tt.note)
			}
		}
		if !found {
			t.Errorf("%s of %s is not explained", tt.name, tt.claims)
		}
	}
	if got := TimeNote(now, now); got != "2026-11-22 21:10:00Z · now" {
		t.Errorf("in UTC: %q", got)
	}
	twice := Decode(token(`{"alg":"none"}`, `{"a":1,"b":2,"a":3}`, "")).ExplainClaims(now)
	if len(twice) != 3 || twice[0].Repeats || !twice[2].Repeats || twice[2].Value.Text != "3" {
		t.Errorf("duplicates are explained as %+v", twice)
	}
}

// What the registries hold since 2015 is explained; a few of each age stand for the rest.
func TestRegistriesAreThere(t *testing.T) {
	for _, name := range strings.Fields(`iss sub aud exp nbf iat jti name given_name family_name middle_name nickname preferred_username profile picture website
		email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at azp nonce auth_time at_hash c_hash acr amr
		sub_jwk cnf sip_from_tag sip_date sip_callid sip_cseq_num sip_via_branch orig dest mky events toe txn rph sid vot vtm attest origid act scope client_id
		may_act jcard at_use_nbr div opt vc vp sph ace_profile cnonce exi roles groups entitlements token_introspection eat_nonce ueid sueids oemid hwmodel
		hwversion oemboot dbgstat location eat_profile submods uptime bootcount bootseed dloas swname swversion manifests measurements measres intuse cdniv
		cdnicrit cdniip cdniuc cdniets cdnistt cdnistd sig_val_claims authorization_details verified_claims place_of_birth nationalities birth_family_name
		birth_given_name birth_middle_name salutation title msisdn also_known_as htm htu ath atc sub_id rcd rcdi crn msgi _claim_names _claim_sources
		rdap_allowed_purposes rdap_dnt_allowed geohash _sd ... _sd_alg sd_hash vct status status_list ttl jwks metadata authority_hints trust_marks`) {
		if text, spec := ClaimMeaning(name); text == "" || spec == "" {
			t.Errorf("the registered claim %s has no meaning", name)
		}
	}
	for _, name := range strings.Fields(`alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit enc zip epk apu apv iv tag p2s p2c iss sub aud b64 url nonce ppt svt iheSSId
		trust_chain peer_trust_chain`) {
		if text, spec := HeaderMeaning(name); text == "" || spec == "" {
			t.Errorf("the registered header parameter %s has no meaning", name)
		}
	}
	for name, table := range valueMeanings {
		for value, m := range table {
			if m.text == "" || m.spec == "" {
				t.Errorf("value %s of %s: %+v", value, name, m)
			}
		}
	}
}
