package flow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// FetchKeys reads the keys of an issuer by discovery: its metadata (OpenID Connect Discovery §4, RFC 8414 §3), and the set
// that jwks_uri names. The metadata must name the issuer itself, byte by byte. Only https is used; http for an issuer on
// this machine alone, and nothing on this machine for any other: a token may name any issuer.
func FetchKeys(ctx context.Context, env Env, issuer string) (jwtview.Keys, error) {
	var keys jwtview.Keys
	err := askIssuer(ctx, env, issuer, func(st *story.Story) { keys, _ = st.Keys() })
	return keys, err
}

// FetchDocuments is FetchKeys for whoever wants what was read itself: the metadata and the set of keys, byte by byte.
func FetchDocuments(ctx context.Context, env Env, issuer string) (metadata, keys []byte, err error) {
	err = askIssuer(ctx, env, issuer, func(st *story.Story) {
		for _, c := range st.Calls() {
			switch {
			case !c.OK():
			case c.Class == story.Discovery:
				metadata = c.Response.Body
			case c.Class == story.JWKS:
				keys = c.Response.Body
			}
		}
	})
	return metadata, keys, err
}

// askIssuer reads metadata and keys of an issuer in a session of its own, and has read look at it.
func askIssuer(ctx context.Context, env Env, issuer string, read func(*story.Story)) error {
	if err := checkIssuer(issuer); err != nil {
		return err
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return err
	}
	if env.Transport == nil {
		env.Transport, _ = NewTransport(nil) // fails for extra certificates only
	}
	env.Transport = fence{env.Transport, onThisMachine(u)}
	ctx, cancel := context.WithTimeout(ctx, trace.DefaultTimeout)
	defer cancel()
	s := NewSession(Config{Settings: trace.Settings{Issuer: issuer}}, env)
	defer s.Close()
	if err := Run(ctx, s, []Stage{stage(trace.Discover, keysOnly)}, Hooks{}); err != nil {
		return fmt.Errorf("keys of %s: %s", issuer, Reason(err))
	}
	s.Read(read)
	return nil
}

// keysOnly is discovery for whoever wants the keys: an issuer that no login goes to, such as one of machine tokens, has
// metadata without the endpoints of one.
func keysOnly(ctx context.Context, r *runner) error {
	var failed *CheckError
	if err := discover(ctx, r); err != nil && (!errors.As(err, &failed) || failed.Check.ID == "issuer") {
		return err
	}
	var named string
	r.Read(func(s *story.Story) {
		if s.Metadata() != nil {
			named = s.Metadata().Issuer
		}
	})
	if want := r.cfg.Issuer; named != want {
		return fmt.Errorf("the metadata is of issuer %q, not of %q", named, want)
	}
	return r.fetchKeys(ctx)
}

// fence lets requests go to https only, and keeps what is on this machine apart from what is not.
type fence struct {
	http.RoundTripper
	local bool // the issuer is on this machine
}

// RoundTrip implements http.RoundTripper.
func (f fence) RoundTrip(r *http.Request) (*http.Response, error) {
	switch here := onThisMachine(r.URL); {
	case here && !f.local:
		return nil, fmt.Errorf("%s is on this machine and the issuer is not: not fetched", r.URL.Host)
	case r.URL.Scheme != "https" && !(here && r.URL.Scheme == "http"):
		return nil, fmt.Errorf("%s is not https: keys that came over %s could be anybody's", r.URL.Host, r.URL.Scheme)
	}
	return f.RoundTripper.RoundTrip(r)
}

// onThisMachine reports a loopback address (RFC 6761 §6.3 for the name).
func onThisMachine(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
