package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"authscope/jwtview"
	"authscope/ui/report"
)

// input is where tokens are read from.
type input struct {
	io.Reader
	name     string
	file     *os.File // to be closed
	argument bool     // the token was the argument itself
}

func (in *input) close() {
	if in.file != nil {
		in.file.Close()
	}
}

// input opens what is to be read: the file or the token that the argument is, standard input, or the paste box.
func (w *World) input(ctx context.Context, args []string, f *decodeFlags) (*input, error) {
	if len(args) == 0 || args[0] == "-" {
		if !w.terminal(w.Stdin) {
			return &input{Reader: stdin{ctx, w.Stdin}, name: "standard input"}, nil
		}
		text, err := w.pasteBox(ctx, f.max)
		if err != nil {
			return nil, err
		}
		return &input{Reader: bytes.NewReader(text), name: "the paste"}, nil
	}
	arg := args[0]
	file, err := os.Open(arg)
	switch {
	case err == nil:
		if st, err := file.Stat(); err == nil && st.IsDir() {
			file.Close()
			return nil, usage("%s is a directory: decode wants a file, or a token", arg)
		}
		return &input{Reader: stdin{ctx, file}, name: arg, file: file}, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, usage("open %s: %w", arg, err)
	case pathLike(arg):
		return nil, &exitError{status: exitUsage, err: errors.New("there is no file " + arg), hint: "a token that looks like the name of a file is read from standard input: authscope decode -"}
	}
	return &input{Reader: strings.NewReader(arg), name: "the argument", argument: true}, nil
}

// endings are those of file names: no token ends so that is not known by its beginning.
var endings = []string{".txt", ".jwt", ".jws", ".jwe", ".json", ".token", ".tok", ".log", ".pem", ".trace"}

// pathLike reports an argument that was meant as a file: whoever mistyped a name must not be told that it is an opaque token.
func pathLike(arg string) bool {
	if len(arg) > 255 || strings.ContainsAny(arg, "\n{") {
		return false
	}
	for _, start := range []string{"/", "./", "../", "~/", `.\`, `..\`} {
		if strings.HasPrefix(arg, start) {
			return true
		}
	}
	if jwtview.Inspect(arg).Shape != jwtview.ShapeOpaque {
		return false
	}
	dir := filepath.Dir(arg)
	st, err := os.Stat(dir)
	return slices.Contains(endings, filepath.Ext(arg)) || dir != "." && err == nil && st.IsDir()
}

// remark says of an argument that is nothing known that it was not a file either.
func (in *input) remark(w *World, t report.Token) {
	if in.argument && t.Shape == jwtview.ShapeOpaque && t.Role == jwtview.RoleUnknown {
		w.say("there is no file of this name: it is read as the token itself")
	}
}

// stdin is a reader that ends with its context: a read that waits for somebody cannot be called off otherwise.
type stdin struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (s stdin) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	buf := make([]byte, len(p)) // p belongs to the caller again when the context ends
	go func() {
		n, err := s.r.Read(buf)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return copy(p, buf[:r.n]), r.err
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}

// readUpTo reads all of r if it is no more than most bytes; else it stops there.
func readUpTo(r io.Reader, most int) (text string, whole bool, err error) {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, int64(most)+1))
	if err != nil && !errors.Is(err, context.Canceled) {
		return "", false, err
	}
	return b.String(), n <= int64(most), nil
}
