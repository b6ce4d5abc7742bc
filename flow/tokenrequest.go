package flow

import (
	"context"
	"net/url"
	"slices"

	"authscope/flow/trace"
)

// RefreshWith returns Refresh with further parameters, such as a narrower scope (RFC 6749 §6). They take the place of
// those of the same name in the settings.
func RefreshWith(extra ...trace.Param) []Stage {
	return []Stage{stage(trace.Refresh, func(ctx context.Context, r *runner) error { return refresh(ctx, r, r.refreshParams(extra)) })}
}

// RefreshBy returns Refresh with these parameters in place of the settings' RefreshParams, which may have been changed since
// the session began.
func RefreshBy(params []trace.Param) []Stage {
	return []Stage{stage(trace.Refresh, func(ctx context.Context, r *runner) error {
		return refresh(ctx, r, override(r.cfg.TokenParams, params))
	})}
}

// refreshParams are what the person adds to a refresh: of one name, the most special ones.
func (r *runner) refreshParams(extra []trace.Param) []trace.Param {
	return override(override(r.cfg.TokenParams, r.cfg.RefreshParams), extra)
}

// override returns base without the names that are in over, and over.
func override(base, over []trace.Param) []trace.Param {
	kept := slices.DeleteFunc(slices.Clone(base), func(p trace.Param) bool {
		return slices.ContainsFunc(over, func(o trace.Param) bool { return o.Name == p.Name })
	})
	return append(kept, over...)
}

// grantParams are sent once, whoever sets them.
var grantParams = map[string]bool{"grant_type": true, "code": true, "redirect_uri": true, "code_verifier": true, "refresh_token": true}

// postGrant is the one place where a token request is not x/oauth2's: the library cannot add parameters to a refresh,
// knows no client authentication but Basic and a secret in the form (see libraryCan), and no answers of the device grant.
func (r *runner) postGrant(ctx context.Context, endpoint string, form url.Values, more []trace.Param) error {
	for _, p := range more {
		if grantParams[p.Name] {
			form.Del(p.Name) // as x/oauth2 does: the person's value is sent in place of ours
		}
		form.Add(p.Name, p.Value)
	}
	req, err := r.newPOST(endpoint, form)
	if err != nil {
		return err
	}
	res, err := r.http.Do(req.WithContext(ctx))
	if err == nil {
		res.Body.Close()
	}
	return err
}
