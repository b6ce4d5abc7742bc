package jwtview

import (
	"fmt"
	"strconv"
	"time"
)

// stamp writes an instant in UTC and how far it is from now.
func (j judge) stamp(t time.Time) string {
	return t.UTC().Format(time.RFC3339) + " (" + relative(t.Sub(j.now)) + ")"
}

// relative writes a distance from now: "in 4m58s", "4m58s ago", "in 12d4h".
func relative(d time.Duration) string {
	format, abs := "in %s", d
	if d < 0 {
		format, abs = "%s ago", -max(d, -1<<63+1)
	}
	abs = abs.Truncate(time.Second)
	if abs == 0 {
		return "now"
	}
	text := abs.String()
	if days := abs / (24 * time.Hour); days >= 2 {
		text = fmt.Sprintf("%dd%dh", days, abs%(24*time.Hour)/time.Hour)
	}
	return fmt.Sprintf(format, text)
}

func (j judge) want(relation string) string {
	return fmt.Sprintf("%s now, leeway %s (%s)", relation, j.e.Leeway, j.now.UTC().Format(time.RFC3339))
}

// date reads a claim that is a NumericDate. As with claim, the check is decided where ok is false, but for one that is
// only absent.
func (j judge) date(name, spec string) (c Check, t time.Time, ok bool) {
	c, v, ok := j.claim(name, spec)
	if !ok {
		return c, t, false
	}
	if t, ok = numericDate(v); ok {
		c.Got = j.stamp(t)
		return c, t, true
	}
	if c.Got = clip(v.String(), 80); v.Kind != Number {
		return c.fail(fmt.Sprintf("It must be a number, seconds since 1970, and is a JSON %s.", v.Kind), "RFC 7519 §2"), t, false
	}
	detail := "This number of seconds since 1970 is no date between the years 1 and 9999."
	if f, err := strconv.ParseFloat(v.Text, 64); err == nil && f > 1e12 && f < 1e14 {
		ms := time.UnixMilli(int64(f)).UTC().Format(time.RFC3339)
		detail += " Read as milliseconds it is " + ms + ": the issuer must write seconds."
	}
	return c.fail(detail, "RFC 7519 §2"), t, false
}

const idTokenExpired = "The ID token has expired. That does not end the session: a refresh or a new sign-in gives a new one."

// exp must be after now.
func (j judge) exp() Check {
	c, t, ok := j.date("exp", core("3.1.3.7(9)"))
	c.Want = j.want("after")
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail("Every ID token must say when it expires.", core("2"))
	case j.now.Before(t):
		return c.pass("It has not expired.")
	case j.now.Before(t.Add(j.e.Leeway)):
		return c.pass("It has expired, but within the leeway.")
	}
	return c.fail(idTokenExpired, "")
}

// iat must not be after now.
func (j judge) iat() Check {
	c, t, ok := j.date("iat", core("3.1.3.7(10)"))
	c.Want = j.want("not after")
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail("Every ID token must say when it was issued.", core("2"))
	case !t.After(j.now):
		return c.pass("It was issued in the past.")
	case !t.After(j.now.Add(j.e.Leeway)):
		return c.pass("It was issued in the future by our clock, but within the leeway.")
	}
	return c.fail(fmt.Sprintf("Issued in the future: our clock is %s behind that of the issuer, or its clock ahead. Set the clock (NTP) rather than raise the leeway.",
		t.Sub(j.now).Round(time.Second)), "")
}

// nbf is optional in an ID token; where it is present it counts (RFC 7519 §4.1.5).
func (j judge) nbf() Check {
	c, t, ok := j.date("nbf", "RFC 7519 §4.1.5")
	c.Want = j.want("not after")
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.skip("Absent, as it may be: the token is valid from its issue on.")
	case !t.After(j.now):
		return c.pass("It is valid already.")
	case !t.After(j.now.Add(j.e.Leeway)):
		return c.pass("It is not valid yet by our clock, but within the leeway.")
	}
	return c.fail("The token is not valid yet: our clock is behind that of the issuer, or the token is meant for later.", "")
}

// notBeforeFirst adds to iat that a refreshed ID token is issued when it is refreshed.
func (j judge) notBeforeFirst(c Check) Check {
	if c.Status != Passed || j.e.First == nil {
		return c
	}
	first, ok := j.e.First.Time("iat")
	this, _ := j.t.Time("iat")
	if ok && this.Before(first) {
		c.Want = "not before the first ID token: " + j.stamp(first)
		return c.fail("A refreshed ID token must say when it was issued itself, and this one says a time before the first.", core("12.2"))
	}
	return c
}

// authTime is that of the sign-in, which a refresh does not repeat.
func (j judge) authTime() Check {
	c, t, ok := j.date("auth_time", core("12.2"))
	c.Want = "as in the first ID token"
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.skip("Absent, as it may be.")
	case j.e.First == nil:
		return c.skip(notCheckable + "the first ID token is not known")
	}
	first, ok := j.e.First.Time("auth_time")
	switch {
	case !ok:
		return c.skip(notCheckable + "the first ID token has no auth_time")
	case !first.Equal(t):
		c.Want = j.stamp(first) + ", as in the first ID token"
		return c.fail("It must be the time of the sign-in, not of the refresh.", "")
	}
	c.Want = j.stamp(first) + ", as in the first ID token"
	return c.pass("It is still the time of the sign-in.")
}
