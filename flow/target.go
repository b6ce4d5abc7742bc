package flow

import (
	"context"
	"time"
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
	// SetAccessLifetime changes how long the access tokens live that are issued from now on; nil for a real
	// tenant.
	SetAccessLifetime func(time.Duration)
}
