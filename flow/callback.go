package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// callback waits for the answer (RFC 6749 §4.1.2), at the redirect URI or pasted. What is no
// answer is recorded and waited past; an answer that fails a check ends the stage, and the
// listener stays open so that the waiting can go on.
func callback(ctx context.Context, r *runner) error {
	defer r.await(false)
	if err := ctx.Err(); err != nil {
		return err
	}
	r.await(true)
	r.listen() // again after a failure
	r.mu.Lock()
	e := r.ear
	r.mu.Unlock()
	var got chan trace.CallID // nil blocks: then only a paste can come
	if e != nil {
		got = e.got
	}
	for {
		var call trace.CallID
		select {
		case <-ctx.Done():
			return ctx.Err()
		case call = <-got:
		case text := <-r.pasted:
			call = r.paste(text)
		}
		done, err := r.accept(call)
		if err != nil {
			return err
		}
		if done {
			r.Close()
			return nil
		}
	}
}

// accept reads what came: whether it is the answer, something to wait past, or a failure.
func (r *runner) accept(call trace.CallID) (done bool, err error) {
	r.Read(func(s *story.Story) {
		cb := s.Callback(call)
		switch {
		case cb == nil:
		case cb.Fit == story.FitAnswer:
			done = true
		case cb.Fit == story.FitError:
			err = &ProtocolError{Code: cb.Params.Get("error"), Description: cb.Params.Get("error_description")}
		case cb.Fit == story.FitBad:
			err = fmt.Errorf("an answer came, but %s", cb.Why)
		}
	})
	return done, err
}

// paste records a URL that the person brought. A query alone is taken for the redirect
// URI's; an answer in the fragment (response_mode=fragment) is read from there.
func (r *runner) paste(text string) trace.CallID {
	text = strings.Join(strings.Fields(text), "") // a terminal wraps long lines
	if u, err := url.Parse(text); (err != nil || u.Scheme == "") && !strings.Contains(text, "://") && strings.Contains(text, "=") {
		query := strings.TrimLeft(text[strings.LastIndexAny(text, "?#")+1:], "&")
		join := "?"
		if strings.Contains(r.cfg.RedirectURI, "?") {
			join = "&"
		}
		text = r.cfg.RedirectURI + join + query
	}
	if u, err := url.Parse(text); err == nil && u.RawQuery == "" && strings.Contains(u.Fragment, "=") {
		u.RawQuery, u.Fragment, u.RawFragment = u.EscapedFragment(), "", ""
		text = u.String()
	}
	call := r.Log.NewCall()
	r.Log.Append(call, trace.CallbackIn{Via: "paste", Method: http.MethodGet, URL: text})
	return call
}

// Paste hands in the URL that the browser ended at. It is read like an answer that reached
// the redirect URI.
func (s *Session) Paste(url string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.awaited {
		return errors.New("nothing waits for an answer: start a run first")
	}
	select {
	case s.pasted <- url:
		return nil
	default:
		return errors.New("too much was pasted at once: paste the last address again")
	}
}

// await says whether an answer is waited for: from the moment the URL is handed over. What was pasted and not
// read is dropped, since it is no answer to what is asked next.
func (s *Session) await(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaited = yes
	for !yes && len(s.pasted) > 0 {
		<-s.pasted
	}
}
