package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Look asks a tenant for all that it publishes of itself, and for nothing else: its metadata at every place where that can stand
// (OpenID Connect Discovery 1.0 §4, RFC 8414 §3), and its keys. Addresses that have answered in this session already are not
// asked again. It is no stage of a login and changes nothing of one: what a login goes by stays what it was.
//
// It fails if there is no metadata; that something else could not be read the trace tells.
func Look(ctx context.Context, s *Session) error {
	r := newRunner(s, Hooks{})
	if u, err := url.Parse(r.cfg.Issuer); err == nil && !onThisMachine(u) && r.cfg.Endpoints.JWKS == "" {
		r.http.Transport.(*trace.Transport).Base = abroad{s.env.Transport}
	}
	return guard(func() error {
		failed := r.lookDocuments(ctx)
		if err := ctx.Err(); err != nil {
			return err
		}
		if m := r.metadata(); m.JWKSURI != "" && !r.looked().keys {
			if err := r.fetchKeys(ctx); ctx.Err() != nil {
				return err
			}
		}
		if !r.looked().metadata && !r.cfg.Endpoints.Suffice() {
			return failed
		}
		return nil
	})
}

// abroad keeps requests away from this machine: a tenant elsewhere may name any address for its keys, or redirect to it.
type abroad struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (a abroad) RoundTrip(r *http.Request) (*http.Response, error) {
	if onThisMachine(r.URL) {
		return nil, fmt.Errorf("%s is on this machine and the tenant is not: not asked", r.URL.Host)
	}
	return a.RoundTripper.RoundTrip(r)
}

// lookDocuments asks at every place of the metadata. An address that cannot be reached is the last: the others are on the same
// host. The first reason for a failure is returned.
func (r *runner) lookDocuments(ctx context.Context) (first error) {
	if r.cfg.Issuer == "" {
		return errors.New("there is no issuer, so there is no place to look for its metadata")
	}
	for _, u := range metadataPlaces(r.cfg.Issuer) {
		if slices.Contains(r.looked().urls, u) {
			continue
		}
		req, err := newGET(u)
		if err != nil {
			return err
		}
		c, err := r.call(ctx, req)
		if first == nil && err != nil {
			first = err
		}
		if first == nil && !c.OK() {
			first = wrongAnswer(c, "the tenant's metadata, as JSON,")
		}
		if c == nil || c.Response == nil {
			break
		}
	}
	if first == nil {
		first = errors.New("no answer was metadata: a JSON object was expected")
	}
	return first
}

// looked is what a session knows of its tenant.
type looked struct {
	metadata, keys bool
	urls           []string // that have answered
}

func (r *runner) looked() (k looked) {
	r.Read(func(s *story.Story) {
		t := s.Tenant()
		k.metadata, k.keys = t.Known(), t.KeySet != nil
		for _, a := range t.Attempts {
			if a.Call.Response != nil {
				k.urls = append(k.urls, a.URL)
			}
		}
	})
	return k
}

// metadataPlaces are all places where an issuer's metadata can stand, those by the book first: OpenID Connect appends its part to
// the issuer, RFC 8414 puts it between host and path. Servers have been seen to do it the other way round.
func metadataPlaces(issuer string) []string {
	urls := metadataURLs(issuer)
	base := strings.TrimSuffix(issuer, "/")
	u, err := url.Parse(base)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return urls
	}
	inserted := *u
	inserted.Path, inserted.RawPath = "/.well-known/openid-configuration"+u.Path, ""
	return append(urls, base+"/.well-known/oauth-authorization-server", inserted.String())
}
