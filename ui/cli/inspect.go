package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/recording"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
)

// inspectFlags are the flags of `authscope inspect`.
type inspectFlags struct {
	issuer, caFile string
	keys           []string
	leeway         time.Duration
	maxSize        string
	session        int
	json           bool
	showSecrets    bool

	given []trace.Given
	max   int
}

func newInspect(w *World) *cobra.Command {
	var f inspectFlags
	cmd := &cobra.Command{
		Use:   "inspect [FILE | -]",
		Short: "Read somebody else's recording of a login, and say why",
		Long: "inspect reads a HAR that a browser or a proxy recorded, finds the logins in it, and says of each what authscope says of\n" +
			"its own: stages, tokens, checks, and why something is missing or wrong. It also reads one piece alone: a callback URL,\n" +
			"an authorize URL, a token response or its error, a discovery document, a JWK set, a curl command, raw HTTP, a token. What it is,\n" +
			"the content tells. authscope open FILE shows the same in the screen.\n\n" +
			"What the recording does not have is not checkable, and never wrong: --issuer and --keys add it. Nothing goes over the\n" +
			"network but for --issuer.\n\n" +
			"Exit status: 0 no error was found, 1 there is one, 2 it could not be read, or wrong usage, 130 interrupted.",
		Example: "  authscope inspect login.har\n" +
			"  authscope inspect login.har --issuer https://my-app.authgear.cloud --json\n" +
			"  pbpaste | authscope inspect                          a callback URL, a token response, a curl command …",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &exitError{status: exitUsage, err: fmt.Errorf("inspect reads one file, not %d", len(args)), hint: "authscope inspect FILE"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, w, args) },
	}
	inGroup(cmd, groupInput, func(fs *pflag.FlagSet) {
		fs.IntVar(&f.session, "session", 0, "print login number `N` alone, of several")
		fs.StringVar(&f.maxSize, "max-size", "64MiB", "`SIZE` that the file may have: bytes, or with KiB or MiB behind")
		fs.DurationVar(&f.leeway, "leeway", flow.DefaultLeeway, "`DURATION` by which clocks may be apart when times are checked")
	})
	inGroup(cmd, groupKeys, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.issuer, "issuer", "", "fetch metadata and keys of the issuer `URL`, where the recording has none")
		fs.StringArrayVar(&f.keys, "keys", nil, "`FILE` with the tenant's public keys: JWK, JWK set, PEM, certificate; may be repeated")
		fs.StringVar(&f.caFile, "ca-file", "", "`FILE` with further certificates to trust, PEM")
	})
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.json, "json", false, "print JSON, schema 1: one object a login")
		fs.BoolVar(&f.showSecrets, "show-secrets", false, "print tokens, codes and verifiers as they are")
	})
	return cmd
}

// check finds what is wrong with the flags before anything is read.
func (f *inspectFlags) check(fs *pflag.FlagSet) (err error) {
	if f.max, err = parseSize(f.maxSize); err != nil {
		return err
	}
	switch {
	case fs.Changed("session") && f.session < 1:
		return usage("--session %d: logins are counted from 1", f.session)
	case fs.Changed("issuer") && f.issuer == "":
		return usage("--issuer is empty: it wants the tenant's URL, such as https://my-app.authgear.cloud")
	case f.caFile != "" && f.issuer == "":
		return usage("--ca-file needs --issuer: without it nothing goes over the network")
	case f.leeway < 0:
		return usage("--leeway %s is negative", f.leeway)
	}
	for _, path := range f.keys {
		g, err := givenKeys(path)
		if err != nil {
			return err
		}
		f.given = append(f.given, g)
	}
	return nil
}

// givenKeys reads a file of public keys. A private one has no place in what is printed and saved.
func givenKeys(path string) (trace.Given, error) {
	b, err := readFile("--keys", path, jwtview.MaxSize)
	if err != nil {
		return trace.Given{}, err
	}
	keys, err := jwtview.ReadKeys(b)
	if err != nil {
		return trace.Given{}, usage("--keys %s: %w", path, err)
	}
	for _, k := range keys {
		if k.Private || k.Type == "oct" {
			return trace.Given{}, usage("--keys %s holds a private key or a secret: signatures are checked with the public keys; authscope decode --secret-file checks a MAC", path)
		}
	}
	return trace.Given{What: trace.GivenKeys, From: filepath.Base(path), Body: b}, nil
}

