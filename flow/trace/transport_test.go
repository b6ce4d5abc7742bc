package trace_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow/pipenet"
	"authscope/flow/trace"
)

const host = "http://127.0.0.1:80"

// inNet serves h in a bubble and gives a transport that records.
func inNet(t *testing.T, h http.HandlerFunc, f func(t *testing.T, rt *trace.Transport)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		net := &pipenet.Net{}
		stop, err := net.Serve("127.0.0.1:80", h)
		if err != nil {
			t.Fatal(err)
		}
		f(t, &trace.Transport{Log: &trace.Log{}, Base: net.Transport(), UserAgent: "authscope/test"})
		stop()
		time.Sleep(time.Minute)
	})
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, r)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// of returns the events of one type.
func of[T trace.Data](l *trace.Log) (out []T) {
	for _, e := range l.Since(0) {
		if d, ok := e.Data.(T); ok {
			out = append(out, d)
		}
	}
	return out
}

// What is recorded is what was on the wire, in both directions, and what the caller reads.
func TestTransportRecords(t *testing.T) {
	var arrived http.Header
	var came string
	inNet(t, func(w http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		arrived, came = req.Header.Clone(), string(b)
		w.Header().Set("X-Odd", "a")
		w.Header().Add("X-Odd", "b")
		w.WriteHeader(418)
		io.WriteString(w, "I am\x00a \xffteapot")
	}, func(t *testing.T, rt *trace.Transport) {
		req := request(t, "POST", host+"/a?b=c&b=d", "x=1&y=%20")
		req.Header.Set("Content-Type", "text/odd")
		var id trace.CallID
		res, err := rt.RoundTrip(req.WithContext(trace.WithCall(req.Context(), &id)))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		ready, sent, head, end := of[trace.Ready](rt.Log), of[trace.Sent](rt.Log), of[trace.Head](rt.Log), of[trace.Body](rt.Log)
		if id != 1 || len(ready) != 1 || len(sent) != 1 || len(head) != 1 || len(end) != 1 {
			t.Fatalf("call %d: %d ready, %d sent, %d heads, %d bodies", id, len(ready), len(sent), len(head), len(end))
		}
		if ready[0].URL != host+"/a?b=c&b=d" || string(ready[0].Body) != came || came != "x=1&y=%20" {
			t.Errorf("ready %+v, and %q came", ready[0], came)
		}
		for name, values := range arrived {
			if got := sent[0].Header.Get(name); got != values[0] {
				t.Errorf("%s: recorded as written %q, arrived %q", name, got, values[0])
			}
		}
		if sent[0].Header.Get("User-Agent") != "authscope/test" || sent[0].Header.Get("Host") != "127.0.0.1:80" || sent[0].Header.Get("Content-Length") != "9" {
			t.Errorf("written header: %v", sent[0].Header)
		}
		if ae := sent[0].Header.Get("Accept-Encoding"); ae != "" {
			t.Errorf("compression is asked for: %q", ae)
		}
		if head[0].Status != 418 || head[0].Header.Get("x-odd") != "a" || !bytes.Equal(end[0].Bytes, body) || string(body) != "I am\x00a \xffteapot" {
			t.Errorf("head %+v, body %q recorded, %q read", head[0], end[0].Bytes, body)
		}
	})
}

// A body that is compressed without being asked for stays as it came.
func TestTransportKeepsEncodedBytes(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte("{}"))
	z.Close()
	inNet(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(zipped.Bytes())
	}, func(t *testing.T, rt *trace.Transport) {
		if _, err := rt.RoundTrip(request(t, "GET", host, "")); err != nil {
			t.Fatal(err)
		}
		if got := of[trace.Body](rt.Log)[0].Bytes; !bytes.Equal(got, zipped.Bytes()) {
			t.Errorf("recorded %d bytes, %d were sent", len(got), zipped.Len())
		}
	})
}

// A cut body is recorded as far as it came, and the caller gets the error after the bytes.
func TestTransportCutBody(t *testing.T) {
	inNet(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "ten bytes.")
	}, func(t *testing.T, rt *trace.Transport) {
		res, err := rt.RoundTrip(request(t, "GET", host, ""))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		b := of[trace.Body](rt.Log)[0]
		if string(body) != "ten bytes." || !errors.Is(err, io.ErrUnexpectedEOF) || string(b.Bytes) != "ten bytes." || b.Err == "" || b.Declared != 100 || b.Cut {
			t.Errorf("read %q %v, recorded %+v", body, err, b)
		}
	})
}

