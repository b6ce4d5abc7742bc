package diagnose

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

const specDiscovery = "OpenID Connect Discovery 1.0 §4, RFC 8414 §3"

var discoveryRules = []rule{
	{id: "issuer-not-a-url", catalogue: "D61", read: issuerNotURL, Text: Text{
		Severity: jwtview.Error,
		Title:    "The issuer is no URL",
		Means:    "An issuer is an https URL, and the metadata is looked for below it.",
		Do:       "Give it with --issuer, as the tenant's settings show it, such as https://my-app.authgear.cloud.",
		Spec:     "OpenID Connect Discovery 1.0 §2",
	}},
	{id: "discovery-not-found", catalogue: "D61", open: true, read: discoveryNotFound, Text: Text{
		Severity: jwtview.Error,
		Title:    "No metadata at this issuer",
		Means:    "There is no OpenID Provider under exactly this issuer.",
		Causes:   []string{"a part of the path is missing, such as a realm or a tenant;", "the host is the application's, not the tenant's;", "the server has no discovery."},
		Do:       "Open one of these addresses in a browser to see what is there, compare the issuer with the tenant's settings, and start again with --issuer URL.",
		Spec:     specDiscovery,
	}},
	{id: "discovery-not-json", catalogue: "D61", read: discoveryNotJSON, Text: Text{
		Severity: jwtview.Error,
		Title:    "The metadata is no JSON",
		Means:    "Something answers there, but it is not an OpenID Provider's metadata: a sign-in page, a proxy, or another server than the tenant.",
		Do:       "Open the address in a browser, compare the issuer with the tenant's settings, and start again with --issuer URL.",
		Spec:     specDiscovery,
	}},
	{id: "issuer-differs", catalogue: "D44", read: discoveredIssuerDiffers, Text: Text{
		Severity: jwtview.Error,
		Title:    "The metadata names no issuer",
		Means:    "An issuer is an identifier: every library compares it byte by byte, in the metadata, in the ID token and in iss of the answer. Usual classes: a slash at the end, http and https, an internal name behind a proxy, a custom domain beside the default one, and two versions of an endpoint.",
		Do:       "Check that the address is the tenant's; then start again with --issuer URL.",
		Spec:     "OpenID Connect Discovery 1.0 §4.3, OpenID Connect Core 1.0 §3.1.3.7(2), RFC 8414 §3.3",
	}},
	{id: "endpoint-missing", catalogue: "D63", read: endpointMissing, Text: Text{
		Severity: jwtview.Error,
		Title:    "The metadata lacks an endpoint",
		Means:    "A login by authorization code needs all of them: the document is cut, is of another kind of server, or the endpoint is switched off.",
		Do:       "Look at the document in the view Wire, and ask whoever runs the server.",
		Spec:     "OpenID Connect Discovery 1.0 §3",
	}},
	{id: "issuer-http", catalogue: "D61", read: issuerHTTP, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The issuer is reached without TLS",
		Means:    "Codes, tokens and secrets travel readable for everybody on the way, and whoever stands there can change the keys that signatures are verified with.",
		Do:       "Use the https issuer, here with --issuer. For a private certificate authority there is --ca-file FILE.",
		Spec:     "OpenID Connect Discovery 1.0 §3, RFC 9700 §2.6",
	}},
}

func issuerNotURL(r *reading) []Finding {
	iss := r.settings.Issuer
	u, err := url.Parse(iss)
	if iss == "" || err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return nil
	}
	return r.in(trace.Discover, jwtview.Finding{Seen: "The issuer is given as " + lit(iss) + "."})
}

// tried lists the places where metadata was looked for, with what was found there.
func (r *reading) tried() string {
	var out []string
	for _, c := range r.Calls() {
		if c.Class != story.Discovery || c.Response == nil {
			continue
		}
		if len(out) == 6 {
			out = append(out, "and others")
			break
		}
		out = append(out, fmt.Sprintf("%s: %d", place(c), c.Response.Status))
	}
	return strings.Join(out, "; ")
}

func discoveryNotFound(r *reading) []Finding {
	c := r.last[story.Discovery]
	if !answered(c) || c.OK() || c.Response.Status/100 == 3 || c.Response.Status >= 500 || c.Response.Status == http.StatusTooManyRequests || r.recorded() && r.Metadata() != nil {
		return nil
	}
	return at(c, jwtview.Finding{Seen: "Tried " + r.tried() + "."})
}

func discoveryNotJSON(r *reading) []Finding {
	c := r.last[story.Discovery]
	if !answered(c) || c.Response.Cut {
		return nil
	}
	f := jwtview.Finding{Seen: place(c) + " answered " + saidBy(c) + "."}
	switch {
	case c.Response.Status/100 == 3:
		f.Title = "The metadata is behind a redirect"
		f.Seen = fmt.Sprintf("%s answered %d, a redirect to %s, and it was not followed further.", place(c), c.Response.Status, lit(bare(c.Response.Header.Get("Location"))))
		f.Means = "The redirects go round in a circle, or lead away from the tenant, as to a sign-in page."
	case !c.OK() || c.Response.IsJSON && c.Response.JSON.Kind == jwtview.Object:
		return nil
	}
	if u := r.startOf(c); u != c {
		f.Seen += " The request began at " + place(u) + " and was redirected."
	}
	return at(c, f)
}

// startOf returns the first of the discovery calls that led to c by redirects.
func (r *reading) startOf(c *story.Call) *story.Call {
	start := c
	calls := r.Calls()
	for i := len(calls) - 1; i >= 0; i-- {
		p := calls[i]
		if p.ID >= start.ID || p.Class != story.Discovery || p.Response == nil {
			continue
		}
		if p.Response.Status/100 != 3 || p.Response.Header.Get("Location") == "" {
			break
		}
		start = p
	}
	return start
}

