package demo

import (
	"net"
	"net/http"
	"time"
)

// Authgear's limits at the token endpoint, a minute, all grants together.
const (
	perUser = 60
	perIP   = 120
)

var errRateLimited = &oauthError{http.StatusTooManyRequests, "x_rate_limited", "rate limit exceeded, please try again later."}

// take takes one of burst from a bucket that fills evenly within a minute. A bucket is the instant at which it will be
// full again.
func (t *Tenant) take(bucket string, burst int) *oauthError {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	now := time.Now()
	full, _ := t.store.limits.get(bucket)
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Minute / time.Duration(burst))
	if full.After(now.Add(time.Minute)) {
		return errRateLimited
	}
	t.store.limits.put(bucket, full)
	return nil
}

// remoteIP is the address the limit per IP counts.
func remoteIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
