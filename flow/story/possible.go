package story

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
)

// longestWait is how far away the expiry may be that an experiment waits for.
const longestWait = 2 * time.Minute

// CannotTry says why an experiment cannot be made as the session stands, and what to do for it; "" if it can. One that is
// Fresh signs in itself, so it depends on the settings alone.
func (s *Story) CannotTry(x *ExperimentInfo, now time.Time) string {
	m := s.known()
	switch {
	case x.Fresh && s.settings.Grant != trace.GrantCode:
		return "it needs the authorization code grant"
	case x.Fresh:
		return ""
	case m.TokenEndpoint == "" && s.metadata != nil:
		return "the metadata has no token_endpoint, so there is nothing to try"
	case x.Name == "narrower-scope" && len(strings.Fields(s.askedFor())) < 2:
		return "one scope alone was asked for: there is no less to ask for"
	case s.newest[AccessToken] == nil:
		return "there is no access token to try with: sign in first"
	case x.Refreshes && s.newest[RefreshToken] == nil:
		return "there is no refresh token to try with: sign in with offline_access, or whatever the tenant wants for one"
	}
	for _, name := range x.endpoints {
		if *m.endpoint(name) == "" {
			return "the metadata has no " + name + ": " + endpointUse[name]
		}
	}
	switch x.Name {
	case "wider-scope":
		if s.FurtherScope() == "" {
			return "all scopes that could be added were asked for already"
		}
	case "access-after-expiry":
		return s.cannotWait(now)
	}
	return ""
}

// endpointUse says what is not possible without an endpoint.
var endpointUse = map[string]string{
	"userinfo_endpoint":    "there is nothing here to use the token at",
	"revocation_endpoint":  "tokens cannot be revoked",
	"end_session_endpoint": "an application cannot begin a logout",
}

// cannotWait says why the end of the access token is not waited for.
func (s *Story) cannotWait(now time.Time) string {
	t := s.newest[AccessToken]
	switch left := t.Left(now); {
	case t.ExpiresAt.IsZero():
		return "the server does not say when the access token expires"
	case left > longestWait:
		return fmt.Sprintf("the access token lives %s more: let it live less (here t, or --lifetime access=20s, on the embedded tenant), or come back then", left.Round(time.Second))
	}
	return ""
}

// FurtherScope is a scope that was not asked for and can be: the least of what there is; "" if there is none.
func (s *Story) FurtherScope() string {
	had, known := strings.Fields(s.askedFor()), s.known().ScopesSupported
	if len(known) == 0 {
		known = []string{"profile", "email", "address", "phone"} // OpenID Connect Core §5.4
	}
	for _, name := range []string{"address", "phone", "email", "profile"} {
		if slices.Contains(known, name) && !slices.Contains(had, name) {
			return name
		}
	}
	return ""
}

// askedFor is the scope that the tokens were asked for with: the settings' where the login was another session's.
func (s *Story) askedFor() string {
	if s.Login() == nil && s.Resumed() {
		return s.settings.Scope
	}
	return s.AskedScope()
}
