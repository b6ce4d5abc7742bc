package diagnose

import (
	"cmp"
	"slices"
	"time"

	"authscope/flow/diagnose/provider"
	"authscope/flow/story"
	"authscope/jwtview"
)

// Reader reads findings with what is known of providers. Its zero value has the presets that are built in.
type Reader struct {
	Presets *provider.Set

	without string // a rule that is left out: tests do that
}

func (d Reader) presets() *provider.Set { return cmp.Or(d.Presets, provider.Default()) }

// Provider says which provider a story speaks with.
func (d Reader) Provider(s *story.Story) provider.Match {
	return d.presets().Recognise(newReading(s, time.Time{}).evidence())
}

// Tenant is [Reader.Tenant] with the presets that are built in.
func Tenant(s *story.Story, now time.Time) []Finding { return Reader{}.Tenant(s, now) }

// Read applies every rule, as of now, with the presets that are built in.
func Read(s *story.Story, now time.Time) []Finding { return Reader{}.Read(s, now) }

// evidence is what the story shows of who the provider is.
func (r *reading) evidence() provider.Evidence {
	e := provider.Evidence{Issuer: r.settings.Issuer, Endpoints: map[string]string{}}
	if m := r.Metadata(); m != nil {
		e.Issuer, e.Scopes = cmp.Or(e.Issuer, m.Issuer), m.ScopesSupported
		for name, url := range map[string]string{"authorization_endpoint": m.AuthorizationEndpoint, "token_endpoint": m.TokenEndpoint, "userinfo_endpoint": m.UserInfoEndpoint,
			"jwks_uri": m.JWKSURI, "device_authorization_endpoint": m.DeviceEndpoint, "end_session_endpoint": m.EndSessionEndpoint} {
			if url != "" {
				e.Endpoints[name] = url
			}
		}
		e.Members = names(m.JSON)
	} else if r.login != nil && r.login.Authorize != nil {
		e.Endpoints["authorization_endpoint"] = bare(r.login.Authorize.Request.URL)
	}
	for _, class := range []story.Class{story.Discovery, story.CodeExchange, story.TokenRefresh, story.PreflightCall} {
		c := r.last[class]
		if c == nil || c.Response == nil {
			continue
		}
		for _, f := range c.Response.Header[:min(len(c.Response.Header), 100)] {
			e.Headers = append(e.Headers, f[0])
		}
		if _, text := c.OAuthError(); text != "" {
			e.Texts = append(e.Texts, text)
		}
	}
	if a, ok := r.refused(); ok {
		e.Texts = append(e.Texts, a.text)
	}
	if p := r.ahead(); p != nil {
		e.Texts = append(e.Texts, p.Page)
	}
	return e
}

// errorText returns what a provider means by an error, and whose words they are.
func (r *reading) errorText(at, grant, code, text string, holds func(string) bool) (provider.ErrorText, *provider.Preset) {
	return r.presets.Error(r.provider, at, grant, code, text, holds)
}

// tokenText is errorText for an answer of the token endpoint.
func (r *reading) tokenText(c *story.Call) (provider.ErrorText, *provider.Preset) {
	code, text := c.OAuthError()
	return r.errorText("token", c.Request.Form().Get("grant_type"), code, text, func(fact string) bool {
		_, differs := failed(r.checksOf(c), "redirect_uri")
		return fact == "redirect_differs" && differs
	})
}

// refusalText is errorText for an error that the browser brought.
func (r *reading) refusalText(a errorAnswer) (provider.ErrorText, *provider.Preset) {
	return r.errorText("authorize", "", a.code, a.text, func(fact string) bool { return fact == "offline_asked" && a.has("offline_access") })
}

// tell puts into a finding what the provider's words prove: in place of the candidates where they settle the cause.
func tell(f *jwtview.Finding, t Text, e provider.ErrorText) {
	if e.Says != "" {
		means := cmp.Or(f.Means, t.means())
		if e.Settles {
			f.Means = e.Says
		} else {
			f.Means = e.Says + " " + means
		}
	}
	f.Do = cmp.Or(e.Do, f.Do)
}

// where adds to what there is to do the place in the provider's console. The embedded tenant has none.
func (r *reading) where(setting string) string {
	if r.settings.Embedded != nil {
		return ""
	}
	return r.provider.Where(setting)
}

// ends are the causes for which the provider ends refresh tokens.
func (r *reading) ends() []string {
	if r.provider.Preset == nil {
		return nil
	}
	return slices.Clone(r.provider.Refresh.Ends)
}
