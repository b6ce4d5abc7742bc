package diagnose

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

var deviceRules = []rule{
	{"grant-not-offered", "D34", false, grantNotOffered},
	{"device-request-refused", "D34", true, deviceRequestRefused},
	{"device-response-incomplete", "D35", false, deviceResponseIncomplete},
	{"device-denied", "D22", false, tokenRefusal("device-denied", deviceDenied)},
	{"device-expired", "D34", false, deviceExpired},
	{"device-code-rejected", "D28", true, tokenRefusal("device-code-rejected", deviceCodeRejected)},
	{"device-slowed-down", "D39", false, deviceSlowedDown},
}

// grantNotOffered speaks of a grant that was asked for and that the metadata has no endpoint for.
func grantNotOffered(r *reading) []Finding {
	m := r.Metadata()
	if m == nil || r.settings.Grant != trace.GrantDevice || m.DeviceEndpoint != "" || r.Device() != nil {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Error, Title: "The server has no device grant", Spec: "RFC 8628 §3.1, §4; RFC 8414 §2",
		Seen:  "The metadata has no device_authorization_endpoint. grant_types_supported is " + list(m.GrantTypesSupported, 8) + ".",
		Means: "Without this endpoint a device has nowhere to ask for its codes.",
		Do:    "Use the code flow. If the documentation names the endpoint all the same, give it by hand in the profile."}
	if m.IsAuthgear() {
		f.Means = "Authgear does not have this grant: the endpoint does not exist there."
		f.Do = "Use the code flow, with --sign-in paste where no browser runs beside authscope. To see the grant at work: authscope run --grant device on the embedded tenant."
	}
	return r.in(trace.Device, f)
}

func deviceRequestRefused(r *reading) []Finding {
	c := r.last[story.DeviceRequest]
	if !answered(c) {
		return nil
	}
	code, text := c.OAuthError()
	if code == "" || c.Response.Status >= 500 || c.Response.Status == 429 {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Error, Title: "No device code was given", Spec: "RFC 8628 §3.1, RFC 6749 §5.2",
		Seen:  fmt.Sprintf("The device authorization endpoint answered %s. The client authenticated with %s.", saidBy(c), r.SentAuth(c)),
		Means: candidates("the device grant is not switched on for this client;", "the client must authenticate here as at the token endpoint;", "a scope is not this client's."),
		Do:    "Compare client and grants with the tenant's settings; a secret is given with --client-auth and --client-secret-file."}
	switch {
	case code == "invalid_client" || has(text, "client secret"):
		f.Title = "The client is not accepted at the device authorization endpoint"
		f.Means = "The client id is unknown here, or the client has to prove itself as at the token endpoint (RFC 8628 §3.1)."
		f.Do = "Compare --client-id with the tenant's settings, and give the secret with --client-secret-file."
	case code == "invalid_scope":
		f.Title, f.Means = "The scope is refused", "The request asked for "+lit(c.Request.Form().Get("scope"))+". The server's own words stand above."
		f.Do = "Correct it with --scope."
	case code == "unauthorized_client" || code == "unsupported_grant_type":
		f.Title = "This client may not use the device grant"
		f.Means = "The server knows the client and refuses it this grant."
		f.Do = "Switch the device grant on in the client's settings, or use another client with --client-id."
	}
	return at(c, f)
}

func deviceResponseIncomplete(r *reading) []Finding {
	c := r.last[story.DeviceRequest]
	if !answered(c) || !c.OK() {
		return nil
	}
	var missing []string
	for _, check := range r.checksOf(c) {
		if check.Status == jwtview.Failed {
			missing = append(missing, check.ID)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Error, Title: "The device response is not complete", Seen: "The response has no " + list(missing, 4) + ".", Spec: "RFC 8628 §3.2",
		Means: "All of device_code, user_code, verification_uri and expires_in are required: without them nobody can be sent anywhere, or nothing can be polled with.",
		Do:    "Tell whoever runs the server. Look at the whole answer in the view Wire."}
	if _, old := c.Response.JSON.Get("verification_url"); old && hasWord(strings.Join(missing, " "), "verification_uri") {
		f.Means = "The response has verification_url, which is the name of an older draft. Libraries that follow RFC 8628 do not find the address."
	}
	return at(c, f)
}

func deviceDenied(r *reading, c *story.Call) jwtview.Finding {
	return jwtview.Finding{Title: "The person refused", Spec: "RFC 8628 §3.5",
		Means: "Somebody entered the code and refused, or a rule of the tenant did. The request itself was good.",
		Do:    "Start again and agree, or ask the tenant's administrator which rule applies."}
}

// deviceExpired speaks of codes whose time is over, by the server's word or by the clock.
func deviceExpired(r *reading) []Finding {
	d := r.Device()
	if d == nil || d.Code.IsZero() {
		return nil
	}
	byServer := d.Ended == "expired_token"
	if byClock := d.Pending() && !d.ExpiresAt.IsZero() && !r.now.Before(d.ExpiresAt); !byServer && !byClock {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Error, Title: "The codes have expired", Spec: "RFC 8628 §3.2, §3.5",
		Seen:  fmt.Sprintf("Nobody agreed; the token endpoint was asked %s.", times(d.Polls)),
		Means: "The person did not enter the code in time, or entered it and did not finish. With the codes the waiting ends: they are never asked for again by themselves.",
		Do:    "Start again, and open the address on the other device at once."}
	if !d.ExpiresAt.IsZero() {
		f.Seen = fmt.Sprintf("The codes lived %s, until %s. %s", span(d.ExpiresAt.Sub(d.Call.DoneAt)), r.clock(d.ExpiresAt), f.Seen)
	}
	c := d.LastPoll
	if c == nil {
		c = d.Call
	}
	return at(c, f)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func deviceCodeRejected(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{Title: "The device code is not accepted", Spec: "RFC 8628 §3.5, RFC 6749 §5.2", Do: "Start again for new codes.",
		Means: candidates("the code was redeemed before: it works once;", "it was given to another client, or by another tenant;", "the server forgot it, as after a restart.")}
	if d := r.Device(); d != nil {
		f.Seen = fmt.Sprintf("It was %s old, and poll number %d.", span(c.SentAt.Sub(d.Call.DoneAt)), d.Polls)
	}
	return f
}

// deviceSlowedDown says that the server wanted fewer polls, and whether the polls were too fast.
func deviceSlowedDown(r *reading) []Finding {
	d := r.Device()
	if d == nil || d.SlowDowns == 0 || d.LastPoll == nil {
		return nil
	}
	told := "says interval " + span(d.Interval)
	if !d.IntervalTold {
		told = "says no interval, which means " + span(d.Interval)
	}
	f := jwtview.Finding{Severity: jwtview.Info, Title: "The server asked to poll more slowly", Spec: "RFC 8628 §3.5",
		Seen:  fmt.Sprintf("slow_down came %s. The device response %s; the shortest pause between two polls was %s.", times(d.SlowDowns), told, span(d.Shortest)),
		Means: "Each slow_down lengthens the pause by 5 s, for this device code, for good. It is no failure.",
		Do:    "Nothing: authscope keeps to it. In an application add the 5 s and keep them."}
	if d.TooFast > 0 {
		f.Severity, f.Title = jwtview.Warning, "The token endpoint is polled too fast"
		f.Means = fmt.Sprintf("%s sooner than the server allows. Servers may refuse the device code for that.", capital(times(d.TooFast))+" it was asked")
		f.Do = "In the application wait for interval after each answer, 5 s where it is absent, and 5 s more after each slow_down."
	}
	return at(d.LastPoll, f)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
