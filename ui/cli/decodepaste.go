package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"authscope/flow/trace"
	"authscope/ui/safe"
)

// The sequences of the paste box: brackets around what is pasted, on and off (private mode 2004), and the erasing of its own
// three lines, one by one: some terminals keep a screen that is erased as a whole in their history.
const (
	bracketsOn  = "\x1b[?2004h"
	bracketsOff = "\x1b[?2004l"
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
	boxErase    = "\r\x1b[K\x1b[A\x1b[K\x1b[A\x1b[K"
)

// settle is how long the box waits for what belongs to a key: the rest of an escape sequence, or of a paste that has no
// brackets around it and a line break in it.
const settle = 60 * time.Millisecond

// pasteBox lets a person paste a token. The terminal is in raw mode meanwhile: a line that it edits itself ends at 4,096
// bytes, and would be shown. What is pasted is not shown.
func (w *World) pasteBox(ctx context.Context, most int) (text []byte, err error) {
	screen := w.Stderr
	if !w.terminal(screen) {
		screen = w.Stdout
	}
	if !w.terminal(screen) {
		return nil, &exitError{status: exitUsage, err: errors.New("nothing to read: there is no terminal to show a paste box on"), hint: "authscope decode FILE, or pipe the token in"}
	}
	restore, err := w.raw()
	if err != nil {
		return nil, &exitError{status: exitUsage, err: fmt.Errorf("the terminal cannot be read key by key: %w", err), hint: "authscope decode FILE, or pipe the token in"}
	}
	box := &pasteBox{most: most}
	defer func() { // whatever happens
		io.WriteString(screen, box.erase()+bracketsOff)
		restore()
	}()
	for keys := read(w.Stdin); box.end == boxOpen; {
		if _, err := io.WriteString(screen, box.draw()); err != nil {
			return nil, &exitError{status: exitFailed, err: fmt.Errorf("show the paste box: %w", err)}
		}
		box.next(ctx, keys)
	}
	switch {
	case box.end == boxLeft:
		return nil, &exitError{status: exitInterrupted}
	case box.size > most: // one byte too many says it, as it does of a file
		return make([]byte, most+1), nil
	}
	return box.text, nil
}

// next waits for what is typed, pasted or settled, or for the end.
func (p *pasteBox) next(ctx context.Context, keys <-chan []byte) {
	var settled <-chan time.Time
	if p.waits() {
		settled = time.After(settle)
	}
	select {
	case <-ctx.Done():
		p.end = boxLeft
	case <-settled:
		p.settled()
	case b, ok := <-keys:
		if ok {
			p.take(b)
		} else {
			p.end = boxRead // the terminal is gone: what came before counts
		}
	}
}

// raw switches the terminal at Stdin to raw mode.
func (w *World) raw() (restore func() error, err error) {
	if w.Raw != nil {
		return w.Raw(w.Stdin)
	}
	f, ok := w.Stdin.(*os.File)
	if !ok {
		return nil, errors.New("standard input is no terminal")
	}
	state, err := term.MakeRaw(f.Fd())
	if err != nil {
		return nil, err
	}
	return func() error { return term.Restore(f.Fd(), state) }, nil
}

// read reads r in the background: a read cannot be called off. The channel is closed at its end.
func read(r io.Reader) <-chan []byte {
	c := make(chan []byte)
	go func() {
		defer close(c)
		for {
			buf := make([]byte, 4096)
			n, err := r.Read(buf)
			if n > 0 {
				c <- buf[:n]
			}
			if err != nil {
				return
			}
		}
	}()
	return c
}

// How a box ended.
const (
	boxOpen = iota
	boxRead
	boxLeft
)

// pasteBox is what was typed and pasted so far.
type pasteBox struct {
	text    []byte
	size    int // of all that came, also of what is not kept
	most    int
	inside  bool   // the brackets of a paste
	pending []byte // a sequence, or a line break, whose rest may come
	end     int
	drawn   bool
}

// waits reports that what follows in a moment decides.
func (p *pasteBox) waits() bool { return len(p.pending) > 0 }

