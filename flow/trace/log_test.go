package trace_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow/trace"
)

// Instants have no monotonic reading, and durations come from it.
func TestLogStamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &trace.Log{}
		l.Append(0, trace.Choice{})
		time.Sleep(time.Second)
		e := l.Append(0, trace.Choice{})
		if e.Mono != time.Second || strings.Contains(e.At.String(), "m=") {
			t.Errorf("stamped %s and %s", e.At, e.Mono)
		}
	})
}

// Wait returns when something is added, and when the context ends.
func TestLogWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &trace.Log{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		time.AfterFunc(time.Second, func() { l.Append(0, trace.Choice{}) })
		began := time.Now()
		if err := l.Wait(ctx, 0); err != nil || time.Since(began) != time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if err := l.Wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing was added, and Wait returned %v", err)
		}
		if l.Since(1) != nil || len(l.Since(0)) != 1 {
			t.Error("Since is off by one")
		}
	})
}

// A thousand calls with bodies of 4 KB take less than 40 MB.
func TestMemory(t *testing.T) {
	inNet(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":%q}`, strings.Repeat("x", 4096))
	}, func(t *testing.T, rt *trace.Transport) {
		before := heap()
		var s reader
		for i := range 1000 {
			req := request(t, "POST", host+"/token", "grant_type=refresh_token&refresh_token="+fmt.Sprint(i)+"&pad="+strings.Repeat("y", 4000))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if _, err := rt.RoundTrip(req); err != nil {
				t.Fatal(err)
			}
			s.read(rt.Log)
		}
		used := heap() - before
		t.Logf("1,000 calls with bodies of 4 KB, and the story read from them: %.1f MB", float64(used)/(1<<20))
		if used > 40<<20 {
			t.Errorf("1,000 calls take %d bytes", used)
		}
		runtime.KeepAlive(rt.Log)
		runtime.KeepAlive(&s)
	})
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