func discoveredIssuerDiffers(r *reading) []Finding {
	d := r.last[story.Discovery]
	c, bad := failed(r.checksOf(d), "issuer")
	if !bad {
		return about(Subject{Kind: OfClaim, Name: "iss", Token: story.IDToken}, r.tokenIssuerDiffers())
	}
	if c.Got == "" {
		return at(d, jwtview.Finding{
			Seen:  "The document at " + place(d) + " is JSON, but has no issuer.",
			Means: "Without it nothing ties the document, and later the tokens, to " + lit(c.Want) + ".",
			Spec:  c.Spec,
		})
	}
	return at(d, jwtview.Finding{Severity: jwtview.Error, Title: "The metadata is of another issuer",
		Seen:  fmt.Sprintf("The metadata says issuer %s, and %s was asked. %s", lit(c.Got), lit(c.Want), firstDifference(c.Want, c.Got)),
		Means: issuerClass(c.Want, c.Got) + " Tokens will carry the name in the metadata, and every library compares it byte by byte.",
		Do:    "If that server is the one you mean, start again with --issuer " + wire(c.Got) + ". Do not strip or add characters in your code: use exactly the string of the metadata.", Spec: c.Spec})
}

// tokenIssuerDiffers holds the ID token of the sign-in against the issuer that was asked.
func (r *reading) tokenIssuerDiffers() []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, bad := failed(t.Checks(), "iss")
		if !bad || !t.OfSignIn() {
			return f, false
		}
		return jwtview.Finding{Title: "The ID token is of another issuer", Means: issuerMeans(c), Do: issuerDo, Spec: "OpenID Connect Core 1.0 §3.1.3.7(2)",
			Seen: fmt.Sprintf("iss of the ID token is %s, and the issuer that was asked is %s.", lit(c.Got), lit(c.Want))}, true
	})
}

const issuerDo = "Configure exactly the issuer that the metadata names, here with --issuer; if the server sits behind a proxy, set its public address there. Do not strip the slash or change the scheme in your code."

func issuerMeans(c jwtview.Check) string {
	if c.Got == "absent" {
		return "Every ID token must name its issuer; without it nothing says who signed the person in."
	}
	return issuerClass(c.Want, c.Got) + " " + firstDifference(c.Want, c.Got) + " A client must reject this token."
}

// issuerClass says which of the usual differences it is.
func issuerClass(want, got string) string {
	w, err1 := url.Parse(want)
	g, err2 := url.Parse(got)
	switch {
	case strings.TrimSuffix(want, "/") == strings.TrimSuffix(got, "/"):
		return "They differ in a slash at the end only, and that counts."
	case strings.EqualFold(want, got):
		return "They differ in upper and lower case only, and that counts."
	case strings.Contains(want, "{") || strings.Contains(got, "{"):
		return "One of them is a template, as Entra ID's {tenantid} for the tenants common and organizations: what stands in its place is the person's tenant."
	case err1 != nil || err2 != nil:
		return "They are two different issuers."
	case w.Scheme != g.Scheme && w.Host == g.Host && w.Path == g.Path:
		return "They differ in http and https, as behind a proxy that ends TLS and does not tell the server."
	case w.Host == "sts.windows.net" || g.Host == "sts.windows.net":
		return "One is an issuer of Entra ID's version 1 and the other one of version 2: requestedAccessTokenVersion in the API's manifest chooses."
	case w.Scheme == g.Scheme && w.Hostname() == g.Hostname() && w.Path == g.Path:
		return "They differ in the port only, and that counts: an internal port behind a proxy, or a default port that was written out."
	case w.Host != g.Host && w.Path == g.Path:
		return "They differ in the host: an internal name behind a proxy, or a custom domain beside the default one."
	case w.Host == g.Host:
		return "The host is the same and the path is not: another tenant, realm or version."
	}
	return "They are two different issuers."
}

// firstDifference says where two strings begin to differ.
func firstDifference(want, got string) string {
	i := 0
	for i < len(want) && i < len(got) && want[i] == got[i] {
		i++
	}
	return fmt.Sprintf("The first difference is at byte %d: %s instead of %s.", i+1, byteAt(got, i), byteAt(want, i))
}

func byteAt(s string, i int) string {
	if i >= len(s) {
		return "the end"
	}
	if c := s[i]; c < '!' || c > '~' {
		return fmt.Sprintf("0x%02x", c)
	}
	return fmt.Sprintf("%q", s[i:i+1])
}

func endpointMissing(r *reading) []Finding {
	d := r.last[story.Discovery]
	var missing []string
	for _, c := range r.checksOf(d) {
		if strings.Contains(c.ID, "_") && c.Status == jwtview.Failed {
			missing = append(missing, c.ID)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return about(member(missing[0]), at(d, jwtview.Finding{Seen: "In the metadata of " + hostOf(d) + " there is no URL for " + list(missing, 4) + "."}))
}

func issuerHTTP(r *reading) []Finding {
	iss := r.settings.Issuer
	if iss == "" && r.Metadata() != nil {
		iss = r.Metadata().Issuer
	}
	u, err := url.Parse(iss)
	if err != nil || u.Scheme != "http" || u.Host == "" || isLoopback(u.Hostname()) {
		return nil
	}
	return r.in(trace.Discover, jwtview.Finding{Seen: "The issuer is " + lit(iss) + ", and its host is not this machine."})
}

func isLoopback(host string) bool {
	ip, _ := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") || ip.IsLoopback()
}