func TestTransportBoundsBody(t *testing.T) {
	for _, n := range []int{trace.MaxBody - 1, trace.MaxBody, trace.MaxBody + 1, 2 * trace.MaxBody} {
		inNet(t, func(w http.ResponseWriter, _ *http.Request) { io.CopyN(w, endless{}, int64(n)) }, func(t *testing.T, rt *trace.Transport) {
			res, err := rt.RoundTrip(request(t, "GET", host, ""))
			if err != nil {
				t.Fatal(err)
			}
			read, _ := io.Copy(io.Discard, res.Body)
			b := of[trace.Body](rt.Log)[0]
			if want := min(n, trace.MaxBody); len(b.Bytes) != want || int(read) != want || b.Cut != (n > trace.MaxBody) {
				t.Errorf("of %d bytes %d are kept, %d read, cut %v", n, len(b.Bytes), read, b.Cut)
			}
		})
	}
}

// A hold can look, change, wait without the deadline running, and drop.
func TestTransportHold(t *testing.T) {
	var came []string
	inNet(t, func(w http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		came = append(came, req.Method+" "+req.URL.String()+" "+req.Header.Get("X-A")+" "+string(b))
	}, func(t *testing.T, rt *trace.Transport) {
		rt.Hold = func(_ context.Context, d trace.Draft) (trace.Draft, error) {
			if strings.Contains(d.URL, "drop") {
				return d, errors.New("not this one")
			}
			time.Sleep(time.Hour)
			d.URL, d.Body, d.Header = d.URL+"/changed", []byte("other"), append(d.Header, [2]string{"X-A", "1"})
			return d, nil
		}
		if _, err := rt.RoundTrip(request(t, "POST", host+"/a", "body")); err != nil {
			t.Fatal(err)
		}
		if _, err := rt.RoundTrip(request(t, "POST", host+"/drop", "body")); err == nil || err.Error() != "not this one" {
			t.Errorf("a dropped request: %v", err)
		}
		if len(came) != 1 || came[0] != "POST /a/changed 1 other" {
			t.Errorf("came: %q", came)
		}
		if d := of[trace.Dropped](rt.Log); len(d) != 1 || d[0].Reason != "not this one" {
			t.Errorf("dropped: %+v", d)
		}
	})
}

// What leaves is what is recorded, after a hold changed it too.
func TestTransportRecordsWhatWasHeld(t *testing.T) {
	inNet(t, func(http.ResponseWriter, *http.Request) {}, func(t *testing.T, rt *trace.Transport) {
		rt.Hold = func(_ context.Context, d trace.Draft) (trace.Draft, error) {
			d.URL, d.Body = host+"/changed", []byte("other")
			return d, nil
		}
		if _, err := rt.RoundTrip(request(t, "POST", host+"/a", "body")); err != nil {
			t.Fatal(err)
		}
		ready := of[trace.Ready](rt.Log)
		if last := ready[len(ready)-1]; last.URL != host+"/changed" || string(last.Body) != "other" {
			t.Errorf("the newest draft on record is %+v, and something else was sent", last)
		}
	})
}

func TestTransportTimeout(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		inNet(t, func(_ http.ResponseWriter, req *http.Request) {
			io.Copy(io.Discard, req.Body)
			<-req.Context().Done()
		}, func(t *testing.T, rt *trace.Transport) {
			began := time.Now()
			_, err := rt.RoundTrip(request(t, method, host, "x"))
			if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != trace.DefaultTimeout {
				t.Errorf("%s: %v after %s, want the deadline after %s", method, err, took, trace.DefaultTimeout)
			}
			if f := of[trace.CallFailed](rt.Log); len(f) != 1 || f[0].Class != trace.ErrTimeout {
				t.Errorf("%s: recorded %+v", method, f)
			}
		})
	}
}

// A cancelled GET ends; a cancelled POST is given up and still answered.
func TestTransportCancel(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		inNet(t, func(w http.ResponseWriter, req *http.Request) {
			io.Copy(io.Discard, req.Body)
			select {
			case <-req.Context().Done():
			case <-time.After(10 * time.Second):
				io.WriteString(w, "late")
			}
		}, func(t *testing.T, rt *trace.Transport) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			_, err := rt.RoundTrip(request(t, method, host, "x").WithContext(ctx))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", method, err)
			}
			time.Sleep(20 * time.Second)
			late := len(of[trace.Body](rt.Log)) == 1 && string(of[trace.Body](rt.Log)[0].Bytes) == "late"
			if late != (method == "POST") || len(of[trace.Abandoned](rt.Log)) == 1 != late {
				t.Errorf("%s: answered late %v, events %+v", method, late, rt.Log.Since(0))
			}
		})
	}
}

func TestTransportErrors(t *testing.T) {
	inNet(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, func(t *testing.T, rt *trace.Transport) {
		for url, class := range map[string]trace.ErrKind{host: trace.ErrCut, "http://127.0.0.1:81": trace.ErrRefused, "gopher://x": trace.ErrOther} {
			log := &trace.Log{}
			if _, err := (&trace.Transport{Log: log, Base: rt.Base}).RoundTrip(request(t, "GET", url, "")); err == nil {
				t.Errorf("%s answered", url)
			}
			if f := of[trace.CallFailed](log); len(f) != 1 || f[0].Class != class {
				t.Errorf("%s: recorded %+v, want class %s", url, f, class)
			}
		}
	})
}
