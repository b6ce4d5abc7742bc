package trace

import (
	"context"
	"sync"
	"time"
)

// Log is the trace of one session: it grows, and nothing in it ever changes. Its zero
// value is empty and ready. It is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	events  []Event
	began   time.Time // with its monotonic reading
	calls   CallID
	changed chan struct{} // closed at the next append
}

// NewCall returns an id that no other call of this log has.
func (l *Log) NewCall() CallID {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	return l.calls
}

// Append stamps d with the present instant and adds it. The event's slices must not be
// changed afterwards.
func (l *Log) Append(call CallID, d Data) Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.began.IsZero() {
		l.began = now
	}
	e := Event{At: now.Round(0), Mono: now.Sub(l.began), Call: call, Data: d}
	l.add(e)
	return e
}

// add keeps e as it is; the caller holds the lock, or is alone.
func (l *Log) add(e Event) {
	l.events = append(l.events, e)
	l.calls = max(l.calls, e.Call)
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// Since returns the events from number n on. The slice is shared: it must not be changed.
func (l *Log) Since(n int) []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n >= len(l.events) {
		return nil
	}
	return l.events[n:len(l.events):len(l.events)]
}

// Wait blocks until there are more than n events, or ctx ends.
func (l *Log) Wait(ctx context.Context, n int) error {
	for {
		l.mu.Lock()
		if len(l.events) > n {
			l.mu.Unlock()
			return nil
		}
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// NewLog returns a log that already holds events, as read from a file.
func NewLog(events []Event) *Log {
	l := &Log{}
	for _, e := range events {
		l.add(e)
	}
	return l
}
