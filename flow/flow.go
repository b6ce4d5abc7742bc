// Package flow runs logins. A flow is a list of stages; Run walks it and blocks. What happens is written
// to the session's trace and nowhere else: a stage takes its inputs from the story so far. The
// package knows no terminal.
package flow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Env is what a run takes from the outside world. Its zero value is the real one, without
// a browser.
type Env struct {
	Transport http.RoundTripper
	Listen    func(network, address string) (net.Listener, error)
	UserAgent string
	Timeout   time.Duration // of one request, 0 is trace.DefaultTimeout
}

// Hooks connect a run to whoever started it.
type Hooks struct {
	// Hold is asked before a request leaves and before a URL is handed to the person; nil lets
	// all pass.
	Hold trace.Hold
	// Open hands the authorization URL over and says to whom: "browser", "agent", "person".
	// Nil leaves it to the person, who finds it in the trace.
	Open func(ctx context.Context, url string) (via string, err error)
}

// Config is what a session is started with.
type Config struct {
	trace.Settings
	ClientSecret      trace.Secret
	ClientKey         *ClientKey         // signs client assertions
	ClientCertificate *ClientCertificate // is shown to whoever asks for one, see NewSession
}

// Stage is a part of a login, with what it does.
type Stage struct {
	trace.Stage
	run func(context.Context, *runner) error
}

// Session is one login and what becomes of it. It is safe for concurrent use.
type Session struct {
	Log *trace.Log
	cfg Config
	env Env

	mu       sync.Mutex
	story    story.Story
	folded   int
	runs     map[trace.StageID]int
	verifier trace.Secret
	auth     trace.ClientAuth // as last recorded
	ear      *ear
	pasted   chan string
	awaited  bool // an answer: what is pasted at another time is not for it

	refreshing chan struct{} // holds one: whoever refreshes
}

// NewSession begins a session: its trace holds the settings and nothing else yet. With a client certificate it makes
// a transport of its own, like that of env, which shows the certificate; Close then ends its idle connections.
func NewSession(cfg Config, env Env) *Session {
	if env.Transport == nil {
		env.Transport, _ = NewTransport(nil) // fails for extra certificates only
	}
	if cfg.ClientCertificate != nil {
		env.Transport = showing(env.Transport, cfg.ClientCertificate)
	}
	if env.Listen == nil {
		env.Listen = net.Listen
	}
	s := &Session{Log: &trace.Log{}, cfg: cfg, env: env, runs: map[trace.StageID]int{}, pasted: make(chan string, 4), refreshing: make(chan struct{}, 1)}
	s.Log.Append(0, cfg.Settings)
	return s
}

// Settings returns what the session was started with.
func (s *Session) Settings() trace.Settings { return s.cfg.Settings }

// Read calls f with the story so far. The story must not be kept.
func (s *Session) Read(f func(*story.Story)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.Log.Since(s.folded) {
		s.story.Add(e)
		s.folded++
	}
	f(&s.story)
}

// Close ends the listening at the redirect URI.
func (s *Session) Close() {
	if t, ok := s.env.Transport.(*Transport); ok && s.cfg.ClientCertificate != nil {
		t.CloseIdleConnections()
	}
	s.mu.Lock()
	e := s.ear
	s.ear = nil
	s.mu.Unlock()
	if e != nil {
		e.close()
	}
}

// runner is one Run at work.
type runner struct {
	*Session
	hooks Hooks
	http  *http.Client
}

// Run walks stages on the session. It returns the first stage's failure; the trace tells all
// of it. Stages after a failed one are recorded as skipped.
func Run(ctx context.Context, s *Session, stages []Stage, hooks Hooks) error {
	r := newRunner(s, hooks)
	for i, st := range stages {
		if err := r.one(ctx, st); err != nil {
			if !errors.Is(err, context.Canceled) && !over(ctx) {
				r.skip(stages[i+1:], st.Title+" failed")
			}
			return err
		}
	}
	return nil
}

func newRunner(s *Session, hooks Hooks) *runner {
	r := &runner{Session: s, hooks: hooks}
	r.http = &http.Client{
		Transport:     &trace.Transport{Log: s.Log, Base: s.env.Transport, Hold: r.freshAssertion(hooks.Hold), Timeout: s.env.Timeout, UserAgent: s.env.UserAgent},
		CheckRedirect: redirectPolicy,
	}
	return r
}

