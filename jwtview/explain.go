package jwtview

import (
	"fmt"
	"strings"
	"time"
)

// A Line explains one member of a header or of claims.
type Line struct {
	Name    string    // of the member
	Value   Value     // as received
	Meaning string    // what the member is, "" if it is not known
	Spec    string    // where that is written
	Note    string    // the value made readable, "" for what is readable as it is
	Time    time.Time // of a NumericDate, zero for anything else
	Repeats bool      // another member before it has the same name
}

// ExplainHeader explains the header, members in the order received, duplicates included.
func (t Token) ExplainHeader(now time.Time) []Line { return t.explain(t.Header, true, now) }

// ExplainClaims explains the claims, members in the order received, duplicates included. Where a provider means something
// of its own by a name, that of the issuer counts.
func (t Token) ExplainClaims(now time.Time) []Line { return t.explain(t.Claims, false, now) }

func (t Token) explain(v Value, header bool, now time.Time) []Line {
	lines := make([]Line, 0, len(v.Members))
	provider := t.providerOf()
	seen := make(map[string]bool, len(v.Members))
	for _, m := range v.Members {
		line := Line{Name: m.Name, Value: m.Value, Repeats: seen[m.Name]}
		seen[m.Name] = true
		if header {
			line.Meaning, line.Spec = HeaderMeaning(m.Name)
		} else {
			line.Meaning, line.Spec = meaningAt(provider, m.Name)
			line.Time, line.Note = t.instant(m, now)
		}
		if line.Note == "" {
			line.Note = t.note(m, provider)
		}
		lines = append(lines, line)
	}
	return lines
}

// ownMeanings are registered names by which a provider means something of its own.
var ownMeanings = map[string]map[string]meaning{
	entra: {"sub": {"user, another in every application", entra}, "groups": {"groups of the user, by id", entra}, "roles": {"app roles of the user or the application", entra},
		"acr": {"0: the sign-in is not of ISO/IEC 29115", entra}, "sid": {"session, for single sign-out", entra}},
	okta:     {"sub": {"user name, or the client of a token without a user", okta}, "ver": {"version of the token", okta}, "idp": {"identity provider of the user", okta}},
	keycloak: {"acr": {"level of the sign-in, by the realm's map", keycloak}, "sid": {"session in Keycloak", keycloak}, "azp": {"client that got the token", keycloak}},
	cognito:  {"sub": {"user, by UUID", cognito}, "scope": {"what the token permits at APIs and the pool", cognito}},
	authgear: {"sub": {"user, by UUID", authgear}, "sid": {"session: the offline grant, in base64url", authgear}, "jti": {"hash of the token that Authgear looks it up by", authgear}},
}

func meaningAt(provider, name string) (string, string) {
	if m, ok := ownMeanings[provider][name]; ok {
		return m.text, m.spec
	}
	return ClaimMeaning(name)
}

// dates are the claims that are a NumericDate (RFC 7519 §2).
var dates = map[string]bool{
	"exp": true, "iat": true, "nbf": true, "auth_time": true, "updated_at": true, "toe": true, "xms_tcdt": true,
}

// instant writes a time as local, UTC and relative: "2026-11-22 22:13:32 +01:00 · 21:13:32Z · in 3m32s".
func (t Token) instant(m Member, now time.Time) (time.Time, string) {
	if !dates[m.Name] {
		return time.Time{}, ""
	}
	at, ok := numericDate(m.Value)
	if !ok {
		return time.Time{}, ""
	}
	return at, TimeNote(at, now)
}

// TimeNote writes an instant in the location of now, in UTC where that is another, and as a distance from now.
func TimeNote(at, now time.Time) string {
	local, utc := at.In(now.Location()), at.UTC()
	if _, offset := local.Zone(); offset == 0 {
		return fmt.Sprintf("%s · %s", utc.Format("2006-01-02 15:04:05Z"), relative(at.Sub(now)))
	}
	format := "15:04:05Z"
	if local.YearDay() != utc.YearDay() || local.Year() != utc.Year() {
		format = "2006-01-02 15:04:05Z"
	}
	return fmt.Sprintf("%s · %s · %s", local.Format("2006-01-02 15:04:05 -07:00"), utc.Format(format), relative(at.Sub(now)))
}

// note reads values out of lists: what each scope, method or algorithm means, and the session in Authgear's sid.
func (t Token) note(m Member, provider string) string {
	const limit = 20
	switch {
	case m.Name == "sid":
		if id := grantOfSid(m.Value.Text); m.Value.Kind == String && id != "" {
			return "offline grant " + id
		}
		return ""
	case m.Name == "cnf":
		return confirmation(m.Value)
	case m.Name == "act" || m.Name == "may_act":
		if sub, ok := m.Value.Str("sub"); ok {
			return "acts: " + clip(sub, 80)
		}
		return ""
	case valueMeanings[m.Name] == nil:
		return ""
	}
	values := valuesOf(m)
	var notes []string
	for _, value := range values[:min(len(values), limit)] {
		text, spec := ValueMeaning(m.Name, mediaTypeIf(m.Name, value))
		if text != "" && applies(m.Name, spec, provider) {
			if len(values) > 1 {
				text = value + ": " + text
			}
			notes = append(notes, text)
		}
	}
	return strings.Join(notes, "; ")
}

// issuers whose meaning of a value says nothing about the same value in the token of another.
var issuers = map[string]bool{keycloak: true, entra: true, auth0: true, okta: true, cognito: true, google: true, authgear: true}

// applies reports that the meaning of a value can be told for this issuer. The levels of acr are each issuer's own.
func applies(name, spec, provider string) bool {
	if name == "acr" && spec == keycloak {
		return provider == keycloak
	}
	return !issuers[spec] || provider == "" || provider == spec
}

// valuesOf are the single values of a list, which scopes are too (RFC 6749 §3.3).
func valuesOf(m Member) []string {
	switch {
	case m.Value.Kind == String && (m.Name == "scope" || m.Name == "scp"):
		return strings.Fields(m.Value.Text)
	case m.Value.Kind == String:
		return []string{m.Value.Text}
	}
	var values []string
	for _, e := range m.Value.Elems {
		values = append(values, e.Text)
	}
	return values
}

func mediaTypeIf(name, value string) string {
	if name == "typ" || name == "cty" {
		return mediaType(value)
	}
	return value
}

// confirmation says which key the holder has to prove (RFC 7800 §3.1, RFC 9449 §6.1, RFC 8705 §3.1).
func confirmation(v Value) string {
	for _, method := range [...]struct{ name, text string }{
		{"jkt", "DPoP: the key with this thumbprint (RFC 9449 §6.1)"}, {"x5t#S256", "mutual TLS: the certificate with this hash (RFC 8705 §3.1)"},
		{"jwk", "the public key that is here (RFC 7800 §3.2)"}, {"kid", "the key of this id (RFC 7800 §3.4)"},
		{"jwe", "a symmetric key, encrypted (RFC 7800 §3.3)"}, {"jku", "a key at this address (RFC 7800 §3.5)"},
		{"osc", "an OSCORE security context (RFC 9203 §3.2.1)"},
	} {
		if _, ok := v.Get(method.name); ok {
			return method.text
		}
	}
	return ""
}
