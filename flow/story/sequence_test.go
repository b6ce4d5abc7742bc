package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

func diagram(s *story.Story) string {
	names := [...]string{"B", "C", "S", "P"}
	arrows := [...]string{story.ArrowRequest: "->", story.ArrowResponse: "=>", story.ArrowHandOver: "->", story.ArrowPresumed: "~>", story.ArrowArrived: "->", story.ArrowNoAnswer: "-x"}
	var b strings.Builder
	for _, st := range s.Arrows() {
		fmt.Fprintf(&b, "%s%s%s %s\n", names[st.From], arrows[st.Kind], names[st.To], s.Label(st))
	}
	return b.String()
}

func TestSequence(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1","id_token":"e.e.e"}`)
	w.userInfo("access-1", 200)
	w.refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	w.refresh("refresh-1", 400, `{"error":"invalid_grant"}`)
	w.call("GET", "https://api/orders/17", "", trace.Header{{"Authorization", "Bearer access-2"}, {"Accept", story.APIAccept}}, 200, `{}`)
	w.call("POST", "https://a/revoke", "token=refresh-2", nil, 200, "")
	w.id++
	w.add(w.id, trace.Ready{Method: "GET", URL: "https://a/userinfo", Header: trace.Header{{"Authorization", "Bearer access-2"}}})
	w.add(w.id, trace.Sent{Header: trace.Header{{"Host", "a"}}})
	w.add(w.id, trace.Sent{Header: trace.Header{{"Host", "a"}}}) // once more, on another connection
	w.add(w.id, trace.CallFailed{Err: "no answer", Class: trace.ErrTimeout})
	const want = `C->B sign-in URL
B~>S GET /auth
B->C code, state
C->S POST /token (code, verifier)
S=>C 200 access #1, id #1, refresh #1
C->S GET /userinfo (access #1)
S=>C 200 claims
C->S POST /token (refresh #1)
S=>C 200 access #2, refresh #2
C->S POST /token (refresh #1)
S=>C 400 invalid_grant
C->P GET /orders/17 (access #2)
P=>C 200
C->S POST /revoke (refresh #2)
S=>C 200
C->S GET /userinfo (access #2)
S-xC no answer: timeout
`
	if got := diagram(w.read()); got != want {
		t.Errorf("the diagram is\n%s\nwant\n%s", got, want)
	}
}

// TestSequenceOfAQuickBrowser holds that a browser which answers before the hand-over was noted is not drawn as one that
// answered before it was asked.
func TestSequenceOfAQuickBrowser(t *testing.T) {
	w := newWire()
	w.add(1, trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?response_type=code&state=s"})
	w.add(2, trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=0123456789abc&state=s"})
	w.wait(time.Second).add(1, trace.RedirectOut{Via: "command"})
	s := w.read()
	if got, want := diagram(s), "C->B sign-in URL\nB~>S GET /auth\nB->C code, state\n"; got != want {
		t.Errorf("the diagram is\n%s\nwant\n%s", got, want)
	}
	if c := s.Calls()[0]; c.State != story.Answered || c.SentAt.After(c.DoneAt) || c.Duration() < 0 {
		t.Errorf("the authorization request is %s, sent at %s and answered at %s, though its answer is there", c.State, c.SentAt, c.DoneAt)
	}
	if s.Login().Waiting() {
		t.Error("the login waits for what it has")
	}
}

// TestSequenceWithoutSecrets holds that no label repeats what a request carries.
func TestSequenceWithoutSecrets(t *testing.T) {
	s := story.Read(aRun(t, "workshop-rotating"))
	all := diagram(s)
	for _, tok := range s.Tokens() {
		if strings.Contains(all, tok.Value.Reveal()) {
			t.Errorf("the diagram shows %s #%d", tok.Kind, tok.Generation)
		}
	}
	if l := s.Login(); strings.Contains(all, l.State) || strings.Contains(all, l.Answer.Params.Get("code")) {
		t.Errorf("the diagram shows state or code:\n%s", all)
	}
}

// TestSequenceStray holds that what came to the redirect URI and is no answer is drawn as that.
func TestSequenceStray(t *testing.T) {
	w := newWire()
	w.id++
	w.add(w.id, trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?response_type=code&state=s"})
	w.add(w.id, trace.RedirectOut{Via: "browser"})
	for _, url := range []string{"http://127.0.0.1/favicon.ico", "http://127.0.0.1/cb?error=access_denied&state=s"} {
		w.id++
		w.add(w.id, trace.CallbackIn{Method: "GET", URL: url})
	}
	if got := diagram(w.read()); !strings.Contains(got, "B->C ignored: /favicon.ico") || !strings.Contains(got, "B->C error=access_denied") {
		t.Errorf("the diagram is\n%s", got)
	}
}
