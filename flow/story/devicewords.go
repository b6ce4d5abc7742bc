package story

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Pace is how long to wait between polls by now (RFC 8628 §3.5).
func (d *Device) Pace() time.Duration { return d.Interval + time.Duration(d.SlowDowns)*slowDown }

// Rhythm says how often the token endpoint is asked, and why so.
func (d *Device) Rhythm() string {
	every, why := "every "+Lifetime(d.Pace()), "as the server says"
	if !d.IntervalTold {
		why = "which is meant where the server names no interval"
	}
	if d.SlowDowns > 0 {
		return fmt.Sprintf("%s: %s, %s, and 5 s more for each slow_down (%d so far)", every, Lifetime(d.Interval), why, d.SlowDowns)
	}
	return every + ", " + why
}

// Said is what the last poll was answered, in words.
func (d *Device) Said() string {
	c := d.LastPoll
	if c == nil {
		return "not asked yet"
	}
	code, desc := c.OAuthError()
	switch {
	case code == "authorization_pending":
		return code + ": nobody has agreed yet"
	case code == "slow_down":
		return code + ": wait 5 s longer before each poll from now on"
	case code == "access_denied":
		return code + ": the person refused"
	case code == "expired_token":
		return code + ": the codes are over"
	case code != "" && desc != "":
		return code + ": " + desc
	case code != "":
		return code
	case d.Ended == "token":
		return "tokens: somebody agreed"
	case c.Response != nil:
		return "status " + statusText(c)
	}
	return "nothing"
}

// CodeShown is the user code as it may be shown, or "": it is not known, or was taken out of a saved session.
func (d *Device) CodeShown() string {
	code := d.UserCode.Reveal()
	if trace.AliasOf(code) != "" {
		return ""
	}
	return code
}

// Sentence says what a look ahead found, without its full stop.
func (p *Preflight) Sentence() string {
	switch {
	case p.Verdict == Accepted:
		return "Accepted: " + p.Why
	case p.Verdict == Consented:
		return "Accepted at once, with a code and without a sign-in; the code is kept and never redeemed"
	case p.Verdict == Refused && !p.OnPage:
		return "Refused: an error goes to the redirect URI, " + p.Why
	case p.Verdict == Refused:
		return "Refused: " + p.Why
	}
	return "It could not be told: " + p.Why
}

// About returns the token that a request asks about or wants revoked (RFC 7662 §2.1, RFC 7009 §2.1), or nil.
func (s *Story) About(c *Call) *Token { return s.byValue[c.Request.form.Get("token")] }

// Waiting reports whether the URL was handed over and the browser has not come back.
func (l *Logout) Waiting() bool { return l != nil && l.Return == nil && !l.Call.SentAt.IsZero() }

// NotListed says why a tenant may not answer a grant, by its metadata, or "".
func (m *Metadata) NotListed(g trace.Grant) string {
	switch {
	case m == nil:
		return ""
	case g == trace.GrantDevice && m.DeviceEndpoint == "":
		return "the metadata has no device_authorization_endpoint"
	case g == trace.GrantClientCredentials && len(m.GrantTypesSupported) > 0 && !slices.Contains(m.GrantTypesSupported, string(g)):
		return "grant_types_supported does not list " + string(g)
	}
	return ""
}

// ModeNotListed says why a tenant may not answer by a response mode, by its metadata, or "". Where it does not say, query and
// fragment hold (RFC 8414 §2).
func (m *Metadata) ModeNotListed(mode string) string {
	if m == nil || m.JSON.Kind == jwtview.Null || mode == "" {
		return ""
	}
	list, there := m.JSON.Get("response_modes_supported")
	switch {
	case there && list.Kind == jwtview.Array && !slices.ContainsFunc(list.Elems, func(e jwtview.Value) bool { return e.Text == mode }):
		return "response_modes_supported does not list " + mode
	case !there && mode != "query" && mode != "fragment":
		return "the metadata has no response_modes_supported, which stands for query and fragment"
	}
	return ""
}

// Local reports whether the address is of this machine, which no other device can open.
func (d *Device) Local() bool {
	u, err := url.Parse(d.Page())
	return err == nil && (u.Hostname() == "localhost" || u.Hostname() == "::1" || strings.HasPrefix(u.Hostname(), "127."))
}
