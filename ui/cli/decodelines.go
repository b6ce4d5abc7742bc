package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"authscope/ui/report"
)

// lineWriter holds output back as long as more input is there already.
type lineWriter = bufio.Writer

// out is where tokens are printed.
func (d *decoder) out() io.Writer {
	if d.buffer != nil {
		return d.buffer
	}
	return d.world.Stdout
}

// lines reads a token on each line, in the memory of one. A line that cannot be read does not stop the others; the status
// is the worst of all.
func (d *decoder) lines(ctx context.Context, in *input) error {
	r := bufio.NewReaderSize(in, 64<<10)
	d.buffer = bufio.NewWriterSize(d.world.Stdout, 64<<10)
	worst, number := exitPassed, 0
	for {
		text, whole, err := nextLine(r, d.flags.max)
		if ctx.Err() != nil {
			worst = exitInterrupted
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			d.buffer.Flush()
			return &exitError{status: exitUsage, err: fmt.Errorf("read %s: %w", in.name, err)}
		}
		number++
		if len(text) > 0 || !whole {
			status, perr := d.line(ctx, number, text, whole)
			if perr != nil {
				return perr
			}
			worst = max(worst, status)
		}
		if err != nil {
			break
		}
		if r.Buffered() == 0 {
			if err := d.buffer.Flush(); err != nil {
				return &exitError{status: exitFailed, err: fmt.Errorf("print the tokens: %w", err)}
			}
		}
	}
	if err := d.buffer.Flush(); err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the tokens: %w", err)}
	}
	if worst != exitPassed {
		return &exitError{status: worst}
	}
	return nil
}

// line reads and prints one token and returns its exit status. An error ends the run: nobody reads any more.
func (d *decoder) line(ctx context.Context, number int, text string, whole bool) (int, error) {
	t := report.TooLarge(d.demand())
	if whole {
		t = d.read(ctx, text)
	}
	t.Line = number
	for _, err := range []error{d.print(t), verdictOf(t)} {
		var exit *exitError
		if errors.As(err, &exit) {
			if exit.err != nil && !d.flags.claimed {
				return 0, err
			}
			if exit.err != nil {
				d.world.say("authscope: %s", exit.err)
			}
			return exit.status, nil
		}
	}
	return exitPassed, nil
}

// nextLine reads a line without its end and the white space around it. Of one that is longer than most bytes nothing is
// kept, and whole is false.
func nextLine(r *bufio.Reader, most int) (text string, whole bool, err error) {
	var line []byte
	whole = true
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > most+2 {
			whole, line = false, nil
		}
		if whole {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		text = trimmed(line)
		if len(text) > most {
			return "", false, err
		}
		return text, whole, err
	}
}

func trimmed(b []byte) string {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r' || b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return string(b)
}
