package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Experiment returns the stages of an experiment of [story.AllExperiments], nil if there is none of this name. One that is
// Fresh wants a session of its own: it signs in. The others go on with the tokens of a session. What came of it is
// read from the trace, see [story.Experiment]; the stage fails if the tenant's conduct is weaker than the specification.
func Experiment(name string) []Stage {
	about := story.ExperimentNamed(name)
	try := experiments[name]
	if about == nil || try == nil {
		return nil
	}
	st := stage(trace.Experiment, func(ctx context.Context, r *runner) error { return r.experiment(ctx, name, try) })
	switch {
	case about.Browser:
		return []Stage{stage(trace.Logout, func(ctx context.Context, r *runner) error {
			if why := r.cannotTry(name); why != "" {
				return skipped{why}
			}
			return logout(ctx, r, r.cfg.Settings)
		}), st}
	case !about.Fresh:
		return []Stage{st}
	}
	ask := authorize
	if name == "no-nonce" {
		ask = func(ctx context.Context, r *runner) error {
			return authorizeAs(ctx, r, func(q url.Values) { q.Del("nonce") })
		}
	}
	return []Stage{stage(trace.Discover, discover), stage(trace.Authorize, ask), stage(trace.Callback, callback), st}
}

var experiments = map[string]func(context.Context, *trial) error{
	"reuse": tryReuse, "race": tryRace,
	"narrower-scope": tryNarrower, "wider-scope": tryWider, "other-scope": tryOtherScope,
	"other-client":        tryOtherClient,
	"access-after-expiry": tryExpired, "access-after-refresh": tryAfterRefresh, "access-after-revocation": tryAfterRevocation, "access-after-logout": tryAfterLogout,
	"code-twice": tryCodeTwice, "wrong-verifier": tryVerifier, "wrong-redirect-uri": tryRedirect, "no-nonce": tryNoNonce,
}

// trial is an experiment at work.
type trial struct {
	*runner
	name string
}

func (r *runner) experiment(ctx context.Context, name string, try func(context.Context, *trial) error) error {
	if why := r.cannotTry(name); why != "" {
		return skipped{why}
	}
	r.Log.Append(0, trace.Choice{What: trace.ExperimentName, Value: name})
	err := try(ctx, &trial{r, name})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	return r.problem(trace.Experiment)
}

func (r *runner) cannotTry(name string) (why string) {
	r.Read(func(s *story.Story) { why = s.CannotTry(story.ExperimentNamed(name), time.Now()) })
	return why
}

// step begins a part of the experiment.
func (t *trial) step(what string) {
	t.Log.Append(0, trace.Choice{What: trace.ExperimentStep, Value: what})
}

// grant makes a token request. That it is refused, or not answered, is what the experiment is there to see.
func (t *trial) grant(ctx context.Context, form url.Values) (*story.Call, error) {
	req, err := t.newPOST(t.metadata().TokenEndpoint, form)
	if err != nil {
		return nil, err
	}
	return t.send(ctx, req)
}

func (t *trial) send(ctx context.Context, req *http.Request) (*story.Call, error) {
	c, err := t.call(ctx, req)
	if c == nil || ctx.Err() != nil || errors.Is(err, ErrDropped) {
		return nil, err
	}
	return c, nil
}

// refresh hands a refresh token in, with further parameters.
func (t *trial) refresh(ctx context.Context, token string, more ...trace.Param) (*story.Call, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	for _, p := range more {
		form.Set(p.Name, p.Value)
	}
	return t.grant(ctx, form)
}

// userInfo uses an access token.
func (t *trial) userInfo(ctx context.Context, token string) error {
	m := t.metadata()
	if m.UserInfoEndpoint == "" || token == "" {
		return nil
	}
	req, err := newGET(t.endpoint(m.UserInfoEndpoint))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	_, err = t.send(ctx, req)
	return err
}

func tryReuse(ctx context.Context, t *trial) error {
	old := t.newest(story.RefreshToken)
	t.step(story.StepRotate)
	if _, err := t.refresh(ctx, old); err != nil {
		return err
	}
	newest := t.newest(story.RefreshToken)
	if newest == old {
		t.step(story.StepSame)
		_, err := t.refresh(ctx, old)
		return err
	}
	t.step(story.StepOld)
	if _, err := t.refresh(ctx, old); err != nil {
		return err
	}
	t.step(story.StepNewest)
	_, err := t.refresh(ctx, newest)
	return err
}

// atOnce is how many refreshes race.
const atOnce = 3

func tryRace(ctx context.Context, t *trial) error {
	token := t.newest(story.RefreshToken)
	t.step(story.StepRace)
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		came []string
		fail error
	)
	for range atOnce {
		all.Go(func() {
			c, err := t.refresh(ctx, token)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fail = err
				return
			}
			if c.Response != nil && c.Response.IsJSON {
				if fresh, _ := c.Response.JSON.Str("refresh_token"); fresh != "" && !slices.Contains(came, fresh) {
					came = append(came, fresh)
				}
			}
		})
	}
	all.Wait()
	if fail != nil {
		return fail
	}
	if len(came) == 0 {
		return nil
	}
	t.step(story.StepRaced)
	last := ""
	for _, fresh := range came {
		c, err := t.refresh(ctx, fresh)
		if err != nil {
			return err
		}
		if c.OK() {
			last = t.newest(story.RefreshToken)
		}
	}
	if last == "" {
		return nil
	}
	t.step(story.StepNewest) // those that were dead may have ended it
	_, err := t.refresh(ctx, last)
	return err
}

