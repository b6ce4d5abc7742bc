package diagnose

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

// preflightRules speak of what a look ahead found. An error that was sent to the redirect URI is spoken of by the same
// rules as one that a browser brings (authorizeRules).
var preflightRules = []rule{
	{id: "client-unknown", catalogue: "D20", open: true, read: refusedOnPage(story.BlameClient, clientUnknown), Text: Text{
		Severity: jwtview.Error,
		Title:    "The client id is not accepted",
		Means:    "The tenant does not know this client, so it redirects nowhere.",
		Causes:   []string{"the client id is unknown to this tenant: of another tenant or environment, or mistyped;", "the client is disabled;", "the client is of a kind that signs nobody in."},
		Do:       "Compare --client-id letter by letter with the tenant's settings: it may belong to another tenant or environment, or have a space at its end.",
		Spec:     "RFC 6749 §4.1.2.1, §3.1.2.4",
	}},
	{id: "redirect-uri-not-registered", catalogue: "D14", also: []string{"D15"}, open: true, read: refusedOnPage(story.BlameRedirect, redirectNotRegistered), Text: Text{
		Severity: jwtview.Error,
		Title:    "The redirect URI is not registered",
		Means:    "The client is known, and this redirect URI is not registered for it exactly as it stands here: scheme, host, port, path, slash and case all count, and localhost is not 127.0.0.1.",
		Causes:   []string{"it is not registered for this client exactly as it stands here (scheme, host, port, path, slash, case);", "the client id is that of another application;", "the redirect URI has a form that this server does not take, as http or a port."},
		Do:       "Register exactly this redirect URI for the client, or use one that is registered with --redirect-uri. Then press n.",
		Spec:     "RFC 6749 §3.1.2.4, §4.1.2.1; RFC 9700 §2.1; RFC 8252 §7.3",
	}},
	{id: "authorization-page-error", catalogue: "D27", open: true, read: refusedOnPage(story.BlameNothing, authorizationPageError), Text: Text{
		Severity: jwtview.Error,
		Title:    "The authorization endpoint answers with an error page",
		Means:    "A person would see this page in place of a sign-in.",
		Causes:   []string{"the client id or the redirect URI is not accepted, and the page does not say which;", "the address is not the authorization endpoint;", "a parameter is not accepted."},
		Do:       "Open the URL of the stage in a browser to see the page whole. Compare client id and redirect URI with the tenant's settings. If the page appears to authscope alone, go on with --no-preflight.",
		Spec:     "RFC 6749 §3.1, §4.1.2.1",
	}},
	{id: "preflight-unclear", catalogue: "D27", open: true, read: preflightUnclear, Text: Text{
		Severity: jwtview.Info,
		Title:    "Whether the request is accepted could not be told beforehand",
		Means:    "It asked without cookies and not as a browser does; a server or what stands in front of it may treat that differently. The login itself tells more.",
		Causes:   []string{"the server was slow or overloaded;", "what stands in front of it treats programs differently."},
		Do:       "Nothing. --no-preflight leaves the look ahead out.",
		Spec:     "RFC 6749 §3.1",
	}},
	{id: "preflight-code", catalogue: "D27", read: preflightCode, Text: Text{
		Severity: jwtview.Info,
		Title:    "The tenant gives codes without asking anybody",
		Means:    "This server signs in by itself: a test server, or one that knows the person from the network. The code is kept and never redeemed.",
		Do:       "Nothing, on a test server. On a real one find out how it knows who asks.",
		Spec:     "RFC 6749 §4.1.2, §10.2",
	}},
}

// ahead returns the newest look ahead, unless somebody was sent to the tenant after it.
func (r *reading) ahead() *story.Preflight {
	p := r.Preflight()
	if p == nil || r.login != nil && r.login.Authorize.ID > p.Call.ID {
		return nil
	}
	return p
}

// refusedOnPage makes a rule of what to say of an error page that complains of what.
//
//go:noinline
func refusedOnPage(what story.Blame, say func(*reading, *story.Preflight) jwtview.Finding) func(*reading) []Finding {
	return func(r *reading) []Finding {
		p := r.ahead()
		if p == nil || p.Verdict != story.Refused || !p.OnPage || p.Blames != what {
			return nil
		}
		f := say(r, p)
		f.Severity = jwtview.Error
		f.Seen = strings.TrimSpace(fmt.Sprintf("Before anybody signed in, the authorization endpoint answered with an error page, status %d: “%s”. %s", p.Call.Response.Status, wire(p.Page), f.Seen))
		if p.Call.Response.Status/100 == 3 {
			f.Seen = fmt.Sprintf("Before anybody signed in, the authorization endpoint sent on to an error page, with %s.", said(p.Error, p.Description))
		}
		return at(p.Call, f)
	}
}

func clientUnknown(r *reading, p *story.Preflight) jwtview.Finding {
	f := jwtview.Finding{Seen: "client_id was " + lit(p.Params.Get("client_id")) + ".", Means: r.text.Means}
	switch {
	case has(p.Page, "m2m client"):
		f.Title = "This client is for machines"
		f.Means = "A machine-to-machine client signs nobody in: Authgear refuses it at the authorization endpoint. It gets tokens with the client credentials grant."
		f.Do = "Use authscope run --grant client-credentials --token-param resource=URI, or another client for people."
	case !p.Certain:
		f.Title = "The client id may not be accepted"
		f.Means = "The page's words speak of the client. " + candidates("the client id is unknown to this tenant: of another tenant or environment, or mistyped;", "the client is disabled;", "the client is of a kind that signs nobody in.")
	}
	return f
}

func redirectNotRegistered(r *reading, p *story.Preflight) jwtview.Finding {
	uri := lit(p.Params.Get("redirect_uri"))
	f := jwtview.Finding{Seen: "redirect_uri was " + uri + ".", Means: r.text.Means, Do: "Register " + uri + " for this client, or use one that is registered with --redirect-uri. Then press n."}
	if !p.Certain {
		f.Title = "The redirect URI may not be registered"
		f.Means = "The page's words speak of the redirect URI. " + candidates("it is not registered for this client exactly as it stands here (scheme, host, port, path, slash, case);", "the client id is that of another application;", "the redirect URI has a form that this server does not take, as http or a port.")
	}
	return f
}

func authorizationPageError(r *reading, p *story.Preflight) jwtview.Finding {
	f := jwtview.Finding{Seen: "It was " + place(p.Call) + "."}
	if s := p.Call.Response.Status; s == 404 || s == 410 {
		f.Means = "There is no authorization endpoint at this address. " + candidates("the metadata or the endpoint given by hand is wrong;", "a part of the path is missing, such as a realm or a tenant.")
		f.Do = "Compare authorization_endpoint in stage Discover with the tenant's documentation."
	}
	return f
}

// preflightUnclear says that a look ahead told nothing. It stops nobody.
func preflightUnclear(r *reading) []Finding {
	p := r.Preflight()
	if p == nil || p.Verdict != story.Unclear || p.Call.State == story.Held || p.Call.State == story.InFlight || p.Call.State == story.NotSent {
		return nil
	}
	return at(p.Call, jwtview.Finding{Seen: "authscope asked the authorization endpoint itself, and " + wire(p.Why) + "."})
}

func preflightCode(r *reading) []Finding {
	p := r.Preflight()
	if p == nil || p.Verdict != story.Consented {
		return nil
	}
	return at(p.Call, jwtview.Finding{Seen: "The look ahead, without cookies and without a person, was answered with a code."})
}
