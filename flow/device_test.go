package flow_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

const devicePath = "/oauth2/device_authorization"

var withDevice = demo.Options{Device: true}

// The demo user agrees on the other device, and tokens come, with nobody's browser here.
func TestDevice(t *testing.T) {
	for _, client := range []string{"workshop-spa", "workshop-web", "workshop-rotating"} {
		faulty.InWith(t, withDevice, func(w *faulty.World) {
			s := w.Session(faulty.Client(client))
			if err := w.Run(s, flow.Device, flow.Refresh, flow.Revoke); err != nil {
				w.T.Fatalf("%s: %v", client, err)
			}
			st := faulty.Read(s)
			for _, run := range st.Stages() {
				if run.Status != trace.Passed {
					w.T.Errorf("%s: %s is %s: %s", client, run.ID, run.Status, run.Reason)
				}
			}
			if len(st.Logins()) != 0 || st.Listening().Addrs != nil {
				w.T.Errorf("%s: %d logins, listening at %v: the device grant has neither", client, len(st.Logins()), st.Listening().Addrs)
			}
			if d := st.Device(); d.Pending() || d.Ended != "token" || d.Polls != 1 {
				w.T.Errorf("%s: the device is %+v, want it ended after one poll", client, d)
			}
		})
	}
}

// polls runs the device grant against answers, one a poll, and returns when each poll came after the codes.
func polls(w *faulty.World, response string, answers ...http.HandlerFunc) (at []time.Duration, err error) {
	w.T.Helper()
	var began time.Time
	w.Replace(devicePath, func(o http.ResponseWriter, _ *http.Request) {
		began = time.Now()
		page(200, "application/json", response)(o, nil)
	})
	w.Replace(tokenPath, func(o http.ResponseWriter, req *http.Request) {
		n := len(at)
		at = append(at, time.Since(began))
		answers[min(n, len(answers)-1)](o, req)
	})
	s := w.Session()
	err = w.Run(s, flow.Device[:3])
	return at, err
}

func TestPolling(t *testing.T) {
	const codes = `{"device_code":"device-code-of-the-test","user_code":"BCDF-GHJK","verification_uri":"https://a.example/d","expires_in":600`
	oauthError := func(code string) http.HandlerFunc {
		return page(400, "application/json", `{"error":"`+code+`"}`)
	}
	pending, slow := oauthError("authorization_pending"), oauthError("slow_down")
	good := page(200, "application/json", `{"access_token":"access-token-of-the-test","token_type":"Bearer","id_token":"x"}`)
	hang := func(_ http.ResponseWriter, req *http.Request) { io.Copy(io.Discard, req.Body); <-req.Context().Done() }
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for _, c := range []struct {
		name     string
		response string
		answers  []http.HandlerFunc
		at       []int // seconds
		err      string
	}{
		{"the interval that is told", codes + `,"interval":7}`, []http.HandlerFunc{pending, pending, good}, []int{7, 14, 21}, ""},
		{"no interval is 5 s", codes + `}`, []http.HandlerFunc{pending, good}, []int{5, 10}, ""},
		{"an interval that is a string", codes + `,"interval":"7"}`, []http.HandlerFunc{good}, []int{7}, ""},
		{"an interval of nothing", codes + `,"interval":0}`, []http.HandlerFunc{pending, good}, []int{5, 10}, ""},
		{"an interval below nothing", codes + `,"interval":-3}`, []http.HandlerFunc{good}, []int{5}, ""},
		{"slow_down adds 5 s for good", codes + `,"interval":5}`, []http.HandlerFunc{slow, pending, slow, pending, good}, []int{5, 15, 25, 40, 55}, ""},
		{"a time-out doubles the pause", codes + `,"interval":5}`, []http.HandlerFunc{hang, pending, good}, []int{5, 45, 55}, ""},
		{"a broken connection does too", codes + `,"interval":5}`, []http.HandlerFunc{cut, cut, good}, []int{5, 15, 35}, ""},
		{"a server error does too", codes + `,"interval":5}`, []http.HandlerFunc{page(503, "text/html", "no"), good}, []int{5, 15}, ""},
		{"too many requests do too", codes + `,"interval":5}`, []http.HandlerFunc{page(429, "application/json", `{"error":"x_rate_limited"}`), good}, []int{5, 15}, ""},
		{"denied", codes + `}`, []http.HandlerFunc{pending, oauthError("access_denied")}, []int{5, 10}, "access_denied"},
		{"expired, the server says", codes + `}`, []http.HandlerFunc{oauthError("expired_token")}, []int{5}, "expired_token"},
		{"expired, by the clock", strings.Replace(codes, "600", "12", 1) + `}`, []http.HandlerFunc{pending}, []int{5, 10}, "the codes have expired: nobody agreed within 12s"},
		{"another error", codes + `}`, []http.HandlerFunc{oauthError("invalid_client")}, []int{5}, "invalid_client"},
		{"no JSON", codes + `}`, []http.HandlerFunc{page(200, "text/html", "<title>Hm</title>")}, []int{5}, "a token response"},
		{"no access token", codes + `}`, []http.HandlerFunc{page(200, "application/json", `{"a":1}`)}, []int{5}, "access_token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			faulty.InWith(t, withDevice, func(w *faulty.World) {
				at, err := polls(w, c.response, c.answers...)
				var got []int
				for _, d := range at {
					got = append(got, int(d.Round(time.Second).Seconds()))
				}
				if !slices.Equal(got, c.at) {
					w.T.Errorf("polled after %v s, want %v", got, c.at)
				}
				if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
					w.T.Errorf("the run says %v, want %q", err, c.err)
				}
			})
		})
	}
}

