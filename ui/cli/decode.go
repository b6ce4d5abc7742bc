package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/theme"
)

// decodeFlags are the flags of `authscope decode`.
type decodeFlags struct {
	maxSize string
	lines   bool

	keys             []string
	secretFile, as   string
	discover         bool
	issuer, caFile   string
	verify           bool
	expect           jwtview.Demands
	at               string
	json             bool
	claim            string
	claimed, decides bool
	max              int
}

func newDecode(w *World) *cobra.Command {
	var f decodeFlags
	cmd := &cobra.Command{
		Use:   "decode [FILE | - | TOKEN]",
		Short: "Read one token: what it is, what it says, whether it holds",
		Long: "decode reads a token of any kind: a JWT, a JWE, an SD-JWT, an opaque token, or a whole token response. It comes from a\n" +
			"file, from standard input, or from a paste box on the terminal, where neither is given. A name that is a file is\n" +
			"read as a file, anything else as the token itself; arguments stay in the shell's history and are seen by others in\n" +
			"the list of processes, so prefer the other ways for a token that still works.\n\n" +
			"Nothing goes over the network but for --discover and --issuer.\n\n" +
			"Exit status: 0 it could be read, whatever it says; 2 it could not, or wrong usage; 130 interrupted. Once a key or an\n" +
			"expectation is given, or --verify, the checks decide: 1 if one failed or the signature was not verified. With\n" +
			"--lines the worst of all.",
		Example: "  authscope decode                                     a box to paste into\n" +
			"  pbpaste | authscope decode\n" +
			"  authscope decode token.txt --keys jwks.json --expect-aud my-api\n" +
			"  authscope decode token.txt --discover --json | jq .verdict\n" +
			"  authscope decode token.txt --claim realm_access.roles",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &exitError{status: exitUsage, err: fmt.Errorf("decode reads one token, not %d arguments", len(args)), hint: "authscope decode FILE; with --lines a file may have a token on each line"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, w, args) },
	}
	f.add(cmd)
	return cmd
}

func (f *decodeFlags) add(cmd *cobra.Command) {
	inGroup(cmd, groupInput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.lines, "lines", false, "a token on each line, read one after the other; empty lines are skipped")
		fs.StringVar(&f.maxSize, "max-size", "4MiB", "`SIZE` that a token may have: bytes, or with KiB or MiB behind")
	})
	inGroup(cmd, groupKeys, func(fs *pflag.FlagSet) {
		fs.StringArrayVar(&f.keys, "keys", nil, "`FILE` with keys: JWK, JWK set, PEM, certificate; a private key or secret opens a JWE; may be repeated")
		fs.StringVar(&f.secretFile, "secret-file", "", "`FILE` with the secret of an HMAC, or of a JWE")
		fs.StringVar(&f.as, "secret-as", "", "`HOW` the file has the secret: text, base64 or hex (default: each is tried, and the one that fits is named)")
		fs.BoolVar(&f.discover, "discover", false, "fetch the keys of the issuer that the token names; over https, or from this machine")
		fs.StringVar(&f.issuer, "issuer", "", "fetch the keys of the issuer `URL`, which iss must equal")
		fs.StringVar(&f.caFile, "ca-file", "", "`FILE` with further certificates to trust, PEM")
	})
	inGroup(cmd, groupExpect, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.verify, "verify", false, "let the checks decide the exit status; the keys and expectations here do so too")
		fs.StringVar(&f.expect.Issuer, "expect-iss", "", "`ISSUER` that iss must equal")
		fs.StringVar(&f.expect.Audience, "expect-aud", "", "`AUDIENCE` that must be in aud")
		fs.StringVar(&f.expect.Nonce, "expect-nonce", "", "`NONCE` that nonce must equal")
		fs.StringVar(&f.expect.Party, "expect-azp", "", "`CLIENT` that azp must equal")
		fs.StringVar(&f.expect.Type, "expect-typ", "", "`TYPE` that typ must be, such as at+jwt")
		fs.DurationVar(&f.expect.MaxAge, "max-age", 0, "`DURATION` since auth_time, or iat, that is allowed")
		fs.DurationVar(&f.expect.Leeway, "leeway", flow.DefaultLeeway, "`DURATION` by which clocks may be apart when times are checked")
		fs.StringVar(&f.at, "at", "", "judge as of `TIME`: RFC 3339, or Unix seconds")
	})
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.json, "json", false, "print JSON, schema 1: one object a token")
		fs.StringVar(&f.claim, "claim", "", "print the claim `NAME` alone, or a.b for what is in it; if it is not there, or a check failed, nothing, with status 1")
	})
	complete(cmd, "secret-as", string(jwtview.AsText), string(jwtview.AsBase64), string(jwtview.AsHex))
}

// deciding are the flags that let the checks decide the exit status.
var deciding = []string{"verify", "keys", "secret-file", "issuer", "discover", "expect-iss", "expect-aud", "expect-nonce", "expect-azp", "expect-typ", "max-age"}

