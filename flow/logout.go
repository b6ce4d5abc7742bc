package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// LogoutPatience is how long a logout is waited for. Servers that do not know the address to come back to keep the
// person on a page of theirs, and nothing ever arrives.
const LogoutPatience = 2 * time.Minute

// PostLogoutURI is where the browser is to come back to: what the settings say, or the root of the redirect URI's
// origin if this program can listen there; else "".
func PostLogoutURI(s trace.Settings) string {
	if s.PostLogoutURI != "" {
		return s.PostLogoutURI
	}
	if _, _, err := bindable(s.RedirectURI); err != nil {
		return ""
	}
	u, err := url.Parse(s.RedirectURI)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/"
}

// LogoutBy returns Logout with this address to come back to in place of the settings' PostLogoutURI, which may have been changed
// since the session began.
func LogoutBy(back string) []Stage {
	return []Stage{stage(trace.Logout, func(ctx context.Context, r *runner) error {
		s := r.cfg.Settings
		s.PostLogoutURI = back
		return logout(ctx, r, s)
	})}
}

// logout sends the browser to end the person's session at the tenant (OpenID Connect RP-Initiated Logout 1.0 §2), waits
// for it to come back (§3), and asks UserInfo whether the access token still works: coming back proves little.
func logout(ctx context.Context, r *runner, s trace.Settings) error {
	m := r.metadata()
	if m.EndSessionEndpoint == "" {
		return skipped{"the metadata has no end_session_endpoint: this server has no logout that an application can begin; a revocation ends the tokens"}
	}
	back := PostLogoutURI(s)
	target, err := r.logoutURL(m.EndSessionEndpoint, back)
	if err != nil {
		return err
	}
	r.await(true) // from here on an address may be pasted
	defer r.await(false)
	e := r.logoutEar(back)
	if e != nil {
		defer e.close()
	}
	call := r.Log.NewCall()
	d := trace.Draft{Call: call, Front: true, Method: http.MethodGet, URL: target}
	if d, err = r.ready(ctx, d); err != nil {
		return err
	}
	if err := r.handOver(ctx, call, d.URL); err != nil {
		return err
	}
	if back == "" {
		return nil // nobody is asked to come back
	}
	if err := r.awaitReturn(ctx, e, back); err != nil {
		return err
	}
	if err := r.probe(ctx, r.newest(story.AccessToken)); err != nil {
		return err
	}
	return r.problem(trace.Logout)
}

// logoutURL makes the URL of a logout request.
func (r *runner) logoutURL(endpoint, back string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", errors.New("the metadata's end_session_endpoint is no address of the web, so no browser is sent there")
	}
	q := u.Query()
	if hint := r.newest(story.IDToken); hint != "" {
		q.Set("id_token_hint", hint)
	} else {
		q.Set("client_id", r.cfg.ClientID)
	}
	if back != "" {
		q.Set("post_logout_redirect_uri", back)
		q.Set("state", rand.Text())
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// logoutEar listens where the browser comes back to. That it cannot is no failure: the address can be pasted.
func (r *runner) logoutEar(back string) *ear {
	if back == "" {
		return nil
	}
	r.Close() // a login that waits at the same port waits for nothing any more
	return r.open(back)
}

// awaitReturn waits until the browser is back from the logout that was begun last.
func (r *runner) awaitReturn(ctx context.Context, e *ear, back string) error {
	var got chan trace.CallID
	if e != nil {
		got = e.got
	}
	patience := time.NewTimer(LogoutPatience)
	defer patience.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			return fmt.Errorf("nobody came back within %s: the tenant may not know %s as a post_logout_redirect_uri of this client", LogoutPatience, back)
		case <-got:
		case text := <-r.pasted:
			r.paste(text)
		}
		if back, err := r.returned(); back || err != nil {
			return err
		}
	}
}

// returned reports whether the logout has come back; the error is of a return that is not its own.
func (r *runner) returned() (back bool, err error) {
	r.Read(func(s *story.Story) { back = s.Logout() != nil && s.Logout().Return != nil })
	if back {
		return true, nil
	}
	return false, r.problem(trace.Logout)
}

// ready records a URL for the browser and has it looked at before it is handed over.
func (r *runner) ready(ctx context.Context, d trace.Draft) (trace.Draft, error) {
	r.Log.Append(d.Call, trace.Ready{Front: true, Method: d.Method, URL: d.URL})
	if r.hooks.Hold == nil {
		return d, nil
	}
	held, err := r.hooks.Hold(ctx, d)
	if err != nil {
		r.Log.Append(d.Call, trace.Dropped{Reason: err.Error()})
		return d, err
	}
	if held.URL != d.URL {
		r.Log.Append(d.Call, trace.Ready{Front: true, Method: held.Method, URL: held.URL})
	}
	return held, nil
}
