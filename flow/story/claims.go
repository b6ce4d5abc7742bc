package story

import (
	"slices"
	"strings"
	"time"

	"authscope/jwtview"
)

// ClaimRow is one claim in the three places where a client can learn it. A nil value is not there.
type ClaimRow struct {
	Name                 string
	ID, UserInfo, Access *jwtview.Value
	Differ               bool   // it stands in several places that ought to agree, with different values
	Missing              bool   // a scope asked for it, and it came nowhere
	Why                  string // why it stands where it does; what the wire does not prove says "may"
	Spec                 string
}

// ClaimTable holds the newest ID token, UserInfo and access token of the newest login side by side.
type ClaimTable struct {
	ID, UserInfo, Access string // in a few words what each column is, or why it is empty
	Rows                 []ClaimRow
	More                 int // claims beyond maxClaimRows
}

// maxClaimRows bounds the table: a token of an attacker has a hundred thousand claims.
const maxClaimRows = 500

// scopeClaims are the claims that a scope stands for (OpenID Connect Core §5.4).
var scopeClaims = map[string][]string{
	"profile": {"name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"},
	"email":   {"email", "email_verified"},
	"address": {"address"},
	"phone":   {"phone_number", "phone_number_verified"},
}

// tokenClaims speak of the token, so they differ from one to the next, and UserInfo has none of them.
var tokenClaims = []string{"iss", "aud", "exp", "iat", "nbf", "jti", "typ", "azp", "client_id", "scope", "scp"}

// signInClaims speak of the sign-in, which is what an ID token is about (OpenID Connect Core §2).
var signInClaims = []string{"nonce", "at_hash", "c_hash", "s_hash", "auth_time", "amr", "acr", "sid"}

// Claims tells for every claim where it stands, and why there (OpenID Connect Core §5.4, RFC 9068 §2.2).
// Claims that a scope asked for and that came nowhere have a row too, at the end.
func (s *Story) Claims() ClaimTable {
	var t ClaimTable
	id, says := tokenColumn(s.newest[IDToken])
	t.ID = says
	acc, says := tokenColumn(s.newest[AccessToken])
	t.Access = says
	info, says := s.userInfoColumn()
	t.UserInfo = says
	inID, inInfo, inAccess := byName(id), byName(info), byName(acc)
	seen := map[string]bool{}
	for _, col := range []jwtview.Value{id, info, acc} {
		for _, m := range col.Members {
			if seen[m.Name] {
				continue
			}
			seen[m.Name] = true
			if len(t.Rows) == maxClaimRows {
				t.More++
				continue
			}
			r := ClaimRow{Name: m.Name, ID: inID[m.Name], UserInfo: inInfo[m.Name], Access: inAccess[m.Name]}
			s.explainClaim(&r)
			t.Rows = append(t.Rows, r)
		}
	}
	if info.Kind == jwtview.Object {
		t.Rows = append(t.Rows, s.missingClaims(seen)...)
	}
	return t
}

// byName finds members by their names; of duplicates the first.
func byName(v jwtview.Value) map[string]*jwtview.Value {
	out := make(map[string]*jwtview.Value, len(v.Members))
	for i := range v.Members {
		if m := &v.Members[i]; out[m.Name] == nil {
			out[m.Name] = &m.Value
		}
	}
	return out
}

// tokenColumn returns the claims of a token, and what the token is.
func tokenColumn(t *Token) (jwtview.Value, string) {
	switch {
	case t == nil:
		return jwtview.Value{}, "there is none"
	case t.View.Format == jwtview.FormatJWE:
		return jwtview.Value{}, "encrypted"
	case t.View.Claims.Kind != jwtview.Object:
		return jwtview.Value{}, "opaque"
	}
	return t.View.Claims, t.Describe
}

// userInfoColumn returns what UserInfo said last, as JSON or as a JWT (OpenID Connect Core §5.3.2).
func (s *Story) userInfoColumn() (jwtview.Value, string) {
	for _, c := range slices.Backward(s.calls) {
		if c.Class != UserInfoCall {
			continue
		}
		switch {
		case c.Response == nil:
			return jwtview.Value{}, "it has not answered"
		case !c.OK():
			return jwtview.Value{}, "it refused"
		case c.Response.IsJSON && c.Response.JSON.Kind == jwtview.Object:
			return c.Response.JSON, "JSON"
		case c.Response.MediaType() == "application/jwt":
			if v := jwtview.Decode(strings.TrimSpace(string(c.Response.Body))); v.Claims.Kind == jwtview.Object {
				return v.Claims, "signed, " + v.Describe()
			}
		}
		return jwtview.Value{}, "its answer cannot be read"
	}
	return jwtview.Value{}, "it was not asked"
}

