package jwtview

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds on input. A token of a real server has some kilobytes, four levels and a few dozen values; the bounds keep one
// made by an attacker from taking the stack or the memory.
const (
	MaxSize   = 4 << 20 // bytes of a token, of a JSON text, of a JWK set
	MaxDepth  = 64      // nested arrays and objects
	MaxValues = 1 << 18 // values in one JSON text
)

// A SyntaxError says where a JSON text stops being one and what was found there.
type SyntaxError struct {
	Offset int    // bytes before the place
	Reason string // what was found and what was expected
}

// Error returns the reason with its offset.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON: %s at offset %d", e.Reason, e.Offset)
}

// ParseJSON reads one JSON text (RFC 8259): all of b, order, duplicates and the digits of numbers kept. Bytes that are
// not UTF-8 stay in Text as received, and a lone surrogate escape such as \ud800 stays as its three-byte form, so that two
// texts that differ never read alike.
func ParseJSON(b []byte) (Value, error) { return parseJSON(b, MaxSize) }

func parseJSON(b []byte, most int) (Value, error) {
	if len(b) > most {
		return Value{}, fmt.Errorf("not read: %d bytes of JSON, more than the %d allowed", len(b), most)
	}
	p := parser{s: string(b)}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	p.space()
	if p.i < len(p.s) {
		return Value{}, p.fail("after the end of the value")
	}
	return v, nil
}

// UnmarshalJSON reads b as [ParseJSON] does.
func (v *Value) UnmarshalJSON(b []byte) error {
	parsed, err := ParseJSON(b)
	if err != nil {
		return err
	}
	*v = parsed
	return nil
}

// A parser reads s from i on. Strings without escapes are slices of s: one allocation holds them all.
type parser struct {
	s      string
	i      int
	values int
}

// fail names what stands at the current offset and where in the grammar that is.
func (p *parser) fail(where string) error {
	found := "the end of the text"
	if p.i < len(p.s) {
		r, n := utf8.DecodeRuneInString(p.s[p.i:])
		switch {
		case r == utf8.RuneError && n == 1:
			found = fmt.Sprintf("byte 0x%02x", p.s[p.i])
		case r == '\ufeff':
			found = "a byte order mark"
		default:
			found = strconv.QuoteRuneToASCII(r)
		}
	}
	return &SyntaxError{p.i, found + " " + where}
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end; a NUL in the text is no valid start of anything either.
func (p *parser) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *parser) value(depth int) (Value, error) {
	if p.values++; p.values > MaxValues {
		return Value{}, &SyntaxError{p.i, fmt.Sprintf("more than %d values", MaxValues)}
	}
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth >= MaxDepth {
			return Value{}, &SyntaxError{p.i, fmt.Sprintf("more than %d nested levels", MaxDepth)}
		}
		p.i++
		if c == '{' {
			return p.object(depth + 1)
		}
		return p.array(depth + 1)
	case c == '"':
		s, err := p.str()
		return Value{Kind: String, Text: s}, err
	case c == '-' || '0' <= c && c <= '9':
		s, err := p.number()
		return Value{Kind: Number, Text: s}, err
	}
	for _, lit := range [...]struct {
		word string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if strings.HasPrefix(p.s[p.i:], lit.word) {
			p.i += len(lit.word)
			return Value{Kind: lit.kind, Text: lit.word}, nil
		}
	}
	return Value{}, p.fail("where a value should start")
}

func (p *parser) object(depth int) (Value, error) {
	v := Value{Kind: Object}
	p.space()
	if p.peek() == '}' {
		p.i++
		return v, nil
	}
	for {
		if p.space(); p.peek() != '"' {
			return Value{}, p.fail("where a member name should start")
		}
		name, err := p.str()
		if err != nil {
			return Value{}, err
		}
		if p.space(); p.peek() != ':' {
			return Value{}, p.fail("where a colon should follow the member name")
		}
		p.i++
		p.space()
		member, err := p.value(depth)
		if err != nil {
			return Value{}, err
		}
		v.Members = append(v.Members, Member{name, member})
		p.space()
		switch p.peek() {
		case ',':
			p.i++
		case '}':
			p.i++
			return v, nil
		default:
			return Value{}, p.fail("where a comma or the end of the object should be")
		}
	}
}

func (p *parser) array(depth int) (Value, error) {
	v := Value{Kind: Array}
	p.space()
	if p.peek() == ']' {
		p.i++
		return v, nil
	}
	for {
		p.space()
		elem, err := p.value(depth)
		if err != nil {
			return Value{}, err
		}
		v.Elems = append(v.Elems, elem)
		p.space()
		switch p.peek() {
		case ',':
			p.i++
		case ']':
			p.i++
			return v, nil
		default:
			return Value{}, p.fail("where a comma or the end of the array should be")
		}
	}
}

// number reads RFC 8259 §6 and returns the literal.
func (p *parser) number() (string, error) {
	start := p.i
	if p.peek() == '-' {
		p.i++
	}
	if p.peek() == '0' {
		p.i++
	} else if !p.digits() {
		return "", p.fail("where a digit should be")
	}
	if p.peek() == '.' {
		p.i++
		if !p.digits() {
			return "", p.fail("where a digit should follow the decimal point")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.i++
		if c := p.peek(); c == '+' || c == '-' {
			p.i++
		}
		if !p.digits() {
			return "", p.fail("where a digit of the exponent should be")
		}
	}
	return p.s[start:p.i], nil
}

func (p *parser) digits() bool {
	start := p.i
	for p.i < len(p.s) && '0' <= p.s[p.i] && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > start
}
