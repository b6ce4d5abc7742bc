package story

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// DeviceGrant is the grant type of RFC 8628 §3.4.
const DeviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// DefaultInterval is how long to wait between polls where the server does not say (RFC 8628 §3.2).
const DefaultInterval = 5 * time.Second

// slowDown is by how much each slow_down lengthens the pause between polls (RFC 8628 §3.5).
const slowDown = 5 * time.Second

// Device is a device authorization with all that came of it.
type Device struct {
	Call         *Call // of the request
	Scope        string
	Code         trace.Secret
	UserCode     trace.Secret // what a person types in; it may be shown to them
	URI          string       // verification_uri
	URIComplete  string       // verification_uri_complete, or ""
	Interval     time.Duration
	IntervalTold bool
	ExpiresAt    time.Time // zero: not told
	Polls        int
	SlowDowns    int
	Shortest     time.Duration // pause between an answer and the next poll
	TooFast      int           // polls that came sooner than was allowed
	LastPoll     *Call
	Ended        string // "token", or the error that ended it
}

// Device returns the newest device authorization, or nil.
func (s *Story) Device() *Device {
	if len(s.devices) == 0 {
		return nil
	}
	return s.devices[len(s.devices)-1]
}

// Pending reports whether the codes are out and nothing ended the waiting. Expiry is the caller's to see.
func (d *Device) Pending() bool { return d != nil && !d.Code.IsZero() && d.Ended == "" }

// Page is where a person is sent: the address with the code in it, if there is one.
func (d *Device) Page() string { return orElse(d.URIComplete, d.URI) }

func (s *Story) beginDevice(c *Call) {
	if last := s.Device(); last != nil && last.Call == c { // changed before it was sent
		last.Scope = c.Request.form.Get("scope")
		return
	}
	s.devices = append(s.devices, &Device{Call: c, Scope: c.Request.form.Get("scope"), Interval: DefaultInterval})
}

// readDevice reads a device authorization response (RFC 8628 §3.2).
func (s *Story) readDevice(c *Call) {
	d := s.Device()
	if d == nil || d.Call != c {
		return
	}
	if !c.OK() || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
		s.conclude(c.stage)
		return
	}
	v := c.Response.JSON
	str := func(name string) string { t, _ := v.Str(name); return t }
	d.Code, d.UserCode = trace.NewSecret(str("device_code")), trace.NewSecret(str("user_code"))
	d.URI, d.URIComplete = str("verification_uri"), str("verification_uri_complete")
	if n, ok := number(v, "interval"); ok && n > 0 {
		d.Interval, d.IntervalTold = seconds(n), true
	}
	if n, err := ExpiresIn(v); err == nil && n > 0 {
		d.ExpiresAt = c.DoneAt.Add(n)
	}
	s.settle(subject(string(trace.Device), c.N), deviceChecks(v))
	s.conclude(c.stage)
}

// deviceChecks looks for what a response must have. A verification_url is an older draft's name, which some servers kept.
func deviceChecks(v jwtview.Value) (checks []jwtview.Check) {
	for _, name := range []string{"device_code", "user_code", "verification_uri", "expires_in"} {
		c := jwtview.Check{ID: name, Status: jwtview.Passed, Want: "present", Got: "present", Spec: "RFC 8628 §3.2", Detail: "REQUIRED."}
		if m, ok := v.Get(name); !ok || m.Text == "" {
			c.Status, c.Got, c.Detail = jwtview.Failed, "absent", "REQUIRED in a device authorization response."
			if _, old := v.Get("verification_url"); old && name == "verification_uri" {
				c.Detail = "REQUIRED; verification_url, which is there, is the name of an older draft."
			}
			if name == "expires_in" {
				c.Status, c.Detail = jwtview.NotApplicable, "REQUIRED, and absent: it is not known how long the codes live."
			}
		}
		checks = append(checks, c)
	}
	for _, name := range []string{"verification_uri", "verification_uri_complete"} {
		if uri, ok := v.Str(name); ok && uri != "" && trace.AliasOf(uri) == "" && !isWeb(uri) {
			checks = append(checks, jwtview.Check{ID: name + "_scheme", Status: jwtview.Failed, Want: "https", Got: "another scheme", Spec: "RFC 8628 §3.2", Detail: "It is no address of the web, and is not opened."})
		}
	}
	return checks
}

