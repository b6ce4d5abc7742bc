package flow

import (
	"context"
	"errors"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// verify fetches the tenant's keys and judges the ID token (OpenID Connect Core §3.1.3.7). The story
// makes the checks; this stage sees to it that it has what it needs.
func verify(ctx context.Context, r *runner) error {
	var there, known bool
	var asked string
	r.Read(func(s *story.Story) {
		there = s.Newest(story.IDToken) != nil
		_, known = s.Keys()
		asked = s.AskedScope()
	})
	if !there {
		return skipped{noIDToken(asked)}
	}
	if !known {
		if err := r.fetchKeys(ctx); err != nil {
			return err
		}
	}
	if err := r.freshKeys(ctx); err != nil {
		return err
	}
	return r.problem(trace.Verify)
}

func noIDToken(scope string) string {
	if !(trace.Settings{Scope: scope}).HasScope("openid") {
		return "there is no ID token: openid was not asked"
	}
	return "there is no ID token in the response"
}

// freshKeys fetches the keys once more if the newest ID token names one that is not among them:
// the tenant may have changed its keys (OpenID Connect Core §10.1.1).
func (r *runner) freshKeys(ctx context.Context) error {
	var stale bool
	r.Read(func(s *story.Story) {
		keys, known := s.Keys()
		t := s.Newest(story.IDToken)
		stale = t != nil && (!known || t.View.UnknownKid(keys))
	})
	if !stale {
		return nil
	}
	return r.fetchKeys(ctx)
}

func (r *runner) fetchKeys(ctx context.Context) error {
	m := r.metadata()
	if m.JWKSURI == "" && r.cfg.Endpoints.Suffice() {
		return nil // the check of the signature says that it could not be made
	}
	if m.JWKSURI == "" {
		return errors.New("the metadata has no jwks_uri, so the signature cannot be verified")
	}
	req, err := newGET(m.JWKSURI)
	if err != nil {
		return err
	}
	c, err := r.call(ctx, req)
	if err != nil {
		return err
	}
	var known bool
	r.Read(func(s *story.Story) { _, known = s.Keys() })
	if !c.OK() || !known {
		return wrongAnswer(c, "a set of keys, as JSON,")
	}
	return nil
}

// isUnknownKid reports whether a signature failed only because its key is not known yet.
func isUnknownKid(err error) bool {
	var ce *CheckError
	return errors.As(err, &ce) && ce.Check.ID == "signature"
}
