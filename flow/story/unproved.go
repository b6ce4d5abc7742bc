package story

import (
	"strings"

	"authscope/jwtview"
)

// blanks are what tools put in the place of a value that they take out.
var blanks = []string{"redacted", "removed", "sanitized", "masked", "hidden", "filtered", "***", "xxxx", "••"}

// blank reports whether one of values was taken out of the recording by whoever saved it.
func blank(values ...string) bool {
	for _, v := range values {
		if len(v) > 200 {
			continue
		}
		lower := strings.ToLower(v)
		for _, b := range blanks {
			if strings.Contains(lower, b) {
				return true
			}
		}
	}
	return false
}

// unproved takes back what a check of a recording cannot claim: a value that was taken out is not a wrong one.
func (s *Story) unproved(checks []jwtview.Check) []jwtview.Check {
	for i := range checks {
		c := &checks[i]
		if c.Status != jwtview.NotApplicable && blank(c.Want, c.Got) {
			c.Status, c.Detail = jwtview.NotApplicable, "Not checkable: the value was taken out of the recording."
		}
	}
	return checks
}

// unsigned says of a signature in a recording what cannot be told of it: keys that were given later may lack the one that
// signed, and a signature may have been taken out.
func (s *Story) unsigned(t *Token, checks []jwtview.Check) []jwtview.Check {
	if s.recording == nil {
		return checks
	}
	parts := strings.Split(t.Value.Reveal(), ".")
	for i := range checks {
		c := &checks[i]
		switch {
		case c.ID != "signature" || c.Status != jwtview.Failed:
		case len(parts) == 3 && blank(parts[2]):
			c.Status, c.Detail = jwtview.NotApplicable, "Not checkable: the signature was taken out of the recording."
		case s.keysGiven != "" && t.View.UnknownKid(s.keys):
			c.Status, c.Detail = jwtview.NotApplicable, "Not checkable: the key is not among those of "+s.keysGiven+", which may have been changed since the recording."
		}
	}
	return checks
}