// isWeb reports whether a browser may be sent to an address that a server gave.
func isWeb(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// readPoll reads the answer to a poll (RFC 8628 §3.5).
func (s *Story) readPoll(c *Call) {
	d := s.Device()
	if d == nil || d.Code.Reveal() != c.Request.form.Get("device_code") {
		s.readTokens(c)
		return
	}
	if d.LastPoll != nil {
		pause := c.SentAt.Sub(d.LastPoll.DoneAt)
		if d.Shortest == 0 || pause < d.Shortest {
			d.Shortest = pause
		}
		if allowed := d.Interval + time.Duration(d.SlowDowns)*slowDown; pause < allowed-time.Second/2 {
			d.TooFast++
		}
	}
	d.Polls, d.LastPoll = d.Polls+1, c
	switch code, _ := c.OAuthError(); {
	case code == "authorization_pending":
	case code == "slow_down":
		d.SlowDowns++
	case code != "":
		d.Ended = code
	case c.OK():
		d.Ended = "token"
		s.readTokens(c)
		return
	}
	s.conclude(c.stage)
}

func (s *Story) deviceMember(c *Call, r *Row) {
	d := s.Device()
	if d == nil || d.Call != c {
		return
	}
	switch r.Name {
	case "user_code", "device_code":
		r.Until = d.ExpiresAt
	case "expires_in":
		if !d.ExpiresAt.IsZero() {
			r.Note, r.Until = Lifetime(d.ExpiresAt.Sub(c.DoneAt))+" for the person to agree", d.ExpiresAt
		}
	case "interval":
		r.Note = "wait this long between polls, at least"
	}
}

// AskedScope is the scope that the newest grant was asked with: by a login, a device or the client itself.
func (s *Story) AskedScope() string {
	_, scope := s.asking()
	return scope
}

// asking is the request that the newest grant was asked with, and its scope; nil if there was none.
func (s *Story) asking() (c *Call, scope string) {
	if l := s.Login(); l != nil {
		c, scope = l.Authorize, l.Scope
	}
	if d := s.Device(); d != nil && (c == nil || d.Call.ID > c.ID) {
		c, scope = d.Call, d.Scope
	}
	if a := s.asked; a != nil && (c == nil || a.ID > c.ID) {
		c, scope = a, a.Request.form.Get("scope")
	}
	return c, scope
}

// EditedScope is the scope that the newest grant was asked with, and whether the person changed it in the request: then it
// is not what the settings ask for.
func (s *Story) EditedScope() (scope string, edited bool) {
	c, scope := s.asking()
	return scope, c != nil && slices.ContainsFunc(c.Edits, func(e trace.Edit) bool { return e.Name == "scope" })
}

// scopeOf returns the scope that a token response answers to.
func (s *Story) scopeOf(c *Call) (scope string, known bool) {
	switch {
	case c.Class == DeviceToken:
		if d := s.Device(); d != nil {
			return d.Scope, true
		}
	case c.Class == ClientToken:
		return c.Request.form.Get("scope"), true
	case c.Login != nil:
		return c.Login.Scope, !c.Login.Unseen()
	}
	return "", false
}

func number(v jwtview.Value, name string) (float64, bool) {
	m, ok := v.Get(name)
	if !ok {
		return 0, false
	}
	n, err := parseFloat(strings.TrimSpace(m.Text))
	return n, err == nil && (m.Kind == jwtview.Number || m.Kind == jwtview.String)
}
