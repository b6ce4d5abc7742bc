package profile

import (
	"errors"
	"fmt"
	"strings"
)

const maxName = 64

// CheckName says why name cannot be that of a profile. It becomes a file's name on whatever system the person has, so it is
// of few characters; Title takes any text.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the profile has no name: give it a short one, such as staging")
	case len(name) > maxName:
		return fmt.Errorf("the profile's name has %d characters: %d are possible", len(name), maxName)
	case strings.ContainsAny(name, `/\`):
		return fmt.Errorf("profile name %q: it is a name, not a path", name)
	case name[0] == '.' || name[0] == '-':
		return fmt.Errorf("profile name %q: it begins with a letter or a digit", name)
	case name[len(name)-1] == '.':
		return fmt.Errorf("profile name %q: a file's name cannot end with a dot everywhere", name)
	}
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.') {
			return fmt.Errorf("profile name %q: letters, digits, - _ and . are possible (the title takes any text)", name)
		}
	}
	stem, _, _ := strings.Cut(name, ".")
	if isDevice(stem) {
		return fmt.Errorf("profile name %q: on Windows %s is a device, whatever follows it", name, strings.ToUpper(stem))
	}
	return nil
}

// isDevice reports whether Windows takes a file of this name for a device.
func isDevice(stem string) bool {
	switch s := strings.ToUpper(stem); s {
	case "CON", "PRN", "AUX", "NUL":
		return true
	default:
		return len(s) == 4 && (strings.HasPrefix(s, "COM") || strings.HasPrefix(s, "LPT")) && s[3] >= '0' && s[3] <= '9'
	}
}
