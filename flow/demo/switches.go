package demo

import (
	"slices"
	"sync/atomic"
)

// The paths of what Authgear does not have.
const (
	devicePath     = "/oauth2/device_authorization"
	devicePagePath = "/device"
	introspectPath = "/oauth2/introspect"
)

// Switches are the names by which a person turns on what Authgear does not have, with what they do.
var Switches = []struct{ Name, What string }{
	{"device-grant", "the device authorization grant (RFC 8628)"},
	{"introspection", "an introspection endpoint (RFC 7662)"},
	{"signed-userinfo", "UserInfo as a signed JWT"},
}

// Switch turns on what name stands for, and reports whether there is such a switch.
func (o *Options) Switch(name string) bool {
	switch name {
	case "device-grant":
		o.Device = true
	case "introspection":
		o.Introspection = true
	case "signed-userinfo":
		o.SignedUserInfo = true
	default:
		if !isHabit(name) {
			return false
		}
		o.Habits = append(o.Habits, name)
	}
	return true
}

// switches are what can be turned on while the tenant answers.
type switches struct{ device, introspection, signedUserInfo atomic.Bool }

func (s *switches) init(o Options) {
	s.device.Store(o.Device)
	s.introspection.Store(o.Introspection)
	s.signedUserInfo.Store(o.SignedUserInfo)
}

// Switch turns on what name stands for, for the requests from now on, and reports whether there is such a switch. What
// the metadata says changes with it.
func (t *Tenant) Switch(name string) bool {
	var o Options
	if !o.Switch(name) {
		return false
	}
	t.habits.add(o.Habits)
	switch {
	case o.Device:
		t.switches.device.Store(true)
	case o.Introspection:
		t.switches.introspection.Store(true)
	case o.SignedUserInfo:
		t.switches.signedUserInfo.Store(true)
	}
	return true
}

func noDevice(t *Tenant) bool        { return !t.switches.device.Load() }
func noIntrospection(t *Tenant) bool { return !t.switches.introspection.Load() }

// withSwitches adds to the metadata what is on and Authgear does not have, in the alphabet's order.
func (t *Tenant) withSwitches(m object) object {
	add := func(name string, value any) {
		i, _ := slices.BinarySearchFunc(m, name, func(e member, n string) int {
			switch {
			case e.name < n:
				return -1
			case e.name > n:
				return 1
			}
			return 0
		})
		m = slices.Insert(m, i, member{name, value})
	}
	if t.switches.device.Load() {
		add("device_authorization_endpoint", t.issuer+devicePath)
		for i := range m {
			if m[i].name == "grant_types_supported" {
				m[i].value = []string{grantCode, grantRefresh, grantClientCredentials, grantDevice}
			}
		}
	}
	if t.switches.introspection.Load() {
		add("introspection_endpoint", t.issuer+introspectPath)
	}
	if t.switches.signedUserInfo.Load() {
		add("userinfo_signing_alg_values_supported", []string{"RS256"})
	}
	return m
}
