package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"authscope/flow"
	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/theme"
)

// maxIssuers bounds how many issuers are asked for their keys in one run: with --lines every token may name another.
const maxIssuers = 8

// decoder reads tokens by the flags.
type decoder struct {
	world *World
	flags *decodeFlags
	now   time.Time
	keys  jwtview.Keys // of files
	from  []string     // where keys come from
	ca    []byte
	theme *theme.Theme

	fetched map[string]fetched
	env     flow.Env
	buffer  *lineWriter // of --lines
}

// fetched are the keys of one issuer, or why they are not there.
type fetched struct {
	keys jwtview.Keys
	err  error
}

// readKeys reads the files of the flags.
func (d *decoder) readKeys() error {
	f := d.flags
	for _, path := range f.keys {
		b, err := readFile("--keys", path, jwtview.MaxSize)
		if err != nil {
			return err
		}
		keys, err := jwtview.ReadKeys(b)
		if err != nil {
			return usage("--keys %s: %w", path, err)
		}
		d.keys, d.from = append(d.keys, keys...), append(d.from, filepath.Base(path))
	}
	if f.secretFile != "" {
		b, err := readFile("--secret-file", f.secretFile, 64<<10)
		if err != nil {
			return err
		}
		keys := jwtview.ReadSecret(b, jwtview.Reading(f.as))
		if len(keys) == 0 {
			return usage("--secret-file %s holds nothing that can be read%s", f.secretFile, asReading(f.as))
		}
		d.keys, d.from = append(d.keys, keys...), append(d.from, filepath.Base(f.secretFile))
		d.world.warnOpen(f.secretFile)
	}
	if f.caFile != "" {
		var err error
		if d.ca, err = readFile("--ca-file", f.caFile, 16<<20); err != nil {
			return err
		}
		if _, err := flow.NewTransport(d.ca); err != nil {
			return usage("--ca-file %s: %w", f.caFile, err)
		}
	}
	return nil
}

func asReading(as string) string {
	if as == "" {
		return ""
	}
	return " as " + as
}

// demand is what every token is held against.
func (d *decoder) demand() report.Demand {
	out := report.Demand{Demands: d.flags.expect, Decides: d.flags.decides, Now: d.now, Max: d.flags.max, KeysFrom: strings.Join(d.from, ", ")}
	out.Keys, out.KeysKnown = d.keys, len(d.from) > 0
	if d.flags.issuer != "" {
		out.Issuer = d.flags.issuer
	}
	if d.flags.json { // the same everywhere
		out.Now = out.Now.UTC()
	}
	return out
}

// read reads one token, with the keys of its issuer if they are to be fetched.
func (d *decoder) read(ctx context.Context, text string) report.Token {
	demand := d.demand()
	issuer := d.flags.issuer
	if d.flags.discover {
		if issuer = issuerOf(report.ReadToken(text, demand)); issuer == "" {
			demand.KeysErr = errors.New("the token names no issuer that can be read, so there is nobody to ask for keys")
		}
	}
	if issuer != "" {
		got := d.fetch(ctx, issuer)
		demand.Keys = append(got.keys[:len(got.keys):len(got.keys)], demand.Keys...)
		demand.KeysKnown, demand.KeysErr = demand.KeysKnown || got.err == nil, got.err
		who := issuer
		if d.flags.discover && d.flags.expect.Issuer == "" {
			who += " (the token chose it: --expect-iss says whom you trust)"
		}
		demand.KeysFrom = strings.Join(append([]string{who}, d.from...), ", ")
	}
	return report.ReadToken(text, demand)
}

// issuerOf is the iss of a token, or of the token in it.
func issuerOf(t report.Token) string {
	for {
		if iss, ok := t.Token.Claims.Str("iss"); ok {
			return iss
		}
		if t.Content == nil {
			return ""
		}
		t = *t.Content
	}
}

// fetch asks an issuer for its keys, once.
func (d *decoder) fetch(ctx context.Context, issuer string) fetched {
	if got, ok := d.fetched[issuer]; ok {
		return got
	}
	if len(d.fetched) >= maxIssuers {
		return fetched{err: fmt.Errorf("%d issuers were asked for their keys, which is enough for one run: --issuer names the one that counts", maxIssuers)}
	}
	if d.fetched == nil {
		d.fetched = map[string]fetched{}
	}
	var got fetched
	if got.err = d.connect(); got.err == nil {
		got.keys, got.err = flow.FetchKeys(ctx, d.env, issuer)
	}
	d.fetched[issuer] = got
	return got
}

// connect makes the transport when it is first needed.
func (d *decoder) connect() (err error) {
	if d.env.Transport != nil {
		return nil
	}
	d.env = flow.Env{Transport: d.world.Transport, UserAgent: userAgent()}
	if d.env.Transport == nil {
		d.env.Transport, err = flow.NewTransport(d.ca)
	}
	return err
}

// parseInstant reads --at.
func parseInstant(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return now, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.In(now.Location()), nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return now, usage("--at %q is no time: RFC 3339 such as 2026-01-31T12:00:00Z, or Unix seconds such as 1769860800", s)
	case n < 0 || n > 253402300799:
		return now, usage("--at %s is not between the years 1970 and 9999: Unix seconds are wanted, not milliseconds", s)
	}
	return time.Unix(n, 0), nil
}

// parseSize reads --max-size.
func parseSize(s string) (int, error) {
	const most = 1 << 30
	number, unit := strings.TrimSpace(s), 1
	for _, u := range []struct {
		name string
		size int
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"K", 1 << 10}, {"M", 1 << 20}} {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.size
			break
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n <= 0 || n > most/unit {
		return 0, usage("--max-size %q wants a number of bytes up to 1024MiB, such as 8MiB", s)
	}
	return n * unit, nil
}