// take reads what came.
func (p *pasteBox) take(b []byte) {
	b = append(p.pending, b...)
	p.pending = nil
	for len(b) > 0 && p.end == boxOpen {
		switch {
		case p.inside:
			b = p.pasted(b)
		case b[0] == '\x1b':
			b = p.sequence(b)
		case b[0] == '\r' || b[0] == '\n':
			if len(b) == 1 {
				p.pending, b = b, nil
				break
			}
			p.add(b[:1]) // more behind it: a paste without brackets
			b = b[1:]
		default:
			p.key(b[0])
			b = b[1:]
		}
	}
}

// pasted takes what is in brackets, whatever it is.
func (p *pasteBox) pasted(b []byte) (rest []byte) {
	if i := bytes.Index(b, []byte(pasteEnds)); i >= 0 {
		p.add(b[:i])
		p.inside = false
		return b[i+len(pasteEnds):]
	}
	keep := 0 // the end of b may be the beginning of the closing bracket
	for n := min(len(b), len(pasteEnds)-1); n > 0; n-- {
		if bytes.HasSuffix(b, []byte(pasteEnds[:n])) {
			keep = n
			break
		}
	}
	p.add(b[:len(b)-keep])
	p.pending = append([]byte(nil), b[len(b)-keep:]...)
	return nil
}

// sequence reads an escape sequence, of which only the opening bracket of a paste means something here.
func (p *pasteBox) sequence(b []byte) (rest []byte) {
	if rest, ok := bytes.CutPrefix(b, []byte(pasteBegins)); ok {
		p.inside = true
		return rest
	}
	if len(b) == 1 {
		p.pending = b
		return nil
	}
	if b[1] != '[' && b[1] != 'O' {
		return b[2:] // alt and a key
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return b[i+1:]
		}
	}
	if len(b) < 32 {
		p.pending = b
	}
	return nil
}

// key takes one byte that was typed.
func (p *pasteBox) key(c byte) {
	switch c {
	case 0x03: // ctrl-c
		p.end = boxLeft
	case 0x04: // ctrl-d
		p.end = boxLeft
		if p.size > 0 {
			p.end = boxRead
		}
	case 0x15: // ctrl-u
		p.text, p.size = nil, 0
	case 0x7f, 0x08:
		if p.size == len(p.text) && p.size > 0 {
			_, n := utf8.DecodeLastRune(p.text)
			p.text = p.text[:p.size-n]
			p.size = len(p.text)
		}
	default:
		if c >= ' ' || c == '\t' {
			p.add([]byte{c})
		}
	}
}

// add keeps b as far as the limit goes.
func (p *pasteBox) add(b []byte) {
	p.size += len(b)
	if p.size <= p.most {
		p.text = append(p.text, b...)
	}
}

// settled decides what stood alone: esc leaves, enter reads what is there.
func (p *pasteBox) settled() {
	b := p.pending
	if p.inside {
		return // half a closing bracket: the rest is on its way
	}
	p.pending = nil
	switch {
	case len(b) == 1 && b[0] == '\x1b':
		p.end = boxLeft
	case len(b) == 1 && (b[0] == '\r' || b[0] == '\n') && p.size > 0:
		p.end = boxRead
	}
}

// draw is what shows the box as it is now, in place of what was drawn before.
func (p *pasteBox) draw() string {
	before := p.erase()
	if !p.drawn {
		before, p.drawn = bracketsOn, true
	}
	return before + p.frame()
}

// erase takes the box away, if it is there.
func (p *pasteBox) erase() string {
	if !p.drawn {
		return ""
	}
	return boxErase
}

// frame is the box: three lines of less than 60 cells, so that no terminal wraps them.
func (p *pasteBox) frame() string {
	what := "nothing yet"
	switch {
	case p.size > p.most:
		what = fmt.Sprintf("%d bytes, more than the %d that --max-size allows", p.size, p.most)
	case p.size > 0:
		begin := string(p.text[:min(len(p.text), 200)])
		what = fmt.Sprintf("%s  %d characters", safe.Line(trace.Mask("token", begin)), utf8.RuneCount(p.text))
	}
	return "Paste a token, or a whole token response.\r\n" +
		"  " + safe.Cut(what, 56) + "\r\n" +
		"  enter reads it   ctrl-u clears   esc leaves"
}
