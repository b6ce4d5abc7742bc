package profile

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"authscope/flow/trace"
)

// fresh is what a new file begins with.
const fresh = `# A profile of authscope: where a login goes, as which client, and how. Change it with any editor: comments and keys
# that authscope does not know stay when it writes the file again. No secret stands here.
schema = 1
`

// encode returns src, a profile or nothing, changed so that it says p. Only the lines of what differs are touched.
func encode(file string, src []byte, p Profile) ([]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var was Profile
	if len(src) == 0 {
		src = []byte(fresh)
	}
	was, _, err := decode(file, src)
	if err != nil {
		return nil, err
	}
	e := editor{file: file, src: slices.Clone(src)}
	for i, f := range fields {
		if f.get(&p) != f.get(&was) {
			e.put(i, f.get(&p))
		}
	}
	was, p = was.normal(), p.normal()
	for _, t := range tables {
		if !slices.Equal(*t.params(&was), *t.params(&p)) {
			e.putTable(t, *t.params(&p))
		}
	}
	if e.err != nil {
		return nil, e.err
	}
	// What is written is read first: a file that an edit would spoil is left as it is.
	got, _, err := decode(file, e.src)
	if err != nil || !reflect.DeepEqual(got.normal(), p) {
		return nil, errors.New(file + " is written in a way that cannot be changed here without spoiling it: change it with an editor")
	}
	return e.src, nil
}

// check says why p cannot be saved.
func (p *Profile) check() error {
	if _, problem := p.problem(); problem != "" {
		return errors.New(problem)
	}
	texts := []string{strings.Join(p.Scope, "")}
	for _, f := range fields {
		texts = append(texts, f.get(p))
	}
	for _, t := range tables {
		for _, x := range *t.params(p) {
			texts = append(texts, x.Name, x.Value)
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			return errors.New("a value of the profile is not UTF-8 text")
		}
	}
	return nil
}

// editor changes a file step by step; each step begins with reading what is there.
type editor struct {
	file string
	src  []byte
	err  error
}

func (e *editor) read() *document {
	d, err := parse(e.file, e.src)
	if err != nil {
		e.err = errors.Join(e.err, err)
		return &document{src: e.src}
	}
	return d
}

// replace puts text in place of src[from:to].
func (e *editor) replace(from, to int, text string) {
	e.src = slices.Concat(e.src[:from], []byte(text), e.src[to:])
}

// put writes the i-th field, or takes it out where lit is "".
func (e *editor) put(i int, lit string) {
	d := e.read()
	f := fields[i]
	at := d.find(f.key)
	switch {
	case at != nil && lit == "":
		e.remove(d, at, f.about)
	case at != nil:
		e.replace(at.from, at.end, lit)
	default:
		line := f.key + " = " + lit + "\n"
		if f.about != "" {
			line = "\n# " + f.about + "\n" + line
		}
		e.insert(d.placeOf(i), line)
	}
}

// insert puts lines at the beginning of a line, or at the end of a file that may lack its last line break.
func (e *editor) insert(at int, lines string) {
	if at > 0 && e.src[at-1] != '\n' {
		lines = "\n" + lines
	}
	if strings.Contains(string(e.src), "\r\n") {
		lines = strings.ReplaceAll(lines, "\n", "\r\n")
	}
	e.replace(at, at, lines)
}

// placeOf returns where the i-th field goes: after the line of the nearest that comes before it, else after the other keys
// that stand in no table.
func (d *document) placeOf(i int) int {
	for j := i - 1; j >= -1; j-- {
		key := "schema"
		if j >= 0 {
			key = fields[j].key
		}
		if at := d.find(key); at != nil {
			return lineEnd(d.src, at.end)
		}
	}
	end := len(d.src)
	if len(d.headers) > 0 {
		end = d.headers[0].at
	}
	last := 0
	for _, x := range d.entries {
		if x.key < end {
			last = lineEnd(d.src, x.end)
		}
	}
	if last > 0 || len(d.headers) > 0 {
		return last
	}
	return len(d.src) // comments alone
}

// remove takes a key out. A comment behind it stays, and so does one above it, unless it is authscope's own.
func (e *editor) remove(d *document, at *entry, about string) {
	from, to := lineStart(d.src, at.key), lineEnd(d.src, at.end)
	if rest := strings.TrimSpace(string(d.src[at.end:to])); strings.HasPrefix(rest, "#") {
		e.replace(at.key, at.end, "")
		return
	}
	above := lineStart(d.src, max(0, from-1))
	if about != "" && strings.TrimSpace(string(d.src[above:from])) == "# "+about {
		from = above
	}
	e.replace(from, to, "")
}

// putTable makes a table say want.
func (e *editor) putTable(t table, want []trace.Param) {
	d := e.read()
	for e.err == nil { // a table that was written in one line, or by dotted keys, gets the usual form
		i := slices.IndexFunc(d.entries, func(x entry) bool {
			return x.path[0] == t.key && !x.inline && (len(x.path) == 1 || x.dotted)
		})
		if i < 0 {
			break
		}
		e.remove(d, &d.entries[i], t.about)
		d = e.read()
	}
	for e.err == nil {
		i := slices.IndexFunc(d.entries, func(x entry) bool {
			return x.path[0] == t.key && !slices.ContainsFunc(want, func(p trace.Param) bool { return p.Name == x.path[1] })
		})
		if i < 0 {
			break
		}
		e.remove(d, &d.entries[i], "")
		d = e.read()
	}
	for _, name := range paramNames(want) {
		e.putParam(t, name, paramLiteral(want, name))
	}
}

// putParam writes one parameter of a table.
func (e *editor) putParam(t table, name, lit string) {
	d := e.read()
	if at := d.find(t.key, name); at != nil {
		var now []trace.Param
		if setParam(&now, name, at.value) != "" || paramLiteral(now, name) != lit {
			e.replace(at.from, at.end, lit)
		}
		return
	}
	line := keyLiteral(name) + " = " + lit + "\n"
	i := slices.IndexFunc(d.headers, func(h header) bool { return slices.Equal(h.path, []string{t.key}) })
	if i < 0 {
		e.insert(len(e.src), "\n# "+t.about+"\n["+t.key+"]\n"+line)
		return
	}
	place := lineEnd(d.src, d.headers[i].at)
	for _, x := range d.entries {
		if x.path[0] == t.key && x.key > d.headers[i].at {
			place = lineEnd(d.src, x.end)
		}
	}
	e.insert(place, line)
}