// check finds what is wrong with the flags before anything is read.
func (f *decodeFlags) check(fs *pflag.FlagSet) (err error) {
	for _, name := range deciding {
		f.decides = f.decides || fs.Changed(name)
	}
	f.claimed = fs.Changed("claim")
	for _, name := range []string{"issuer", "expect-iss", "expect-aud", "expect-nonce", "expect-azp", "expect-typ", "claim", "secret-file", "at"} {
		if fs.Changed(name) && strings.TrimSpace(fs.Lookup(name).Value.String()) == "" {
			return usage("--%s is empty: a script may have lost its value; nothing would be checked", name)
		}
	}
	if f.max, err = parseSize(f.maxSize); err != nil {
		return err
	}
	switch {
	case f.json && f.claimed:
		return usage("--json and --claim exclude each other: --json has all claims")
	case f.discover && f.issuer != "":
		return usage("--discover and --issuer exclude each other: --discover asks the issuer that the token names, --issuer the one that you name")
	case f.issuer != "" && f.expect.Issuer != "" && f.issuer != f.expect.Issuer:
		return usage("--expect-iss %s and --issuer %s differ: the keys of one issuer verify no token of another", f.expect.Issuer, f.issuer)
	case f.caFile != "" && !f.discover && f.issuer == "":
		return usage("--ca-file needs --discover or --issuer: without them nothing goes over the network")
	case f.as != "" && f.secretFile == "":
		return usage("--secret-as says how to read --secret-file: add --secret-file F")
	case f.as != "" && f.as != string(jwtview.AsText) && f.as != string(jwtview.AsBase64) && f.as != string(jwtview.AsHex):
		return usage("--secret-as %q is not known: text, base64 and hex are", f.as)
	case f.expect.MaxAge < 0 || fs.Changed("max-age") && f.expect.MaxAge == 0:
		return usage("--max-age %s: it must be longer than nothing", f.expect.MaxAge)
	case f.expect.Leeway < 0:
		return usage("--leeway %s is negative", f.expect.Leeway)
	}
	return nil
}

// run reads what there is to read and prints it.
func (f *decodeFlags) run(cmd *cobra.Command, w *World, args []string) error {
	if err := f.check(cmd.Flags()); err != nil {
		return err
	}
	now, err := parseInstant(f.at, time.Now())
	if err != nil {
		return err
	}
	d := &decoder{world: w, flags: f, now: now}
	if err := d.readKeys(); err != nil {
		return err
	}
	in, err := w.input(cmd.Context(), args, f)
	if err != nil {
		return err
	}
	defer in.close()
	if f.lines {
		return d.lines(cmd.Context(), in)
	}
	text, whole, err := readUpTo(in, f.max)
	if err != nil {
		return &exitError{status: exitUsage, err: fmt.Errorf("read %s: %w", in.name, err)}
	}
	demand := d.demand()
	t := report.TooLarge(demand)
	if whole {
		t = d.read(cmd.Context(), text)
		in.remark(w, t)
	}
	if cmd.Context().Err() != nil {
		return &exitError{status: exitInterrupted}
	}
	if err := d.print(t); err != nil {
		return err
	}
	return verdictOf(t)
}

// verdictOf is the exit status of a token that was printed.
func verdictOf(t report.Token) error {
	switch t.Verdict() {
	case report.Unreadable:
		return &exitError{status: exitUsage}
	case report.Fails:
		return &exitError{status: exitFailed}
	}
	return nil
}

// print prints the token as it was asked for.
func (d *decoder) print(t report.Token) (err error) {
	switch {
	case d.flags.claimed:
		return d.claim(t)
	case d.flags.json:
		err = report.TokenJSON(d.out(), t)
	case t.Line > 0:
		err = report.TokenLine(d.out(), t, d.options())
	case t.Err != "" && t.Token.Header.Kind != jwtview.Object:
		return &exitError{status: exitUsage, err: errors.New("cannot be read: " + t.Err)}
	default:
		err = report.TokenText(d.out(), t, d.options())
	}
	if err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the token: %w", err)}
	}
	return nil
}

// options are how wide and how coloured a text is.
func (d *decoder) options() report.TokenOptions {
	o := report.TokenOptions{Width: d.world.Width}
	if d.world.coloured() {
		if d.theme == nil {
			d.theme = printed()
		}
		o.Theme = d.theme
	}
	return o
}

// coloured reports whether what is printed may have colour.
func (w *World) coloured() bool {
	return w.terminal(w.Stdout) && w.env("NO_COLOR") == "" && w.env("TERM") != "dumb"
}

// printed are the options of one text.
func (w *World) printed() report.TokenOptions {
	o := report.TokenOptions{Width: w.Width}
	if w.coloured() {
		o.Theme = printed()
	}
	return o
}

// printed is the theme of a text that is printed: those of the sixteen colours that can be read on dark and on light, since
// a terminal that is only written to is not asked which it is.
func printed() *theme.Theme {
	th := theme.Basic(false)
	th.Info, th.Do = th.State, th.State
	return th
}
