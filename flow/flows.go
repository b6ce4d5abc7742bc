package flow

import (
	"context"
	"slices"

	"authscope/flow/trace"
)

// The flows. What a screen lists before it begins is what Run walks.
var (
	Login   = []Stage{stage(trace.Discover, discover), stage(trace.Authorize, authorize), stage(trace.Callback, callback), stage(trace.Exchange, exchange), stage(trace.Verify, verify), stage(trace.UserInfo, userInfo)}
	Refresh = RefreshWith()
	Revoke  = RevokeToken("")
	// Device is a login on another device (RFC 8628).
	Device = []Stage{stage(trace.Discover, discover), stage(trace.Device, device), stage(trace.DevicePoll, devicePoll), stage(trace.Verify, verify), stage(trace.UserInfo, userInfo)}
	// ClientCredentials is a client that acts for itself (RFC 6749 §4.4).
	ClientCredentials = []Stage{stage(trace.Discover, discover), stage(trace.ClientCredentials, clientCredentials)}
	// UserInfo asks once more who signed in.
	UserInfo = []Stage{stage(trace.UserInfo, userInfo)}
	// Logout signs the person out at the tenant.
	Logout = []Stage{stage(trace.Logout, func(ctx context.Context, r *runner) error { return logout(ctx, r, r.cfg.Settings) })}
)

func stage(id trace.StageID, run func(context.Context, *runner) error) Stage {
	return Stage{trace.StageOf(id), run}
}

// LoginFor returns the stages by which a session with these settings gets its tokens: those of its grant, for the
// authorization code Login and the look ahead unless that is switched off.
func LoginFor(s trace.Settings) []Stage {
	switch {
	case s.Grant == trace.GrantDevice:
		return Device
	case s.Grant == trace.GrantClientCredentials:
		return ClientCredentials
	case s.NoPreflight:
		return Login
	}
	return slices.Insert(slices.Clone(Login), 1, stage(trace.Preflight, preflight))
}

// RestOf returns stages from id on: what is left to do after id failed.
func RestOf(stages []Stage, id trace.StageID) []Stage {
	for i, s := range stages {
		if s.ID == id {
			return stages[i:]
		}
	}
	return nil
}

// LoginFrom returns the stages of Login from id on: what is left to do after id failed.
func LoginFrom(id trace.StageID) []Stage { return RestOf(Login, id) }
