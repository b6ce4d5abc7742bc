package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// grantFlags say what a run does with its tokens.
type grantFlags struct {
	call        []string
	introspect  bool
	revokeToken string
	logout      bool
}

func (f *grantFlags) add(cmd *cobra.Command) {
	inGroup(cmd, groupRun, func(fs *pflag.FlagSet) {
		fs.StringArrayVar(&f.call, "call", nil, "send a GET with the access token to this `URL` and explain the answer; may be repeated")
		fs.BoolVar(&f.introspect, "introspect", false, "ask the tenant what the access token and the refresh token are worth")
		fs.StringVar(&f.revokeToken, "revoke-token", "", "revoke this `KIND` of token: access or refresh")
		fs.BoolVar(&f.logout, "logout", false, "log the person out at the tenant at the end, and wait for the way back")
	})
	complete(cmd, "revoke-token", "access", "refresh")
}

var tokenKinds = map[string]story.Kind{"access": story.AccessToken, "refresh": story.RefreshToken}

func (f *grantFlags) check() error {
	if f.revokeToken != "" && tokenKinds[f.revokeToken] == "" {
		return usage("--revoke-token %q is not known: access and refresh are", f.revokeToken)
	}
	for _, u := range f.call {
		if err := flow.CheckAPI(u); err != nil {
			return usage("--call: %w", err)
		}
	}
	return nil
}

// fits says what does not go with a grant, which a profile may have chosen.
func (f *grantFlags) fits(grant trace.Grant, mode signInMode) error {
	switch {
	case grant != trace.GrantCode && mode == signInPaste:
		return usage("--sign-in paste is for --grant code: with %s nothing comes back to be pasted", grant.Name())
	case grant == trace.GrantClientCredentials && f.logout:
		return usage("--logout signs a person out, and with --grant client-credentials none signs in")
	}
	return nil
}

// after are the flows behind the refreshes.
func (f *grantFlags) after(revoke bool) (flows [][]flow.Stage) {
	for _, u := range f.call {
		flows = append(flows, flow.Call(u))
	}
	if f.introspect {
		flows = append(flows, flow.Introspect())
	}
	if f.revokeToken != "" {
		flows = append(flows, flow.RevokeToken(tokenKinds[f.revokeToken]))
	}
	if revoke {
		flows = append(flows, flow.Revoke)
	}
	if f.logout {
		flows = append(flows, flow.Logout)
	}
	return flows
}

// forGrant sets the embedded tenant up for a grant: with the switch of what Authgear does not have, and a client that may.
func (p *plan) forGrant(chosen bool) {
	switch p.config.Grant {
	case trace.GrantDevice:
		p.options.Device = true
	case trace.GrantClientCredentials:
		if !chosen {
			p.client = demo.Machines()[0]
		}
		for _, param := range p.config.TokenParams {
			if param.Name == "resource" {
				return
			}
		}
		p.config.TokenParams = append(p.config.TokenParams, trace.Param{Name: "resource", Value: demo.Resources[0]})
	}
}

// switchNotes say what is on and is not Authgear's.
func switchNotes(o demo.Options) (notes []string) {
	for _, name := range o.Habits {
		notes = append(notes, switchNote(name))
	}
	for _, s := range demo.Switches {
		on := map[string]bool{"device-grant": o.Device, "introspection": o.Introspection, "signed-userinfo": o.SignedUserInfo}[s.Name]
		if on {
			notes = append(notes, switchNote(s.Name))
		}
	}
	return notes
}

func switchNote(name string) string {
	for _, s := range slices.Concat(demo.Switches, demo.Habits) {
		if s.Name == name {
			return name + " is on: " + s.What + " is not Authgear"
		}
	}
	return ""
}

// demoSwitches are the values of --demo.
func demoSwitches() []string {
	names := []string{demoDocumented}
	for _, s := range slices.Concat(demo.Switches, demo.Habits) {
		names = append(names, s.Name)
	}
	return names
}

func parseSwitches(texts []string, o *demo.Options) error {
	for _, t := range texts {
		if t == demoDocumented {
			o.AllowOfflineAccessAlone = true
		} else if !o.Switch(t) {
			return usage("--demo %q is not known: there are %s", t, strings.Join(demoSwitches(), ", "))
		}
	}
	return nil
}

// page says what kind of page a URL that is handed over is.
func (o *opener) page() (class story.Class, d story.Device) {
	o.session.Read(func(s *story.Story) {
		for _, c := range s.Calls() {
			if c.Front {
				class = c.Class
			}
		}
		if s.Device() != nil {
			d = *s.Device()
		}
	})
	return class, d
}

// device shows the person where to go and what to type in. Nobody else is to see the code, so it is on stderr alone.
func (o *opener) device(ctx context.Context, url string, d story.Device) (via string, err error) {
	w := o.world
	w.say("open %s on any device and enter the code", d.URI)
	w.say("")
	w.say("    %s", d.UserCode.Reveal())
	w.say("")
	if d.URIComplete != "" {
		w.say("or open %s", d.URIComplete)
	}
	switch {
	case o.mode == signInAuto && o.target.Agent != nil:
		go o.agent(ctx, url)
		return "agent", nil
	case o.mode == signInBrowser:
		return "browser", o.target.Browser(ctx, url)
	}
	return "person", nil
}

// signOut sends the browser to end the session. The URL holds the ID token: it is written out only where it must be opened
// by hand.
func (o *opener) signOut(ctx context.Context, url string) (via string, err error) {
	o.world.say("the browser is sent to sign out at:")
	o.world.say("%s", o.hidden(url))
	if err = o.target.Browser(ctx, url); err != nil {
		o.world.say("%v. Open this URL elsewhere; it holds the ID token:", err)
		o.world.say("%s", url)
		go o.readPaste(ctx, false)
	}
	return "browser", err
}

// hidden writes a URL for the terminal without the secrets in it: a logout's carries the ID token.
func (o *opener) hidden(url string) string { return trace.Hide(url, trace.Secrets(url)) }