// explainClaim says why a claim stands where it does.
func (s *Story) explainClaim(r *ClaimRow) {
	places := 0
	for _, v := range []*jwtview.Value{r.ID, r.UserInfo, r.Access} {
		if v != nil {
			places++
		}
	}
	ofToken, ofSignIn := slices.Contains(tokenClaims, r.Name), slices.Contains(signInClaims, r.Name)
	scope := scopeOf(r.Name)
	switch {
	case r.Name == "sub":
		r.Why, r.Spec = s.explainSub(r), "OpenID Connect Core §5.3.2"
	case ofToken && r.UserInfo == nil:
		r.Why, r.Spec = "it speaks of the token that it stands in, so each token has its own", "RFC 7519 §4.1"
	case ofToken && (r.ID != nil || r.Access != nil):
		r.Why = "it speaks of a token; at UserInfo it is there when the answer is signed, or as a copy"
		r.Spec = "OpenID Connect Core §5.3.2"
	case ofSignIn && r.UserInfo == nil:
		r.Why, r.Spec = "it speaks of the sign-in, which is what an ID token is about", "OpenID Connect Core §2"
	case places > 1 && !agree(r):
		r.Differ = true
		r.Why = "the places disagree: the ID token may be older than a change of the account, or the server formats it differently"
		r.Spec = "OpenID Connect Core §5.3.2"
	case places > 1:
		r.Why = "the same wherever it stands"
	case r.UserInfo != nil:
		r.Why, r.Spec = s.onlyUserInfo(r.Name, scope), "OpenID Connect Core §5.4"
	case r.ID != nil && scope != "":
		r.Why, r.Spec = "this server puts claims about the person into the ID token too, which `"+scope+"` allows", "OpenID Connect Core §5.4"
	case r.ID != nil:
		r.Why = "the server's own: it told it at the sign-in only"
	default:
		r.Why, r.Spec = "for the API that takes the access token, not for the client", "RFC 9068 §2.2"
	}
}

// agree reports that all places that have the claim have the same value.
func agree(r *ClaimRow) bool {
	var first *jwtview.Value
	for _, v := range []*jwtview.Value{r.ID, r.UserInfo, r.Access} {
		switch {
		case v == nil:
		case first == nil:
			first = v
		case first.String() != v.String():
			return false
		}
	}
	return true
}

// explainSub: sub has to be the same in the ID token and at UserInfo. An access token may name the person otherwise.
func (s *Story) explainSub(r *ClaimRow) string {
	switch {
	case r.ID != nil && r.UserInfo != nil && r.ID.String() != r.UserInfo.String():
		r.Differ = true
		return "UserInfo speaks of somebody else: its values must not be used"
	case r.Access != nil && r.ID != nil && r.Access.String() != r.ID.String():
		r.Differ = true
		return "the access token names the subject otherwise: a pairwise subject, or a client's own token, may do that"
	}
	return "who it is: the one key to the account, the same everywhere"
}

// onlyUserInfo says why a claim is at UserInfo and nowhere else.
func (s *Story) onlyUserInfo(name, scope string) string {
	asked := s.Login() != nil && scope != "" && slices.Contains(strings.Fields(s.Login().Scope), scope)
	switch {
	case asked:
		return "the scope `" + scope + "` asked for it, and in a code flow such claims are at UserInfo"
	case scope != "" && s.metadata.IsAuthgear():
		return "Authgear gives a first-party client the whole profile at UserInfo, `" + scope + "` or not; in the ID token it stands only for confidential and third-party clients"
	case scope != "":
		return "nobody asked with `" + scope + "`: this server gives it at UserInfo all the same"
	case strings.HasPrefix(name, "https://authgear.com/claims/"):
		return "Authgear's own, about the account; some need full-userinfo and offline_access"
	}
	return "the server's own: it tells it to whoever shows the access token"
}

// missingClaims are the chief claims of scopes that were asked for of which not one has come.
func (s *Story) missingClaims(have map[string]bool) (out []ClaimRow) {
	l := s.Login()
	if l == nil {
		return nil
	}
	for _, scope := range strings.Fields(l.Scope) {
		names := scopeClaims[scope]
		if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return have[n] }) {
			continue
		}
		out = append(out, ClaimRow{Name: names[0], Missing: true, Spec: "OpenID Connect Core §5.3.2, §5.4",
			Why: "the scope `" + scope + "` asked for it and it came nowhere: the account may have none, or the tenant may withhold it from this client"})
	}
	return out
}

// scopeOf is the scope that asks for a claim, or "" (OpenID Connect Core §5.4).
func scopeOf(claim string) string {
	for _, scope := range []string{"profile", "email", "address", "phone"} {
		if slices.Contains(scopeClaims[scope], claim) {
			return scope
		}
	}
	return ""
}

// Judge holds a token from elsewhere against what this story knows: the keys of its tenant, if the token says that it
// is of that tenant. The sentence says which keys were used, and if none, why.
func (s *Story) Judge(v jwtview.Token, now time.Time) (checks []jwtview.Check, keys jwtview.Keys, why string) {
	d := jwtview.Demands{Leeway: s.settings.Leeway}
	iss, _ := v.Claims.Str("iss")
	tenant := s.settings.Issuer
	if s.metadata != nil {
		tenant = s.metadata.Issuer
	}
	switch {
	case v.Format != jwtview.FormatJWT:
		return nil, nil, ""
	case iss == "":
		why = "It names no issuer, so there is no telling whose keys it was signed with: its signature is not verified."
	case iss != tenant:
		why = "It is of another issuer than this tenant, so its signature is not verified; authscope decode --discover fetches that issuer's keys."
	case !s.keysKnown:
		why = "It is of this tenant, whose keys have not been fetched yet: the stage Verify does that."
	default:
		d.Keys, d.KeysKnown = s.keys, true
		why = "It says that it is of this tenant, and was held against this tenant's keys."
	}
	return v.Verify(d, now), d.Keys, why
}
