package story

// ExperimentInfo says what an experiment is, before it is made.
type ExperimentInfo struct {
	Name      string // as --experiment takes it
	Title     string
	What      string // what is done, in a sentence
	Destroys  string // what it may cost; "" nothing
	Fresh     bool   // it needs an authorization code, so a login of its own
	Browser   bool   // it sends the browser away, though it goes on with the tokens that there are
	Refreshes bool   // it hands in the refresh token, or revokes it
	Expected  string // what the specification says
	Authgear  string // what Authgear is known to do where that is another thing
	Spec      string

	endpoints []string // that it cannot do without, besides the token endpoint
}

// ExperimentNamed returns the experiment of this name, or nil.
func ExperimentNamed(name string) *ExperimentInfo {
	for i := range AllExperiments {
		if AllExperiments[i].Name == name {
			return &AllExperiments[i]
		}
	}
	return nil
}

// AllExperiments are those that can be made.
var AllExperiments = []ExperimentInfo{
	{Name: "reuse", Title: "An old refresh token again", What: "Refreshes, then hands in the refresh token that was replaced, and looks what still works.", Refreshes: true,
		Destroys: "A server that notices takes it for a theft and ends the whole session.",
		Expected: "The old token is refused, and since one of two holders must be a thief the newest one is revoked too.",
		Authgear: "Without rotation the same token goes on working. With rotation the old one is refused and the newest goes on working.",
		Spec:     "RFC 9700 §2.2.2, §4.14.2"},
	{Name: "race", Title: "Refreshes at once", What: "Hands the same refresh token in three times at once, as two tabs and a retry do, and looks which of the new tokens work.", Refreshes: true,
		Destroys: "With rotation the tokens of those who lost are dead, and a server that notices ends the session.",
		Expected: "Nothing is said of it: without rotation all succeed, with rotation one, or all within a time of grace.",
		Authgear: "With rotation several succeed, each with another refresh token, of which one works.",
		Spec:     "RFC 6749 §6, RFC 9700 §4.14.2"},
	{Name: "narrower-scope", Title: "A refresh with less scope", What: "Asks for one scope less than was granted.", Refreshes: true,
		Expected: "The access token has the smaller scope, and the answer says so.",
		Authgear: "scope is not read at a refresh: the answer has the whole scope and does not say it.",
		Spec:     "RFC 6749 §6, §5.1"},
	{Name: "wider-scope", Title: "A refresh with more scope", What: "Asks for a scope more than was granted.", Refreshes: true,
		Expected: "invalid_scope: a refresh must not widen what the person agreed to.",
		Authgear: "scope is not read at a refresh: the answer has the scope of the sign-in.",
		Spec:     "RFC 6749 §6"},
	{Name: "other-scope", Title: "A refresh with a scope that is not known", What: "Asks for a scope that no server knows.", Refreshes: true,
		Expected: "invalid_scope.",
		Authgear: "scope is not read at a refresh.",
		Spec:     "RFC 6749 §6, §5.2"},
	{Name: "other-client", Title: "A refresh as another client", What: "Hands the refresh token in under another client_id, then under the right one.", Refreshes: true,
		Destroys: "A server that renews the token before it compares the client loses it: Authgear with rotation does.",
		Expected: "Refused: a refresh token is bound to the client that it was issued to. The right client can still use it.",
		Authgear: "Refused; if the other client has rotation, the token is lost by the attempt.",
		Spec:     "RFC 6749 §6, §10.4"},
	{Name: "access-after-expiry", Title: "The access token after its time", What: "Waits until the access token has expired, and uses it at UserInfo. Only where that is less than two minutes away.",
		Expected: "401 invalid_token.", Spec: "RFC 6750 §3.1", endpoints: []string{"userinfo_endpoint"}},
	{Name: "access-after-refresh", Title: "The old access token after a refresh", What: "Refreshes, and uses the access token of before at UserInfo.", Refreshes: true,
		Expected: "Nothing is said of it: most servers let it live until it expires.",
		Authgear: "It lives until it expires.",
		Spec:     "RFC 6749 §6", endpoints: []string{"userinfo_endpoint"}},
	{Name: "access-after-revocation", Title: "The access token after a revocation", What: "Revokes the refresh token, and uses the access token at UserInfo.", Refreshes: true,
		Destroys: "The session ends.",
		Expected: "The access tokens of the same grant should be dead too, at the tenant's own endpoints at least.",
		Spec:     "RFC 7009 §2.1", endpoints: []string{"revocation_endpoint", "userinfo_endpoint"}},
	{Name: "access-after-logout", Title: "The access token after a logout", What: "Ends the person's session in the browser, and uses the access token at UserInfo.", Browser: true,
		Destroys: "The person is signed out at the tenant, in this browser at least.",
		Expected: "Nothing is said of it: a logout ends the person's session at the tenant, and what becomes of tokens is the server's choice.",
		Authgear: "The session ends, and its tokens die with it.",
		Spec:     "OpenID Connect RP-Initiated Logout 1.0 §2", endpoints: []string{"end_session_endpoint", "userinfo_endpoint"}},
	{Name: "code-twice", Title: "The authorization code twice", What: "Signs in, hands the code in, hands it in again, and looks whether the tokens of the first time still work.", Fresh: true,
		Expected: "The second time is refused, and the tokens of the first time should be revoked.",
		Authgear: "The second time is refused, and the tokens of the first time go on working.",
		Spec:     "RFC 6749 §4.1.2, §10.5"},
	{Name: "wrong-verifier", Title: "A wrong code_verifier", What: "Signs in, and hands the code in with another verifier than the challenge was made of, then with the right one.", Fresh: true,
		Expected: "invalid_grant: without this check PKCE protects nothing.", Spec: "RFC 7636 §4.6"},
	{Name: "wrong-redirect-uri", Title: "Another redirect_uri at the token endpoint", What: "Signs in, and hands the code in with another redirect URI than the code was sent to, then with the right one.", Fresh: true,
		Expected: "Refused: both must be identical.", Spec: "RFC 6749 §4.1.3"},
	{Name: "no-nonce", Title: "A sign-in without a nonce", What: "Signs in without sending a nonce, and looks at the ID token.", Fresh: true,
		Expected: "It works: with the code flow a nonce is optional. The ID token then has none.", Spec: "OpenID Connect Core 1.0 §3.1.2.1, §3.1.3.6"},
}

// The steps of experiments, as they stand in traces.
const (
	StepRotate    = "refresh first"
	StepOld       = "the old refresh token"
	StepSame      = "the same refresh token again"
	StepNewest    = "the newest refresh token"
	StepRace      = "three refreshes at once"
	StepRaced     = "each refresh token that came of it"
	StepScope     = "refresh with another scope"
	StepOther     = "refresh as another client"
	StepOwn       = "refresh as the right client"
	StepAccess    = "the access token at UserInfo"
	StepRevoke    = "revoke the refresh token"
	StepExchange  = "hand the code in"
	StepAgain     = "hand the code in again"
	StepWrong     = "hand the code in, changed"
	StepRight     = "hand the code in as it should be"
	StepOldAccess = "the access token of before at UserInfo"
)
