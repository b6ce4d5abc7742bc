package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// SyntaxError says where a file is not what it must be.
type SyntaxError struct {
	File      string
	Line, Col int // from 1; Col counts characters
	Msg       string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// value is a value of TOML, and where it stands.
type value struct {
	kind  unstable.Kind
	text  string // a string's content, the literal of another scalar
	elems []value
	at    int
}

// entry is a key with its value. Its offsets are those of the line's key and value; an entry within an inline table has
// those of the table.
type entry struct {
	path           []string
	key, from, end int
	value          value
	inline, dotted bool
}

// header is a line [a.b]. array means [[a.b]].
type header struct {
	path  []string
	at    int
	array bool
}

// document is a file of TOML: what is in it, and where, so that it can be changed without touching the rest.
type document struct {
	file    string
	src     []byte
	entries []entry
	headers []header
}

// maxDepth is far beyond what a profile needs.
const maxDepth = 20

// maxKeys bounds the keys and tables of a file: each edit goes through all of them.
const maxKeys = 2000

// parse reads TOML 1.0. Nothing in a file makes it panic.
func parse(file string, src []byte) (doc *document, err error) {
	d := &document{file: file, src: src}
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, d.errorAt(0, "it cannot be read as TOML")
		}
	}()
	if i := invalidUTF8(src); i >= 0 {
		return nil, d.errorAt(i, "the file is not UTF-8 text")
	}
	if strings.HasPrefix(string(src), "\ufeff") {
		return nil, d.errorAt(0, "the file begins with a byte order mark: save it as UTF-8 without one")
	}
	p := unstable.Parser{}
	p.Reset(src)
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		if len(d.entries)+len(d.headers) > maxKeys {
			return nil, d.errorAt(int(e.Raw.Offset), fmt.Sprintf("there are more than %d keys before this one", maxKeys))
		}
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			h := header{at: lineStart(src, keyAt(e.Key())), array: e.Kind == unstable.ArrayTable}
			h.path = keys(e.Key())
			table = h.path
			d.headers = append(d.headers, h)
		case unstable.KeyValue:
			if err := d.add(e, table, nil); err != nil {
				return nil, err
			}
		}
	}
	if err := d.failed(&p); err != nil {
		return nil, err
	}
	return d, d.duplicates()
}

// failed turns the parser's error into one with a place.
func (d *document) failed(p *unstable.Parser) error {
	err := p.Error()
	if err == nil {
		return nil
	}
	at := 0
	var pe *unstable.ParserError
	if errors.As(err, &pe) && len(pe.Highlight) > 0 {
		at = int(p.Range(pe.Highlight).Offset)
	}
	return d.errorAt(at, "this is not TOML: "+err.Error())
}

// add takes in a key with its value, and the members of an inline table each for themselves.
func (d *document) add(n *unstable.Node, table []string, outer *entry) error {
	own := keys(n.Key())
	e := entry{path: slices.Concat(table, own), dotted: len(own) > 1, inline: outer != nil}
	if outer != nil {
		e.key, e.from, e.end = outer.key, outer.from, outer.end
	} else {
		e.key, e.end = int(n.Raw.Offset), int(n.Raw.Offset+n.Raw.Length)
		e.from = valueAt(d.src, n)
	}
	if len(e.path) > maxDepth {
		return d.errorAt(keyAt(n.Key()), "it is nested too deep")
	}
	v, err := d.read(n.Value(), keyAt(n.Key()), 0)
	if err != nil {
		return err
	}
	if v.kind == unstable.Array && outer == nil { // the parser does not say where one begins
		v.at = e.from
	}
	e.value = v
	if v.kind != unstable.InlineTable {
		d.entries = append(d.entries, e)
		return nil
	}
	d.entries = append(d.entries, e)
	for c := n.Value().Child(); c != nil; c = c.Next() {
		if c.Kind == unstable.KeyValue {
			if err := d.add(c, e.path, &e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *document) read(n *unstable.Node, at, depth int) (value, error) {
	v := value{kind: n.Kind, text: string(n.Data), at: at}
	if n.Raw.Length > 0 {
		v.at = int(n.Raw.Offset)
	}
	if depth > maxDepth {
		return v, d.errorAt(at, "it is nested too deep")
	}
	if n.Kind == unstable.Array {
		for c := n.Child(); c != nil; c = c.Next() {
			if c.Kind == unstable.Comment {
				continue
			}
			e, err := d.read(c, v.at, depth+1)
			if err != nil {
				return v, err
			}
			v.elems = append(v.elems, e)
		}
	}
	return v, nil
}

// duplicates finds a key or a table that stands twice: which of the two is meant, nobody knows.
func (d *document) duplicates() error {
	const isValue, isTable = 1, 2
	seen := map[string]int{}
	name := func(path []string) string { return strings.Join(path, "\x00") }
	for _, h := range d.headers {
		if h.array {
			seen[name(h.path)] = isTable
			continue
		}
		if seen[name(h.path)] != 0 {
			return d.errorAt(h.at, fmt.Sprintf("[%s] stands twice: put both into one", strings.Join(h.path, ".")))
		}
		seen[name(h.path)] = isTable
	}
	for _, e := range d.entries {
		if d.inArray(e.path) {
			continue // the same keys stand in each element
		}
		what := seen[name(e.path)]
		if what == isValue || what == isTable {
			return d.errorAt(e.key, fmt.Sprintf("%s stands twice: remove one", strings.Join(e.path, ".")))
		}
		seen[name(e.path)] = isValue
		for i := 1; i < len(e.path); i++ {
			if seen[name(e.path[:i])] == isValue && !e.inline {
				return d.errorAt(e.key, fmt.Sprintf("%s is a value already, not a table", strings.Join(e.path[:i], ".")))
			}
		}
	}
	return nil
}

func (d *document) inArray(path []string) bool {
	for _, h := range d.headers {
		if h.array && len(path) > len(h.path) && slices.Equal(h.path, path[:len(h.path)]) {
			return true
		}
	}
	return false
}

// find returns the entry of this path, or nil.
func (d *document) find(path ...string) *entry {
	for i := range d.entries {
		if slices.Equal(d.entries[i].path, path) {
			return &d.entries[i]
		}
	}
	return nil
}

// errorAt makes an error with the line and the column of an offset.
func (d *document) errorAt(at int, msg string) error {
	line, col := position(d.src, at)
	return &SyntaxError{d.file, line, col, msg}
}

func position(src []byte, at int) (line, col int) {
	before := string(src[:min(max(0, at), len(src))])
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

func lineStart(src []byte, at int) int {
	for at > 0 && src[at-1] != '\n' {
		at--
	}
	return at
}

// lineEnd returns the offset after the line break that ends the line of at.
func lineEnd(src []byte, at int) int {
	for at < len(src) {
		at++
		if src[at-1] == '\n' {
			break
		}
	}
	return at
}

func keys(it unstable.Iterator) (path []string) {
	for it.Next() {
		path = append(path, string(it.Node().Data))
	}
	return path
}

func keyAt(it unstable.Iterator) int {
	if !it.Next() {
		return 0
	}
	return int(it.Node().Raw.Offset)
}

// valueAt returns where the value of a line begins: after its last key, the equals sign and blanks.
func valueAt(src []byte, n *unstable.Node) int {
	at := 0
	for it := n.Key(); it.Next(); {
		at = int(it.Node().Raw.Offset + it.Node().Raw.Length)
	}
	for src[at] != '=' {
		at++
	}
	for at++; src[at] == ' ' || src[at] == '\t'; at++ {
	}
	return at
}

func invalidUTF8(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
