package jwtview

import "time"

// ClaimNote makes the value of a claim readable: a NumericDate as a time of day in the location of now, with the date
// when that is not today's, and its distance from now; Authgear's sid as the session it names. "" for what is readable
// as it is.
func (t Token) ClaimNote(m Member, now time.Time) string {
	switch m.Name {
	case "exp", "iat", "nbf", "auth_time", "updated_at":
		at, ok := numericDate(m.Value)
		if !ok {
			return ""
		}
		return clockTime(at, now) + ", " + relative(at.Sub(now))
	case "sid":
		if id := grantOfSid(m.Value.Text); m.Value.Kind == String && id != "" {
			return "offline grant " + id
		}
	}
	return ""
}

func clockTime(at, now time.Time) string {
	at = at.In(now.Location())
	y, m, d := at.Date()
	if ny, nm, nd := now.Date(); y == ny && m == nm && d == nd {
		return at.Format(time.TimeOnly)
	}
	return at.Format(time.DateTime)
}