// one runs a stage between its two events.
func (r *runner) one(ctx context.Context, st Stage) (err error) {
	n := r.begin(st.ID)
	end := trace.StageEnded{Stage: st.ID, N: n, Status: trace.Passed}
	err = guard(func() error { return st.run(ctx, r) })
	var skip skipped
	switch {
	case err == nil:
	case errors.As(err, &skip):
		end.Status, end.Reason, err = trace.Skipped, skip.reason, nil
	case over(ctx):
		end.Status, end.Reason = trace.Cancelled, cancelReason(ctx)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			r.Log.Append(0, trace.Choice{What: trace.TimeOver, Value: end.Reason})
		}
		err = &StageError{st.ID, ctx.Err()}
	case ctx.Err() != nil: // whoever ended the run says what is wrong
		err = context.Cause(ctx)
		end.Status, end.Reason, end.Err = trace.Failed, Reason(err), err.Error()
		err = &StageError{st.ID, err}
	case errors.Is(err, ErrDropped):
		end.Status, end.Reason = trace.Cancelled, "the request was dropped"
		err = &StageError{st.ID, context.Canceled}
	default:
		end.Status, end.Reason, end.Err = trace.Failed, Reason(err), err.Error()
		err = &StageError{st.ID, err}
	}
	r.Log.Append(0, end)
	return err
}

// over reports whether ctx was cancelled or its time is over, rather than ended with a cause of its own.
func over(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(context.Cause(ctx), ctx.Err())
}

func cancelReason(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "the time for the whole run was over"
	}
	return "cancelled"
}

// guard turns a panic of a stage into its failure: nothing that a server sends may end the
// program.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v at %s: please report it with what you did", p, panicked())
		}
	}()
	return f()
}

// panicked says where the panic that is being recovered came from: one place, no stack.
func panicked() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasPrefix(f.Function, "authscope/") && !strings.Contains(f.Function, "guard") {
			return fmt.Sprintf("%s:%d", f.Function, f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

func (r *runner) begin(id trace.StageID) int {
	r.mu.Lock()
	r.runs[id]++
	n := r.runs[id]
	r.mu.Unlock()
	r.Log.Append(0, trace.StageBegan{Stage: id, N: n})
	return n
}

func (r *runner) skip(stages []Stage, reason string) {
	for _, st := range stages {
		r.Log.Append(0, trace.StageEnded{Stage: st.ID, N: r.begin(st.ID), Status: trace.Skipped, Reason: reason})
	}
}

// redirectPolicy lets a GET go through five redirects, each a call of its own. A POST never
// follows one: it would carry the code, or a token, to another place.
func redirectPolicy(req *http.Request, via []*http.Request) error {
	if via[0].Method != http.MethodGet || via[0].Header.Get("Authorization") != "" {
		return http.ErrUseLastResponse
	}
	if len(via) > 5 {
		return errors.New("more than five redirects")
	}
	return nil
}

// call sends req and returns the recorded call, joined and classified. The error says why
// there is no answer.
func (r *runner) call(ctx context.Context, req *http.Request) (*story.Call, error) {
	var id trace.CallID
	res, err := r.http.Do(req.WithContext(trace.WithCall(ctx, &id)))
	if err == nil {
		res.Body.Close()
	}
	return r.recorded(id, err)
}

// recorded looks up what was recorded of a call, and turns a missing answer into an error.
func (r *runner) recorded(id trace.CallID, err error) (c *story.Call, _ error) {
	r.Read(func(s *story.Story) {
		if found := s.Call(id); found != nil {
			c = found.Copy() // the answer to a call that was given up may still be folded into it
		}
	})
	switch {
	case c == nil:
		return nil, orUnknown(err)
	case c.Response == nil:
		return c, &CallError{c.Request.Method, c.Request.URL, c.ErrClass, orUnknown(unwrapURL(err))}
	case c.Response.Err != "":
		return c, &CallError{c.Request.Method, c.Request.URL, trace.ErrCut, fmt.Errorf("the answer was cut off after %d bytes: %s", len(c.Response.Body), c.Response.Err)}
	}
	return c, nil
}

// newGET makes a request for JSON.
func newGET(url string) (*http.Request, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("make a request for %q: %w", url, err)
	}
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// problem returns the failure of a check in the stage's newest run as an error.
func (r *runner) problem(id trace.StageID) (err error) {
	r.Read(func(s *story.Story) {
		st := s.StageRun(id, 0)
		if st == nil {
			return
		}
		if c, ok := st.Failed(); ok {
			err = &CheckError{Check: c}
		}
	})
	return err
}
