package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/trace"
)

// tenantPort is where the embedded tenant listens, if it can: pictures and habits repeat.
const tenantPort = 8975

// serve starts the embedded tenant and makes t speak of it. served is closed when it answers no more.
func (p *plan) serve(ctx context.Context, t *flow.Target) (served <-chan struct{}, err error) {
	lns, issuer, err := demo.Listen(p.world.Listen, tenantPort)
	if err != nil {
		return nil, fmt.Errorf("the embedded tenant finds no port to listen at on this machine: %w", err)
	}
	var notes []string
	options := p.options
	if p.https {
		if issuer, err = p.secure(t, &options, issuer); err != nil {
			closeAll(lns)
			return nil, err
		}
		notes = append(notes, "the tenant speaks https with an authority made for this run, which a browser does not know: sign in with a, or accept its warning")
	}
	t.Config.Issuer = issuer
	if u, err := url.Parse(issuer); err == nil && u.Port() != strconv.Itoa(tenantPort) {
		notes = append(notes, fmt.Sprintf("port %d is taken, so the tenant listens at %s", tenantPort, u.Port()))
	}
	if !p.fixed {
		uri, note := p.freeRedirect(t.Config.RedirectURI)
		t.Config.RedirectURI = uri
		if note != "" {
			notes = append(notes, note)
		}
	}
	options.AuthClients = p.client.AuthMethod != ""
	options.Issuer, options.RedirectURIs = issuer, []string{t.Config.RedirectURI}
	if options.AllowOfflineAccessAlone {
		notes = append(notes, demoDocumented+" is on: offline_access is accepted without openid, as Authgear's documentation says and its servers do not")
	}
	notes = append(notes, switchNotes(options)...)
	notes = append(notes, lifetimeNotes(options)...)
	tenant := demo.New(options)
	if options.AuthClients {
		notes = append(notes, fmt.Sprintf("not Authgear: the client %s authenticates with %s, which an Authgear server does not have", p.client.ID, p.client.AuthMethod))
		if err := p.lend(t, tenant); err != nil {
			closeAll(lns)
			return nil, err
		}
	}
	t.Faults = faultsOf(tenant)
	for _, name := range p.faults {
		if err := tenant.SetFault(name, true); err != nil {
			closeAll(lns)
			return nil, err
		}
		notes = append(notes, faultNote(name))
	}
	t.Config.Embedded = &trace.Embedded{Client: p.client.ID, AccessLifetime: tenant.AccessLifetime(), RefreshIdle: tenant.IdleTimeout(), RefreshWhole: tenant.RefreshLifetime(), Note: strings.Join(notes, "; ")}
	t.SetAccessLifetime = tenant.SetAccessLifetime
	browser := new(demo.Browser)
	t.Agent = func(ctx context.Context, url string) error { return signIn(ctx, t.Env, browser, url) }
	p.config = t.Config // with the client's key or certificate
	p.changing(t, tenant)
	done := make(chan struct{})
	go func() {
		defer close(done)
		demo.Serve(ctx, tenant, lns...)
	}()
	return done, nil
}

// freeRedirect returns uri, or the same with another port if its own is taken. Only the embedded tenant is asked for
// another port: a real one knows the URI that is registered and no other.
func (p *plan) freeRedirect(uri string) (_, note string) {
	u, err := url.Parse(uri)
	if err != nil {
		return uri, ""
	}
	listen := p.world.Listen
	if listen == nil {
		listen = net.Listen
	}
	if ln, err := listen("tcp", u.Host); err == nil {
		ln.Close()
		return uri, ""
	}
	ln, err := listen("tcp", net.JoinHostPort(u.Hostname(), "0"))
	if err != nil {
		return uri, "" // the run will say what is wrong
	}
	defer ln.Close()
	taken := u.Port()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	u.Host = net.JoinHostPort(u.Hostname(), port)
	return u.String(), fmt.Sprintf("port %s is taken, so the redirect URI is %s", taken, u)
}

// signIn signs the demo user in without a browser.
func signIn(ctx context.Context, env flow.Env, browser *demo.Browser, authorizeURL string) error {
	return guarded(func() error { return walkIn(ctx, env, browser, authorizeURL) })
}

// guarded turns a panic into an error: the agent walks pages.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return f()
}

func walkIn(ctx context.Context, env flow.Env, browser *demo.Browser, authorizeURL string) error {
	if u, err := url.Parse(authorizeURL); err == nil && u.Path == "/device" {
		return demo.ApproveDevice(ctx, loopback{env.Transport}, authorizeURL, demo.DemoUser())
	}
	final, err := browser.SignIn(ctx, loopback{env.Transport}, authorizeURL, demo.DemoUser())
	if err != nil {
		return err
	}
	if _, fragment, ok := strings.Cut(final, "#"); ok && strings.Contains(fragment, "=") {
		return flow.DeliverFragment(ctx, loopback{env.Transport}, final)
	}
	return nil
}

// loopback keeps the demo user's agent on this machine: it would deliver the answer to whatever redirect URI is asked for.
type loopback struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (l loopback) RoundTrip(r *http.Request) (*http.Response, error) {
	host := r.URL.Hostname()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the answer goes to %s, which is not on this machine: use --sign-in browser or --sign-in paste", r.URL.Host)
	}
	return l.RoundTripper.RoundTrip(r)
}
