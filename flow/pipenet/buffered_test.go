package pipenet_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow/pipenet"
)

// TestBuffered: both sides write at once, and what was written before Close arrives.
func TestBuffered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &pipenet.Net{TLS: true}
		ln, err := n.Listen("tcp", "127.0.0.1:1")
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Repeat("long enough to fill a buffer ", 10000)
		said := make(chan string, 1)
		go func() {
			c, err := ln.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(c, text) // would wait for ever on a plain pipe
			b := make([]byte, len("hello"))
			io.ReadFull(c, b)
			said <- string(b)
			c.Close()
		}()
		c, err := n.Dial(context.Background(), "tcp", "127.0.0.1:1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "hello"); err != nil {
			t.Fatal(err)
		}
		if got := <-said; got != "hello" {
			t.Errorf("the server read %q", got)
		}
		got, err := io.ReadAll(c)
		if err != nil || string(got) != text {
			t.Errorf("after the server closed: %d bytes, %v; want the %d that it wrote", len(got), err, len(text))
		}
		c.Close()
		if _, err := c.Write([]byte("x")); err == nil {
			t.Error("a closed connection can be written to")
		}
		// A side that never reads holds nothing up.
		go func() {
			if c, err := ln.Accept(); err == nil {
				time.Sleep(30 * time.Second)
				c.Close()
			}
		}()
		deaf, err := n.Dial(context.Background(), "tcp", "127.0.0.1:1")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(deaf, "hello?")
		deaf.Close()
		ln.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
	})
}
