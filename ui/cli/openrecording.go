package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/recording"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// readRecording reads a file that authscope did not save: a HAR, or what else authscope inspect knows. Of several logins it
// takes the one that was asked for, else the first with an error, else the last.
func readRecording(d diagnose.Reader, path string, in io.Reader, session int) (opened, error) {
	text, whole, err := readUpTo(in, recording.MaxSize)
	switch {
	case err != nil:
		return opened{}, usage("read %s: %w", path, err)
	case !whole:
		return opened{}, usage("%s has more than %d MiB: authscope inspect --max-size reads longer ones", path, recording.MaxSize>>20)
	}
	rec, err := recording.Read([]byte(text), recording.Options{File: filepath.Base(path), Now: time.Now().UTC().Round(0), Leeway: flow.DefaultLeeway})
	if err != nil {
		return opened{}, usage("%s: %w", path, err)
	}
	if rec.Kind == recording.KindToken {
		return opened{}, &exitError{status: exitUsage, err: errors.New(path + " holds a token, and no session"), hint: "authscope decode " + path}
	}
	n := len(rec.Sessions)
	o := opened{logins: rec.Sessions}
	if session < 0 || session > n {
		return opened{}, usage("--session %d: %s has %d", session, path, n)
	}
	if session == 0 {
		session = n
		for i, events := range rec.Sessions {
			if report.MakeWith(d, events, events[len(events)-1].At).HasErrors() {
				session = i + 1
				break
			}
		}
	}
	if n > 1 {
		o.said = fmt.Sprintf("%s has %d logins; this is number %d (--session chooses)", path, n, session)
	}
	if rec.Cut {
		o.cut = trace.ErrCutOff
	}
	o.events = rec.Sessions[session-1]
	return o, nil
}
