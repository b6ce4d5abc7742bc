package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// targetFlags are the flags that say against what logins are run, and how.
type targetFlags struct {
	issuer, clientID, caFile string
	auth                     authFlags

	demoClient string
	demoHTTPS  bool
	lifetimes  []string
	demo       []string
	faults     []string

	prof profileFlags

	redirectURI, scope, browser string
	params, tokenParams         []string
	refreshParams               []string
	postLogoutURI               string
	grant                       string
	leeway                      time.Duration
	responseMode                string
	noPreflight                 bool
}

// demoDocumented is the switch that makes the embedded tenant do what Authgear's documentation says of
// scope=offline_access alone.
const demoDocumented = "documented-offline-access"

func (f *targetFlags) add(cmd *cobra.Command, w *World) {
	inGroup(cmd, groupReal, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.issuer, "issuer", "", "the tenant's issuer `URL`, as its metadata has it")
		fs.StringVar(&f.clientID, "client-id", "", "the client's `ID`")
		f.auth.add(fs)
		fs.StringVar(&f.caFile, "ca-file", "", "`FILE` with further certificates to trust, PEM")
	})
	inGroup(cmd, groupEmbedded, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.demoHTTPS, "demo-https", false, "speak https, with a certificate authority made for this run and trusted by it alone")
		fs.StringVar(&f.demoClient, "demo-client", demo.Clients()[0].ID, "`NAME` of the client to be: "+strings.Join(clientIDs(), ", "))
		fs.StringArrayVar(&f.lifetimes, "lifetime", nil, "how long tokens live: `access=20s` lets an expiry be watched; also id, refresh-idle, refresh; repeatable")
		fs.StringArrayVar(&f.demo, "demo", nil, "`SWITCH` to turn on: "+demoDocumented+" accepts offline_access alone, as Authgear's documentation says; not Authgear: device-grant, introspection, signed-userinfo")
		fs.StringArrayVar(&f.faults, "fault", nil, "`NAME` of a fault to switch on, list prints them all; may be repeated")
	})
	inGroup(cmd, groupLogin, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.grant, "grant", trace.GrantNames[0], "`GRANT` to get tokens by: "+strings.Join(trace.GrantNames, ", "))
		fs.StringVar(&f.redirectURI, "redirect-uri", flow.DefaultRedirectURI, "redirect `URI`, literally as it is registered")
		fs.StringVar(&f.scope, "scope", flow.DefaultScope, "`SCOPES` to ask for, separated by spaces")
		fs.StringArrayVar(&f.params, "param", nil, "parameter `K=V` for the authorization request; may be repeated")
		fs.StringArrayVar(&f.tokenParams, "token-param", nil, "parameter `K=V` for the token requests; may be repeated")
		fs.StringVar(&f.postLogoutURI, "post-logout-uri", "", "`URI` that a logout comes back to, as it is registered (default: the root of the redirect URI)")
		fs.StringArrayVar(&f.refreshParams, "refresh-param", nil, "parameter `K=V` for refreshes, such as scope=openid; may be repeated")
		fs.StringVar(&f.responseMode, "response-mode", "", "`MODE` in which the answer comes back: query, fragment or form_post (default: the server's, which is query)")
		fs.BoolVar(&f.noPreflight, "no-preflight", false, "do not try the authorization request out before the browser opens")
		fs.StringVar(&f.browser, "browser", "", "`COMMAND` that opens a URL, which is %s in it or its last argument (default: $BROWSER, or the system's)")
		fs.DurationVar(&f.leeway, "leeway", flow.DefaultLeeway, "`DURATION` by which clocks may be apart when times are checked")
	})
	f.prof.add(cmd, w)
	complete(cmd, "client-auth", authNames()...)
	complete(cmd, "client-assertion-aud", trace.AudienceTokenEndpoint, trace.AudienceIssuer)
	complete(cmd, "demo-client", clientIDs()...)
	complete(cmd, "demo", demoSwitches()...)
	complete(cmd, "fault", faultNames()...)
	complete(cmd, "grant", trace.GrantNames...)
	complete(cmd, "response-mode", flow.ResponseModes...)
	complete(cmd, "lifetime", "access=20s", "id=20s", "refresh-idle=30s", "refresh=1m")
}

