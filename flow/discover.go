package flow

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// discover reads the tenant's metadata: at the place of OpenID Connect Discovery §4, and
// where there is nothing, at that of RFC 8414 §3. It asks nobody if the person gave the endpoints that a login needs.
func discover(ctx context.Context, r *runner) error {
	if r.cfg.Endpoints.Suffice() {
		return skipped{"the endpoints were given by hand, so the tenant is not asked for them"}
	}
	var last error
	for _, u := range metadataURLs(r.cfg.Issuer) {
		req, err := newGET(u)
		if err != nil {
			return err
		}
		c, err := r.call(ctx, req)
		if err != nil {
			return err
		}
		if c.OK() && c.Response.IsJSON && c.Response.JSON.Kind == jwtview.Object {
			r.clientAuth() // told as soon as it is known
			return r.problem(trace.Discover)
		}
		if last == nil {
			last = wrongAnswer(c, "the tenant's metadata, as JSON,")
		}
		if c.Response.Status != http.StatusNotFound {
			break
		}
	}
	return last
}

// metadataURLs are the places where an issuer's metadata can stand. The one suffix is appended
// to the issuer, the other goes between its host and its path.
func metadataURLs(issuer string) []string {
	base := strings.TrimSuffix(issuer, "/")
	urls := []string{base + "/.well-known/openid-configuration"}
	if u, err := url.Parse(base); err == nil {
		u.Path = "/.well-known/oauth-authorization-server" + u.Path
		urls = append(urls, u.String())
	}
	return urls
}

// metadata returns what discover learned.
func (r *runner) metadata() (m story.Metadata) {
	r.Read(func(s *story.Story) {
		if s.Metadata() != nil {
			m = *s.Metadata()
		}
	})
	return m
}
