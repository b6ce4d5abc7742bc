package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/safe"
)

// claim prints the value of --claim: raw to a pipe, safe on a terminal. Of a token that a check speaks against nothing is
// printed: a script that forgets to look at the status must not take it for good.
func (d *decoder) claim(t report.Token) error {
	value, err := d.claimOf(t)
	if err == nil {
		text := value.String()
		if value.Kind == jwtview.String && !(t.Line > 0 && strings.ContainsAny(value.Text, "\r\n")) {
			text = value.Text
		}
		if d.world.terminal(d.world.Stdout) {
			text = safe.Text(text)
		}
		if _, werr := io.WriteString(d.out(), text+"\n"); werr != nil {
			return &exitError{status: exitFailed, err: fmt.Errorf("print the claim: %w", werr)}
		}
		return nil
	}
	if t.Line > 0 {
		if _, werr := io.WriteString(d.out(), "\n"); werr != nil {
			return &exitError{status: exitFailed, err: fmt.Errorf("print the claim: %w", werr)}
		}
		err = fmt.Errorf("line %d: %w", t.Line, err)
	}
	status := exitFailed
	if t.Verdict() == report.Unreadable {
		status = exitUsage
	}
	return &exitError{status: status, err: err}
}

// claimOf looks the claim up, in the innermost token that has claims.
func (d *decoder) claimOf(t report.Token) (jwtview.Value, error) {
	switch t.Verdict() {
	case report.Unreadable:
		return jwtview.Value{}, errors.New("cannot be read: " + t.Err)
	case report.Fails:
		return jwtview.Value{}, fmt.Errorf("the claim is not printed: %s", t.Why())
	}
	inner := t
	for inner.Content != nil {
		inner = *inner.Content
	}
	claims := inner.Token.Claims
	if inner.Disclosed != nil {
		claims = withDisclosed(claims, inner.Disclosed)
	}
	if claims.Kind != jwtview.Object {
		return jwtview.Value{}, fmt.Errorf("there are no claims to be read: %s", inner.Name)
	}
	return lookUp(claims, d.flags.claim)
}

// withDisclosed adds the claims that an SD-JWT discloses at its top: those whose digest stands there (RFC 9901 §7.1).
func withDisclosed(claims jwtview.Value, d *jwtview.Disclosed) jwtview.Value {
	claims.Members = slices.Clone(claims.Members)
	digests, _ := claims.Get("_sd")
	for _, one := range d.Disclosures {
		top := slices.ContainsFunc(digests.Elems, func(e jwtview.Value) bool { return e.Text == one.Digest })
		if top && one.Found && one.Name != "" && one.Problem == "" {
			claims.Members = append(claims.Members, jwtview.Member{Name: one.Name, Value: one.Value})
		}
	}
	return claims
}

// lookUp finds a claim by its name, or by the names that lead to it, with dots between them and numbers for elements of
// arrays. A name that has dots itself, as URLs have, is found before what is in another.
func lookUp(v jwtview.Value, path string) (jwtview.Value, error) {
	if found, ok, err := find(v, path); ok || err != nil {
		return found, err
	}
	return v, fmt.Errorf("there is no claim %q in the token, which has %s", path, namesOf(v))
}

func find(v jwtview.Value, path string) (found jwtview.Value, ok bool, err error) {
	if v.Kind == jwtview.Array {
		first, rest, more := strings.Cut(path, ".")
		n, err := strconv.Atoi(first)
		if err != nil || n < 0 || n >= len(v.Elems) {
			return v, false, nil
		}
		if !more {
			return v.Elems[n], true, nil
		}
		return find(v.Elems[n], rest)
	}
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		count := 0
		for _, m := range v.Members {
			if m.Name != path[:end] {
				continue
			}
			if count++; count == 1 {
				found = m.Value
			}
		}
		switch {
		case count > 1:
			return v, false, fmt.Errorf("the token has %q %d times, and readers disagree about which one counts: it is not printed", path[:end], count)
		case count == 1 && end == len(path):
			return found, true, nil
		case count == 1:
			if inner, ok, err := find(found, path[end+1:]); ok || err != nil {
				return inner, ok, err
			}
		}
	}
	return v, false, nil
}

// namesOf lists some names, to find the one that was meant.
func namesOf(v jwtview.Value) string {
	const most = 20
	var names []string
	for _, m := range v.Members[:min(len(v.Members), most)] {
		names = append(names, safe.Cut(safe.Line(m.Name), 60))
	}
	switch n := len(v.Members); {
	case n == 0:
		return "none"
	case n > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), n-most)
	}
	return strings.Join(names, ", ")
}