// A device that is given up polls no more, and says cancelled.
func TestDeviceCancelled(t *testing.T) {
	faulty.InWith(t, withDevice, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(12*time.Second, cancel)
		err := flow.Run(ctx, s, flow.Device, w.Nobody())
		st := faulty.Read(s)
		if run := st.StageRun(trace.DevicePoll, 0); !errors.Is(err, context.Canceled) || run.Status != trace.Cancelled || st.Device().Polls != 2 {
			t.Errorf("%v, %s after %d polls; want cancelled after two", err, run.Status, st.Device().Polls)
		}
		if next := st.Next(time.Now()); !next.Equal(st.Device().ExpiresAt) {
			t.Errorf("the next change is foretold for %s, want the end of the codes, %s", next, st.Device().ExpiresAt)
		}
	})
}

// A response that is not one ends the stage, and nothing is polled with it.
func TestDeviceResponses(t *testing.T) {
	for response, want := range map[string]string{
		`{}`: "device_code", `[]`: "as JSON", `{"error":"x"}`: "x",
		`{"device_code":"d","user_code":"u","verification_uri":"file:///etc/passwd","expires_in":9}`:                                          "is not opened",
		`{"device_code":"d","user_code":"u","verification_uri":"https://a","verification_uri_complete":"javascript:alert(1)","expires_in":9}`: "is not opened",
		`{"device_code":"d","user_code":"u","verification_url":"https://a","expires_in":9}`:                                                   "verification_uri",
	} {
		faulty.InWith(t, withDevice, func(w *faulty.World) {
			w.Replace(devicePath, page(200, "application/json", response))
			s := w.Session()
			err := w.Run(s, flow.Device)
			if err == nil || !strings.Contains(err.Error(), want) {
				w.T.Errorf("%s: %v, want %q", response, err, want)
			}
			if run := faulty.Read(s).StageRun(trace.DevicePoll, 0); run.Status != trace.Skipped || len(run.Calls) != 0 {
				w.T.Errorf("%s: the polling is %s with %d calls", response, run.Status, len(run.Calls))
			}
		})
	}
}

// What the story tells of the codes.
func TestDeviceStory(t *testing.T) {
	faulty.InWith(t, withDevice, func(w *faulty.World) {
		s := w.Session(faulty.Scope("openid"))
		if err := w.Run(s, flow.Device); err != nil {
			w.T.Fatal(err)
		}
		st := faulty.Read(s)
		d := st.Device()
		if d.UserCode.Reveal() == "" || !strings.Contains(d.Page(), d.UserCode.Reveal()) || d.ExpiresAt.IsZero() || st.AskedScope() != "openid" {
			w.T.Errorf("the device is %+v, asked for %q", d, st.AskedScope())
		}
		rows := map[string]story.Row{}
		for _, c := range st.StageRun(trace.DevicePoll, 0).Calls {
			for _, sec := range c.Sections {
				for _, r := range sec.Rows {
					rows[r.Name] = r
				}
			}
		}
		if r := rows["refresh_token"]; !r.Absent || !r.Normal || !strings.Contains(r.Note, "offline_access was not asked") {
			w.T.Errorf("the absent refresh token is explained as %+v", r)
		}
		if r := rows["user_code"]; r.Secret != "user_code" {
			w.T.Errorf("the user code in the address is shown as %+v, want it as a secret of its own", r)
		}
	})
}
