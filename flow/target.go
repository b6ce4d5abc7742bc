package flow

import (
	"context"
	"time"

	"authscope/flow/trace"
)

// Target is what logins are run against: the embedded tenant or a real one, with the settings to begin
// with and the ways in which a person can sign in there.
type Target struct {
	Config Config
	Env    Env

	// Browser opens a URL in the person's browser; nil if there is none.
	Browser func(ctx context.Context, url string) error
	// Agent signs a demo user in without a browser, and delivers the answer to the redirect
	// URI; nil for a real tenant.
	Agent func(ctx context.Context, url string) error
	// Refuse is the demo user who does not agree, on the page of a device; nil for a real tenant.
	Refuse func(ctx context.Context, url string) error
	// ForGrant returns the settings with which the embedded tenant can be asked by a grant, with what Authgear does not
	// have switched on, and as a client that may; nil for a real tenant.
	ForGrant func(Config, trace.Grant) Config
	// SwitchOn turns on at the embedded tenant what Authgear does not have, and returns the settings that say so; nil for
	// a real tenant.
	SwitchOn func(cfg Config, name string) Config
	// Kept fetches the refresh token that was kept of an earlier run of this profile, to begin a session with [Resume]; nil if
	// there is no profile. It may block.
	Kept func(context.Context) (trace.Secret, error)
	// Follow keeps up to date, while a session goes on, what is kept of its refresh token, and says what it did; nil if there
	// is no profile. What it returns ends that.
	Follow func(ctx context.Context, s *Session, say func(string)) (end func())
	// Notes are what there is to say of how the target was made.
	Notes []string
	// SetAccessLifetime changes how long the access tokens live that are issued from now on; nil for a real
	// tenant.
	SetAccessLifetime func(time.Duration)
}