// complete offers the values of flags that have a list of them.
func complete(cmd *cobra.Command, flag string, values ...string) {
	// The error is of a flag that does not exist: a test would see that.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// demoClients are those that a real Authgear can have, then those that it cannot.
func demoClients() []demo.Client {
	return slices.Concat(demo.Clients(), demo.Machines(), demo.AuthClients())
}

func clientIDs() (ids []string) {
	for _, c := range demoClients() {
		ids = append(ids, c.ID)
	}
	return ids
}

// misplaced says which flag does not go with the tenant that was chosen.
func (f *targetFlags) misplaced(fs *pflag.FlagSet) error {
	if !f.real() {
		if fs.Changed("issuer") {
			return usage("--issuer is empty: it wants the tenant's URL, such as https://my-app.authgear.cloud")
		}
		for _, name := range append([]string{"client-id", "ca-file", "client-secret-from", "keep-refresh-token"}, authFlagNames...) {
			if fs.Changed(name) {
				return usage("--%s needs --issuer: without --issuer logins go to the embedded tenant, whose clients --demo-client names", name)
			}
		}
		return nil
	}
	for _, name := range []string{"demo-client", "demo-https", "lifetime", "demo", "fault"} {
		if fs.Changed(name) {
			return usage("--%s and --issuer exclude each other: --%s is of the embedded tenant, which --issuer replaces", name, name)
		}
	}
	return nil
}

// parseParams reads k=v. The value may be empty and may have = in it.
func parseParams(flag string, texts []string) (ps []trace.Param, err error) {
	for _, t := range texts {
		k, v, ok := strings.Cut(t, "=")
		if !ok || k == "" {
			return nil, usage("--%s %q is not of the form k=v", flag, t)
		}
		ps = append(ps, trace.Param{Name: k, Value: v})
	}
	return ps, nil
}

func checkTokenParams(flag string, ps []trace.Param) error {
	for _, p := range ps {
		if err := flow.CheckParam(trace.RequestToken, p); err != nil {
			return usage("--%s %s=…: %w", flag, p.Name, err)
		}
	}
	return nil
}

// parseLifetimes reads --lifetime: each is a NAME=DURATION.
func parseLifetimes(texts []string, o *demo.Options) error {
	lives := map[string]*time.Duration{"access": &o.AccessLifetime, "id": &o.IDLifetime, "refresh-idle": &o.IdleTimeout, "refresh": &o.RefreshLifetime}
	for _, t := range texts {
		k, v, _ := strings.Cut(t, "=")
		if lives[k] == nil {
			return usage("--lifetime %q: what lives is access, id, refresh-idle or refresh, such as access=20s", t)
		}
		d, err := time.ParseDuration(v)
		if err != nil || d < time.Second {
			return usage("--lifetime %q wants a duration of a second or more, such as %s=20s", t, k)
		}
		*lives[k] = d
	}
	return nil
}

// lifetimeNotes says which lifetimes an Authgear server would not take; of access tokens that is said elsewhere.
func lifetimeNotes(o demo.Options) (notes []string) {
	if o.IDLifetime > 0 && o.IDLifetime != 300*time.Second {
		notes = append(notes, fmt.Sprintf("not Authgear: ID tokens live %s, and always 300 s there", story.Lifetime(o.IDLifetime)))
	}
	access := o.AccessLifetime
	if access == 0 {
		access = 1800 * time.Second
	}
	if o.RefreshLifetime > 0 && o.RefreshLifetime < access {
		notes = append(notes, fmt.Sprintf("not Authgear: sessions last %s, and at least as long as an access token there", story.Lifetime(o.RefreshLifetime)))
	}
	return notes
}

func findClient(id string) (demo.Client, error) {
	for _, c := range demoClients() {
		if c.ID == id {
			return c, nil
		}
	}
	return demo.Client{}, usage("--demo-client %q is not known: the embedded tenant has %s", id, strings.Join(clientIDs(), ", "))
}

// userAgent is how authscope introduces itself.
func userAgent() string { return fmt.Sprintf("authscope/%s", version) }
