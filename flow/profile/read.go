package profile

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"authscope/flow/trace"
)

// decode reads a profile from a file's bytes. The warnings are about what was not understood and is kept.
func decode(file string, src []byte) (p Profile, warnings []string, err error) {
	d, err := parse(file, src)
	if err != nil {
		return Profile{}, nil, err
	}
	if err := d.refuse(); err != nil {
		return Profile{}, nil, err
	}
	for _, e := range d.entries {
		problem, known := p.take(e)
		if problem != "" {
			return Profile{}, nil, d.errorAt(max(e.value.at, e.key), strings.Join(e.path, ".")+" "+problem)
		}
		if !known {
			line, _ := position(src, e.key)
			warnings = append(warnings, fmt.Sprintf("line %d: %s is not a key of a profile%s; it is kept and not used", line, strings.Join(e.path, "."), didYouMean(e.path)))
		}
	}
	if field, problem := p.problem(); problem != "" {
		at := 0
		if e := d.find(strings.Split(field, ".")...); e != nil {
			at = e.value.at
		}
		return Profile{}, nil, d.errorAt(at, problem)
	}
	return p, warnings, nil
}

// refuse looks for what must not be there, and for a format that is not known.
func (d *document) refuse() error {
	for _, e := range d.entries {
		if problem := forbiddenKey(e.path); problem != "" {
			return d.errorAt(e.key, problem)
		}
	}
	e := d.find("schema")
	if e == nil {
		return nil
	}
	if e.value.kind != unstable.Integer {
		return d.errorAt(e.value.at, "schema wants the number of the format, which is 1")
	}
	if e.value.text != "1" {
		return d.errorAt(e.value.at, fmt.Sprintf("the profile is of format %.10s, and this authscope knows format %d: use the authscope that wrote it", e.value.text, Schema))
	}
	return nil
}

// take reads one key, and reports whether it is one of a profile.
func (p *Profile) take(e entry) (problem string, known bool) {
	if len(e.path) == 1 {
		if e.path[0] == "schema" {
			return "", true
		}
		if f, ok := fieldOf(e.path[0]); ok {
			return f.set(p, e.value), true
		}
	}
	t, ok := tableOf(e.path[0])
	switch {
	case !ok:
		return "", false
	case len(e.path) == 1:
		return wrongKind(e.value, unstable.InlineTable, "a table of parameters"), true
	case len(e.path) > 2:
		return "is nested: parameters have a name and a value", true
	}
	return setParam(t.params(p), e.path[1], e.value), true
}

// didYouMean finds the key that was meant: one with the same letters, or nearly so.
func didYouMean(path []string) string {
	if len(path) != 1 {
		return ""
	}
	fold := func(s string) string {
		return strings.NewReplacer("-", "", "_", "", "s", "").Replace(strings.ToLower(s))
	}
	for _, f := range fields {
		if fold(f.key) == fold(path[0]) || len(path[0]) > 3 && (strings.HasPrefix(f.key, path[0]) || sameLetters(f.key, path[0])) {
			return " (did you mean " + f.key + "?)"
		}
	}
	return ""
}

// sameLetters reports whether two words differ only in the order of their letters.
func sameLetters(a, b string) bool {
	var n [256]int
	for i := range len(a) {
		n[a[i]]++
	}
	for i := range len(b) {
		n[b[i]]--
	}
	return len(a) == len(b) && n == [256]int{}
}

// problem says what in a profile can neither be saved nor used, and in which key.
func (p *Profile) problem() (field, problem string) {
	for _, f := range fields {
		if len(f.get(p)) > maxValue {
			return f.key, f.key + " is longer than anything that belongs there"
		}
	}
	switch {
	case p.Secret != "" && !validSource(p.Secret):
		return "secret", `secret says where the client secret is: "keyring", "env:NAME" or "file:PATH". If the secret itself stands here, take it out`
	case isPEM(p.ClientKey):
		return "client_key_file", "client_key_file is the name of a file, and no key stands in a profile: put the key into a file"
	case isPEM(p.ClientCert):
		return "client_cert_file", "client_cert_file is the name of a file: put the certificate into one"
	}
	for name, url := range p.addresses() {
		if hasPassword(url) {
			return name, name + " holds a user name or password: no secret stands in a profile"
		}
	}
	for _, t := range tables {
		for _, x := range *t.params(p) {
			key := t.key + "." + x.Name
			switch {
			case x.Name == "":
				return t.key, t.key + " has a parameter without a name"
			case trace.SecretName(x.Name) != "":
				return key, key + ": no secret stands in a profile"
			case len(x.Name)+len(x.Value) > maxValue:
				return key, t.key + " has a parameter that is too long"
			}
		}
	}
	return "", ""
}

// maxValue bounds what one key holds.
const maxValue = 16 << 10

func (p *Profile) addresses() map[string]string {
	all := map[string]string{"issuer": p.Issuer, "redirect_uri": p.RedirectURI, "post_logout_uri": p.PostLogoutURI}
	for name, url := range p.Endpoints.All() {
		all[name] = url
	}
	return all
}

// hasPassword reports whether a URL carries one; it need not be a URL that can be read.
func hasPassword(url string) bool {
	_, rest, ok := strings.Cut(url, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return ok && strings.Contains(rest, "@")
}

func isPEM(s string) bool { return strings.Contains(s, "-----BEGIN") || strings.Contains(s, "\n") }
