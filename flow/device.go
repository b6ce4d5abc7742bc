package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Bounds of the polling where a server does not give them, or gives others than can be meant.
const (
	slowDown    = 5 * time.Second  // RFC 8628 §3.5: by this each slow_down lengthens the interval
	maxInterval = 5 * time.Minute  // between polls, however often they time out
	maxPolling  = 30 * time.Minute // where expires_in is absent
)

// device asks for a device code and a user code (RFC 8628 §3.1).
func device(ctx context.Context, r *runner) error {
	m := r.metadata()
	if m.DeviceEndpoint == "" {
		if m.IsAuthgear() {
			return errors.New("there is no device authorization endpoint, as Authgear has none: sign in with the code flow; the embedded tenant gets one with A, or --demo device-grant")
		}
		return errors.New("the metadata has no device_authorization_endpoint: this server has no device grant, or only for some clients")
	}
	form := url.Values{}
	if r.cfg.Scope != "" {
		form.Set("scope", r.cfg.Scope)
	}
	for _, p := range r.cfg.Params {
		form.Add(p.Name, p.Value)
	}
	req, err := r.newPOST(m.DeviceEndpoint, form)
	if err != nil {
		return err
	}
	c, err := r.call(ctx, req)
	if err != nil {
		return err
	}
	if !c.OK() || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
		return wrongAnswer(c, "a device code, as JSON,")
	}
	if code, desc := c.OAuthError(); code != "" {
		return &ProtocolError{code, desc, c.Response.Status}
	}
	return r.problem(trace.Device)
}

// devicePoll shows the person where to go, and asks the token endpoint until they have agreed (RFC 8628 §3.3 to §3.5).
func devicePoll(ctx context.Context, r *runner) error {
	m := r.metadata()
	var d story.Device
	r.Read(func(s *story.Story) {
		if s.Device() != nil {
			d = *s.Device()
		}
	})
	switch {
	case d.Code.IsZero():
		return skipped{"there is no device code to poll with"}
	case m.TokenEndpoint == "":
		return errors.New("the metadata has no token_endpoint, so there is nowhere to poll")
	}
	if err := r.showPage(ctx, d.Page()); err != nil {
		return err
	}
	return r.poll(ctx, m.TokenEndpoint, d)
}

// showPage hands the address over where the person enters the code.
func (r *runner) showPage(ctx context.Context, page string) error {
	call := r.Log.NewCall()
	held, err := r.ready(ctx, trace.Draft{Call: call, Front: true, Method: http.MethodGet, URL: page})
	if err != nil {
		return err
	}
	defer r.await(false) // the answer comes by polling: there is nothing to paste
	return r.handOver(ctx, call, held.URL)
}

// poll asks until there is an answer. It waits before the first poll too: nobody types that fast.
func (r *runner) poll(ctx context.Context, endpoint string, d story.Device) error {
	interval, until := min(d.Interval, maxInterval), d.ExpiresAt
	if until.IsZero() {
		until = time.Now().Add(maxPolling)
	}
	for {
		if err := pause(ctx, min(interval, time.Until(until))); err != nil {
			return err
		}
		if !time.Now().Before(until) {
			return fmt.Errorf("the codes have expired: nobody agreed within %s", until.Sub(d.Call.DoneAt).Round(time.Second))
		}
		c, err := r.pollOnce(ctx, endpoint, d.Code)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		done, longer, err := pollAnswer(c, err)
		if done {
			if err == nil {
				err = r.problem(trace.DevicePoll)
			}
			return err
		}
		interval = longer(interval)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pollOnce is one device access token request (RFC 8628 §3.4).
func (r *runner) pollOnce(ctx context.Context, endpoint string, code trace.Secret) (*story.Call, error) {
	var call trace.CallID
	form := url.Values{"grant_type": {story.DeviceGrant}, "device_code": {code.Reveal()}}
	err := r.postGrant(trace.WithCall(ctx, &call), endpoint, form, r.cfg.TokenParams)
	return r.recorded(call, err)
}

// pollAnswer says whether the polling is over, and if not how much longer to wait from now on: with slow_down 5 s, after
// no answer twice as long (RFC 8628 §3.5).
func pollAnswer(c *story.Call, err error) (done bool, longer func(time.Duration) time.Duration, _ error) {
	same := func(d time.Duration) time.Duration { return d }
	double := func(d time.Duration) time.Duration { return min(2*d, maxInterval) }
	if err != nil {
		var ce *CallError
		return !errors.As(err, &ce), double, err // what is dropped, or not sent at all, is not tried again
	}
	code, desc := c.OAuthError()
	switch {
	case code == "authorization_pending":
		return false, same, nil
	case code == "slow_down":
		return false, func(d time.Duration) time.Duration { return min(d+slowDown, maxInterval) }, nil
	case code != "" && c.Response.Status < 500 && c.Response.Status != http.StatusTooManyRequests:
		return true, nil, &ProtocolError{code, desc, c.Response.Status}
	case c.Response.Status >= 500, c.Response.Status == http.StatusTooManyRequests:
		return false, double, nil
	case !c.OK(), !c.Response.IsJSON, c.Response.JSON.Kind != jwtview.Object:
		return true, nil, wrongAnswer(c, "a token response, as JSON,")
	}
	return true, nil, nil
}
