package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Bounds of a saved trace. They keep a hostile file from filling the memory.
const (
	maxFile   = 256 << 20 // bytes
	maxLine   = 32 << 20
	maxEvents = 200_000
)

// fileHeader is the first line of a saved trace.
type fileHeader struct {
	Magic    string `json:"authscope"`
	Schema   int    `json:"schema"`
	Redacted bool   `json:"redacted"`
}

// fileEvent is every other line.
type fileEvent struct {
	At   time.Time       `json:"at"`
	Mono time.Duration   `json:"mono_ns"`
	Call CallID          `json:"call,omitempty"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// Save writes events to w, a line each. Redact them first, unless the person asked for
// the secrets.
func Save(w io.Writer, events []Event) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fileHeader{"trace", 1, isRedacted(events)}); err != nil {
		return fmt.Errorf("write the trace's header: %w", err)
	}
	for i, e := range events {
		data, err := marshal(e.Data)
		if err == nil {
			err = enc.Encode(fileEvent{e.At, e.Mono, e.Call, e.Data.kind(), data})
		}
		if err != nil {
			return fmt.Errorf("write event %d (%s): %w", i, e.Data.kind(), err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the trace: %w", err)
	}
	return nil
}

// marshal is json.Marshal without the escapes that are meant for web pages.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

func isRedacted(events []Event) bool {
	if len(events) == 0 {
		return false
	}
	_, ok := events[0].Data.(Redacted)
	return ok
}

// SaveFile writes events to the file called path, readable by its owner only. The file is
// complete or it is not there.
func SaveFile(path string, events []Event) (err error) {
	if err := WriteFile(path, func(w io.Writer) error { return Save(w, events) }); err != nil {
		return fmt.Errorf("save the session: %w", err)
	}
	return nil
}

// WriteFile writes a file whole or not at all, readable by its owner alone.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() { // a device must not be renamed away
		return fmt.Errorf("%s is no file but a %s", path, kindOfFile(st.Mode()))
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".authscope-*") // CreateTemp makes it 0600
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s", filepath.Dir(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the folder %s may not be written to", filepath.Dir(path))
	case err != nil:
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func kindOfFile(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "folder"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// ErrCutOff says that a file ends within a line: what came before was read.
var ErrCutOff = errors.New("the file is cut off")

// Open reads what Save wrote. With ErrCutOff it also returns the events before the cut.
func Open(r io.Reader) ([]Event, error) {
	in := &io.LimitedReader{R: r, N: maxFile + 1}
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	if !sc.Scan() {
		if err := scanProblem(sc.Err()); err != nil {
			return nil, err
		}
		return nil, errors.New("read the trace: the file is empty; a file from `authscope run --save F` is expected")
	}
	var h fileHeader
	if err := json.Unmarshal(sc.Bytes(), &h); err != nil || h.Magic != "trace" {
		return nil, errors.New("this is no saved authscope session: its first line is not {\"authscope\":\"trace\",…}; a file from `authscope run --save F` is expected")
	}
	if h.Schema != 1 {
		return nil, fmt.Errorf("the session was saved in format %d, and this authscope reads format 1: open it with the version that saved it", h.Schema)
	}
	events, err := readEvents(sc)
	if in.N <= 0 {
		return nil, fmt.Errorf("the file is longer than %d MiB, which no session is", maxFile>>20)
	}
	return events, err
}

// scanProblem says in our words why no line could be read.
func scanProblem(err error) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("read the trace: a line is longer than %d MiB, which none of a saved session is", maxLine>>20)
	case err != nil:
		return fmt.Errorf("read the trace: %w", err)
	}
	return nil
}

func readEvents(sc *bufio.Scanner) (events []Event, err error) {
	for n := 2; sc.Scan(); n++ {
		line := bytes.TrimSpace(sc.Bytes())
		if len(line) == 0 {
			continue
		}
		if line[len(line)-1] != '}' {
			return events, fmt.Errorf("line %d: %w", n, ErrCutOff)
		}
		e, err := parseEvent(line)
		if err != nil {
			return events, fmt.Errorf("line %d: %w", n, err)
		}
		if len(events) == maxEvents {
			return nil, fmt.Errorf("the file has more than %d events, which no session has", maxEvents)
		}
		events = append(events, e)
	}
	return events, scanProblem(sc.Err())
}

func parseEvent(line []byte) (Event, error) {
	var fe fileEvent
	var syntax *json.SyntaxError
	err := json.Unmarshal(line, &fe)
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(line)) { // a cut can leave a brace at the end too
		return Event{}, ErrCutOff
	}
	if err != nil {
		return Event{}, fmt.Errorf("not an event: %w", err)
	}
	read, ok := readers[fe.Kind]
	if !ok {
		return Event{}, fmt.Errorf("event of unknown kind %.40q", fe.Kind)
	}
	d, err := read(fe.Data)
	if err != nil {
		return Event{}, fmt.Errorf("event %s: %w", fe.Kind, err)
	}
	return Event{fe.At, fe.Mono, fe.Call, d}, nil
}

// readers reads each kind of event.
var readers = map[string]func([]byte) (Data, error){
	"ready": read[Ready], "edited": read[Edited], "sent": read[Sent], "head": read[Head], "body": read[Body],
	"failed": read[CallFailed], "dropped": read[Dropped], "abandoned": read[Abandoned],
	"redirect_out": read[RedirectOut], "clock_read": read[ClockRead], "callback_in": read[CallbackIn], "listening": read[Listening],
	"stage_began": read[StageBegan], "stage_ended": read[StageEnded], "choice": read[Choice],
	"settings": read[Settings], "client_auth": read[ClientAuth], "verdict": read[Verdict], "redacted": read[Redacted],
	"handed_in": read[HandedIn], "recording": read[Recording], "given": read[Given],
}

func read[T Data](b []byte) (Data, error) {
	var d T
	err := json.Unmarshal(b, &d)
	return d, err
}