func (f *inspectFlags) run(cmd *cobra.Command, w *World, args []string) error {
	if err := f.check(cmd.Flags()); err != nil {
		return err
	}
	if (len(args) == 0 || args[0] == "-") && w.terminal(w.Stdin) {
		return &exitError{status: exitUsage, err: errors.New("inspect wants a file, or something on its standard input"), hint: "authscope inspect FILE; authscope inspect --help says what can be read"}
	}
	in, err := w.input(cmd.Context(), args, &decodeFlags{max: f.max})
	if err != nil {
		return err
	}
	defer in.close()
	if in.argument {
		in.name = "the argument"
	}
	text, whole, err := readUpTo(in, f.max)
	switch {
	case cmd.Context().Err() != nil:
		return &exitError{status: exitInterrupted}
	case err != nil:
		return &exitError{status: exitUsage, err: fmt.Errorf("read %s: %w", in.name, err)}
	case !whole:
		return usage("%s has more than %d bytes: --max-size allows more", in.name, f.max)
	}
	if f.issuer != "" {
		if err := f.fetch(cmd.Context(), w); err != nil {
			return err
		}
	}
	return f.until(cmd.Context(), func() error {
		rec, err := recording.Read([]byte(text), f.options(in))
		if err != nil {
			return usage("%s: %w", in.name, err)
		}
		if rec.Kind == recording.KindToken {
			return f.decode(cmd, w, rec.Token)
		}
		return f.print(cmd.Context(), w, in, rec)
	})
}

// until runs read until ctx ends: a long file with much in it takes its time.
func (f *inspectFlags) until(ctx context.Context, read func() error) error {
	done := make(chan error, 1)
	go func() { done <- read() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return &exitError{status: exitInterrupted}
	}
}

func (f *inspectFlags) options(in *input) recording.Options {
	o := recording.Options{Now: time.Now().UTC().Round(0), Leeway: f.leeway, Given: f.given}
	if in.file != nil {
		o.File = filepath.Base(in.name)
	}
	return o
}

// fetch reads the metadata and keys of --issuer.
func (f *inspectFlags) fetch(ctx context.Context, w *World) error {
	d := &decoder{world: w, flags: &decodeFlags{caFile: f.caFile}}
	if err := d.readKeys(); err != nil { // of --ca-file
		return err
	}
	if err := d.connect(); err != nil {
		return &exitError{status: exitFailed, err: err}
	}
	metadata, keys, err := flow.FetchDocuments(ctx, d.env, f.issuer)
	if ctx.Err() != nil {
		return &exitError{status: exitInterrupted}
	}
	if err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("--issuer: %w", err)}
	}
	f.given = append([]trace.Given{{What: trace.GivenMetadata, From: f.issuer, Body: metadata}, {What: trace.GivenKeys, From: f.issuer, Body: keys}}, f.given...)
	return nil
}

// decode reads a token as authscope decode does.
func (f *inspectFlags) decode(cmd *cobra.Command, w *World, token string) error {
	if f.issuer != "" { // decode fetches by itself, and holds iss against it
		w.say("it is a token: read as by authscope decode --issuer")
	}
	df := &decodeFlags{keys: f.keys, issuer: f.issuer, caFile: f.caFile, json: f.json, max: f.max, decides: f.issuer != "" || len(f.keys) > 0}
	df.expect.Leeway = f.leeway
	d := &decoder{world: w, flags: df, now: time.Now()}
	if err := d.readKeys(); err != nil {
		return err
	}
	t := d.read(cmd.Context(), token)
	if err := d.print(t); err != nil {
		return err
	}
	return verdictOf(t)
}

// print prints the logins, and says by its error whether one of them has an error.
func (f *inspectFlags) print(ctx context.Context, w *World, in *input, rec recording.Recording) error {
	if f.session > len(rec.Sessions) {
		return usage("--session %d: %s has %d", f.session, in.name, len(rec.Sessions))
	}
	if rec.Cut {
		w.say("warning: %s ends too early; this is what came before", in.name)
	}
	o := report.Options{ShowSecrets: f.showSecrets, Width: w.Width}
	failed := false
	for i, events := range rec.Sessions {
		if f.session > 0 && i+1 != f.session {
			continue
		}
		if ctx.Err() != nil {
			return &exitError{status: exitInterrupted}
		}
		run := report.MakeWith(w.reader(), events, events[len(events)-1].At)
		if err := f.printOne(w.Stdout, run, o, i > 0 && f.session == 0); err != nil {
			return &exitError{status: exitFailed, err: fmt.Errorf("print the result: %w", err)}
		}
		failed = failed || run.HasErrors()
	}
	if failed {
		return &exitError{status: exitFailed}
	}
	return nil
}

func (f *inspectFlags) printOne(out io.Writer, run report.Run, o report.Options, more bool) error {
	if f.json {
		return report.JSON(out, run, o)
	}
	if more {
		if _, err := fmt.Fprint(out, "\n\n"); err != nil {
			return err
		}
	}
	return report.Text(out, run, o)
}
