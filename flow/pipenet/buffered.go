package pipenet

import (
	"io"
	"net"
	"sync"
	"time"
)

// buffered is a connection whose writes never wait for the other side, as those of a real one rarely do. TLS needs
// that: both sides write at once there, each under a lock, and what waits for a lock holds up the time of a bubble. What
// was written before Close still arrives.
type buffered struct {
	net.Conn

	mu      sync.Mutex
	queue   [][]byte
	closing bool
	err     error
	wake    chan struct{}
}

func newBuffered(c net.Conn) *buffered {
	b := &buffered{Conn: c, wake: make(chan struct{}, 1)}
	go b.drain()
	return b
}

// Write implements net.Conn.
func (b *buffered) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return 0, io.ErrClosedPipe
	}
	if b.err != nil {
		return 0, b.err
	}
	b.queue = append(b.queue, append([]byte(nil), p...))
	b.signal()
	return len(p), nil
}

// Close implements net.Conn. Who reads here reads no more; what is queued has a while to be taken.
func (b *buffered) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closing {
		b.closing = true
		b.Conn.SetReadDeadline(time.Now())
		b.Conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
		b.signal()
	}
	return nil
}

// SetDeadline implements net.Conn. Writes have none: they take no time.
func (b *buffered) SetDeadline(t time.Time) error { return b.SetReadDeadline(t) }

// SetReadDeadline implements net.Conn.
func (b *buffered) SetReadDeadline(t time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return io.ErrClosedPipe
	}
	return b.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements net.Conn, see SetDeadline.
func (b *buffered) SetWriteDeadline(time.Time) error { return nil }

func (b *buffered) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// drain hands over what was written, and closes the pipe when all of it is.
func (b *buffered) drain() {
	for range b.wake {
		for {
			b.mu.Lock()
			if len(b.queue) == 0 {
				over := b.closing
				b.mu.Unlock()
				if over {
					b.Conn.Close()
					return
				}
				break
			}
			p := b.queue[0]
			b.queue = b.queue[1:]
			b.mu.Unlock()
			if _, err := b.Conn.Write(p); err != nil {
				b.mu.Lock()
				b.err, b.queue = err, nil
				b.mu.Unlock()
			}
		}
	}
}
