package flow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Browser opens URLs in a program of the person's. Its zero value asks the system.
type Browser struct {
	Command string // --browser or $BROWSER: commands separated by colons, %s or the last argument is the URL
}

// ErrNoBrowser says that no browser could be started.
var ErrNoBrowser = errors.New("no browser was opened")

// promptly is how soon a command must fail for the next one to be tried.
const promptly = 1500 * time.Millisecond

// Open starts the first browser that can be. No shell sees the URL.
func (b Browser) Open(ctx context.Context, url string) error {
	var problems []error
	for _, argv := range b.commands(url) {
		err := start(ctx, argv)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		problems = append(problems, fmt.Errorf("%s: %w", argv[0], err))
	}
	if len(problems) == 0 {
		return fmt.Errorf("%w: there is no display here; --browser CMD or $BROWSER names one", ErrNoBrowser)
	}
	return fmt.Errorf("%w: %w", ErrNoBrowser, errors.Join(problems...))
}

// commands lists what to try, with the URL in its place.
func (b Browser) commands(url string) (out [][]string) {
	command := b.Command
	if command == "" {
		return systemBrowsers(url)
	}
	for _, c := range strings.Split(command, listSeparator()) {
		if argv := place(words(c), url); argv != nil {
			out = append(out, argv)
		}
	}
	return out
}

func listSeparator() string {
	if runtime.GOOS == "windows" { // a colon stands in every path there
		return ";"
	}
	return ":"
}

// place puts url where %s stands, or at the end.
func place(argv []string, url string) []string {
	if len(argv) == 0 {
		return nil
	}
	found := false
	for i, a := range argv[1:] {
		if strings.Contains(a, "%s") {
			argv[i+1], found = strings.ReplaceAll(a, "%s", url), true
		}
	}
	if !found {
		argv = append(argv, url)
	}
	return argv
}

// words splits a command at blanks, outside quotes. Nothing else has a meaning.
func words(s string) (out []string) {
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, in = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if in {
				out = append(out, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}

func systemBrowsers(url string) [][]string {
	switch runtime.GOOS {
	case "darwin":
		return [][]string{{"open", url}}
	case "windows":
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler", url}}
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("WSL_DISTRO_NAME") == "" {
		return nil
	}
	return [][]string{{"xdg-open", url}, {"x-www-browser", url}, {"wslview", url}}
}

// start runs argv apart from the terminal. A command that fails promptly did not open
// anything; one that goes on, or ends well, did.
func start(ctx context.Context, argv []string) error {
	cmd := exec.Command(argv[0], argv[1:]...) // it outlives the run: a browser is the person's
	if err := cmd.Start(); err != nil {
		return unwrapExec(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	timer := time.NewTimer(promptly)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unwrapExec takes the command line off an error.
func unwrapExec(err error) error {
	var ee *exec.Error
	var pe *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, exec.ErrNotFound):
		return errors.New("there is no such program")
	case errors.As(err, &ee):
		return ee.Err
	case errors.As(err, &pe):
		return pe.Err
	}
	return err
}
