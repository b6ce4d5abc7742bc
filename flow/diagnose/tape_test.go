package diagnose_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/trace"
)

// tape is a recording made by hand: what no server at hand does.
type tape struct {
	events []trace.Event
	at     time.Time
	calls  trace.CallID
	issuer string
}

const (
	tapeClient    = "app"
	tapeVerifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, App. B
	tapeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	tapeRedirect  = "http://127.0.0.1:8976/callback"
)

// newTape begins a recording of an issuer, with settings.
func newTape(issuer string, change ...func(*trace.Settings)) *tape {
	p := &tape{issuer: issuer, at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := trace.Settings{Issuer: issuer, ClientID: tapeClient, RedirectURI: tapeRedirect, Scope: "openid offline_access", Leeway: flow.DefaultLeeway}
	for _, f := range change {
		f(&s)
	}
	p.add(0, s)
	return p
}

func (p *tape) add(call trace.CallID, d trace.Data) {
	p.events = append(p.events, trace.Event{At: p.at, Mono: p.at.Sub(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)), Call: call, Data: d})
}

func (p *tape) wait(d time.Duration) *tape { p.at = p.at.Add(d); return p }

// send is a request, and answer its response.
func (p *tape) send(method, url string, header trace.Header, body string) trace.CallID {
	p.calls++
	p.add(p.calls, trace.Ready{Method: method, URL: url, Header: header, Body: trace.Bytes(body)})
	p.add(p.calls, trace.Sent{Header: header})
	return p.calls
}

func (p *tape) answer(id trace.CallID, status int, header trace.Header, body string) *tape {
	p.wait(20 * time.Millisecond)
	if header.Get("Content-Type") == "" && body != "" {
		header = append(header, [2]string{"Content-Type", "application/json"})
	}
	p.add(id, trace.Head{Status: status, Proto: "HTTP/1.1", Header: header})
	p.add(id, trace.Body{Bytes: trace.Bytes(body), Declared: -1})
	return p
}

func (p *tape) call(method, url string, header trace.Header, body string, status int, answer string, back ...[2]string) *tape {
	return p.answer(p.send(method, url, header, body), status, back, answer)
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// discover records metadata, with members besides the usual ones.
func (p *tape) discover(more map[string]any, back ...[2]string) *tape {
	m := map[string]any{"issuer": p.issuer, "authorization_endpoint": p.issuer + "/x/authorize", "token_endpoint": p.issuer + "/x/token", "jwks_uri": p.issuer + "/x/jwks",
		"userinfo_endpoint": p.issuer + "/x/userinfo", "code_challenge_methods_supported": []string{"S256"}, "response_types_supported": []string{"code"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"}}
	for name, v := range more {
		if m[name] = v; v == nil {
			delete(m, name)
		}
	}
	return p.call("GET", p.issuer+"/.well-known/openid-configuration", nil, "", 200, jsonOf(m), back...)
}

// params are those of the authorization request, with changes.
func params(change map[string]string) url.Values {
	q := url.Values{"response_type": {"code"}, "client_id": {tapeClient}, "redirect_uri": {tapeRedirect}, "scope": {"openid offline_access"}, "state": {"the-state-of-this-run"},
		"nonce": {"n-1"}, "code_challenge": {tapeChallenge}, "code_challenge_method": {"S256"}}
	for name, v := range change {
		if v == "" {
			q.Del(name)
		} else {
			q.Set(name, v)
		}
	}
	return q
}

// authorize sends the browser out, and comes back with answer after some time.
func (p *tape) authorize(change map[string]string) *tape {
	p.calls++
	p.add(p.calls, trace.Ready{Front: true, Method: "GET", URL: p.issuer + "/x/authorize?" + params(change).Encode()})
	p.add(p.calls, trace.RedirectOut{Via: "browser"})
	return p
}

func (p *tape) callback(after time.Duration, query string) *tape {
	p.wait(after)
	p.calls++
	p.add(p.calls, trace.CallbackIn{Via: "listener", Method: "GET", URL: tapeRedirect + "?" + query})
	return p
}

// signIn is a whole authorization, with a code.
func (p *tape) signIn(change map[string]string) *tape {
	state := change["state"]
	if state == "" {
		state = "the-state-of-this-run"
	}
	return p.authorize(change).callback(3*time.Second, "code=the-code-of-this-run&state="+state)
}

var formType = trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}

// token is a token request: grant and further fields, over those of the usual exchange.
func (p *tape) token(fields map[string]string, status int, answer string, back ...[2]string) *tape {
	f := url.Values{"grant_type": {"authorization_code"}, "code": {"the-code-of-this-run"}, "client_id": {tapeClient}, "redirect_uri": {tapeRedirect}, "code_verifier": {tapeVerifier}}
	if g := fields["grant_type"]; g != "" && g != "authorization_code" {
		f = url.Values{"client_id": {tapeClient}}
	}
	for name, v := range fields {
		if v == "" {
			f.Del(name)
		} else {
			f.Set(name, v)
		}
	}
	return p.call("POST", p.issuer+"/x/token", formType, f.Encode(), status, answer, back...)
}

// tokens is a token response with changes: a nil value takes a member out.
func tokens(change map[string]any) string {
	m := map[string]any{"access_token": "the-access-token-of-this-run", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "the-refresh-token-of-this-run"}
	for name, v := range change {
		if m[name] = v; v == nil {
			delete(m, name)
		}
	}
	return jsonOf(m)
}

// read reads the tape's findings, a little after its end.
func (p *tape) read(t *testing.T) []diagnose.Finding {
	t.Helper()
	return readEvents(t, p.events, p.at.Add(time.Second))
}

// find returns the finding called id.
func find(fs []diagnose.Finding, id string) *diagnose.Finding {
	for i := range fs {
		if fs[i].ID == id {
			return &fs[i]
		}
	}
	return nil
}

func words(f *diagnose.Finding) string {
	return fmt.Sprint(f.Title, " ", f.Seen, " ", f.Means, " ", f.Do)
}