// scoped makes a refresh with another scope than that of the sign-in.
func (t *trial) scoped(ctx context.Context, scope string) error {
	token := t.newest(story.RefreshToken)
	t.step(story.StepScope)
	_, err := t.refresh(ctx, token, trace.Param{Name: "scope", Value: scope})
	return err
}

func tryNarrower(ctx context.Context, t *trial) error {
	had := strings.Fields(t.askedScope())
	// What goes is the last one that is not needed to have a session at all.
	for i, s := range slices.Backward(had) {
		if s != "openid" && s != "offline_access" || i == 0 {
			return t.scoped(ctx, strings.Join(slices.Delete(slices.Clone(had), i, i+1), " "))
		}
	}
	return t.scoped(ctx, had[0])
}

func tryWider(ctx context.Context, t *trial) error {
	more := ""
	t.Read(func(s *story.Story) { more = s.FurtherScope() })
	return t.scoped(ctx, t.askedScope()+" "+more)
}

func tryOtherScope(ctx context.Context, t *trial) error {
	return t.scoped(ctx, strings.TrimSpace(t.askedScope()+" authscope_unknown"))
}

// otherClient is the client that an experiment passes itself off as. The embedded tenant has others; of a real one none
// is known.
func (t *trial) otherClient() string {
	switch {
	case t.cfg.Embedded == nil:
		return "authscope-experiment"
	case t.cfg.ClientID == "workshop-rotating":
		return "workshop-spa"
	}
	return "workshop-rotating"
}

func tryOtherClient(ctx context.Context, t *trial) error {
	token := t.newest(story.RefreshToken)
	t.step(story.StepOther)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {t.otherClient()}}
	req, err := http.NewRequest(http.MethodPost, t.endpoint(t.metadata().TokenEndpoint), strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("make a request as another client: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	c, err := t.send(ctx, req)
	if err != nil {
		return err
	}
	if fresh, _ := c.Response.JSON.Str("refresh_token"); c.OK() && fresh != "" {
		token = fresh // it was renewed for the other one
	}
	t.step(story.StepOwn)
	_, err = t.refresh(ctx, token)
	return err
}

func tryExpired(ctx context.Context, t *trial) error {
	token := t.newest(story.AccessToken)
	var left time.Duration
	t.Read(func(s *story.Story) { left = s.Newest(story.AccessToken).Left(time.Now()) })
	late := time.NewTimer(left + 2*time.Second) // clocks need not agree to the second
	defer late.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
	}
	t.step(story.StepAccess)
	return t.userInfo(ctx, token)
}

func tryAfterRefresh(ctx context.Context, t *trial) error {
	old := t.newest(story.AccessToken)
	token := t.newest(story.RefreshToken)
	t.step(story.StepRotate)
	if _, err := t.refresh(ctx, token); err != nil {
		return err
	}
	t.step(story.StepOldAccess)
	return t.userInfo(ctx, old)
}

func tryAfterRevocation(ctx context.Context, t *trial) error {
	m := t.metadata()
	access := t.newest(story.AccessToken)
	t.step(story.StepRevoke)
	req, err := t.newPOST(m.RevocationEndpoint, url.Values{"token": {t.newest(story.RefreshToken)}, "token_type_hint": {"refresh_token"}})
	if err != nil {
		return err
	}
	if _, err := t.send(ctx, req); err != nil {
		return err
	}
	t.step(story.StepAccess)
	return t.userInfo(ctx, access)
}

// tryAfterLogout comes after the stage that has sent the browser away.
func tryAfterLogout(ctx context.Context, t *trial) error {
	t.step(story.StepAccess)
	return t.userInfo(ctx, t.newest(story.AccessToken))
}

// redeem hands the code of the sign-in in, with a change.
func (t *trial) redeem(ctx context.Context, change func(url.Values)) (*story.Call, error) {
	code := ""
	t.Read(func(s *story.Story) {
		if l := s.Login(); l != nil && l.Answer != nil {
			code = l.Answer.Params.Get("code")
		}
	})
	if code == "" {
		return nil, errors.New("the sign-in brought no code to try with")
	}
	t.mu.Lock()
	verifier := t.verifier
	t.mu.Unlock()
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {t.cfg.RedirectURI}, "code_verifier": {verifier.Reveal()}}
	if change != nil {
		change(form)
	}
	return t.grant(ctx, form)
}

func tryCodeTwice(ctx context.Context, t *trial) error {
	t.step(story.StepExchange)
	if _, err := t.redeem(ctx, nil); err != nil {
		return err
	}
	access := t.newest(story.AccessToken)
	t.step(story.StepAgain)
	if _, err := t.redeem(ctx, nil); err != nil {
		return err
	}
	t.step(story.StepAccess)
	return t.userInfo(ctx, access)
}

func tryVerifier(ctx context.Context, t *trial) error {
	return t.changed(ctx, func(form url.Values) { form.Set("code_verifier", oauth2.GenerateVerifier()) })
}

func tryRedirect(ctx context.Context, t *trial) error {
	return t.changed(ctx, func(form url.Values) { form.Set("redirect_uri", form.Get("redirect_uri")+"/elsewhere") })
}

// changed hands the code in with a change, and if that is refused as it should be.
func (t *trial) changed(ctx context.Context, change func(url.Values)) error {
	t.step(story.StepWrong)
	c, err := t.redeem(ctx, change)
	if err != nil || c.OK() {
		return err
	}
	t.step(story.StepRight)
	_, err = t.redeem(ctx, nil)
	return err
}

func tryNoNonce(ctx context.Context, t *trial) error {
	t.step(story.StepExchange)
	_, err := t.redeem(ctx, nil)
	return err
}
