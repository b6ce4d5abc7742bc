package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// TokenOptions say how tokens are printed for people.
type TokenOptions struct {
	Width int          // in cells, 0 is 100
	Theme *theme.Theme // nil for no colour
}

// TokenText writes the token for people: what it is, what it says, whether it holds, what is wrong with it. The signature and
// the token itself are not repeated.
func TokenText(w io.Writer, t Token, o TokenOptions) error {
	s := newSheet(o)
	s.token(t, "")
	s.blank()
	s.verdict(t)
	_, err := io.WriteString(w, s.b.String())
	return err
}

// token writes a token, or one in it; part then says which.
func (s *sheet) token(t Token, part string) {
	s.line(0, span{s.th.Dim, part}, span{s.th.Strong, t.Name})
	s.about(t)
	s.members("header", "header parameters", t.Token.ExplainHeader(t.demand.Now))
	s.members("claims", "claims", t.Token.ExplainClaims(t.demand.Now))
	s.payload(t)
	s.disclosures(t)
	s.advice(t)
	s.checks(t)
	s.keys(t)
	s.findings(t.Findings)
	if t.Content != nil {
		s.blank()
		s.token(*t.Content, "inside: ")
	}
	if t.Holder != nil {
		s.blank()
		s.token(*t.Holder, "key binding: ")
	}
}

// about says why the token is taken for what it is, and what stood in the way.
func (s *sheet) about(t Token) {
	s.para(2, span{}, 0, s.th.Dim, join(" ", t.Reason, bracketed(t.Spec)))
	if p := t.preview(); t.isOpaque() && p != "" {
		s.para(2, span{}, 0, s.th.Text, fmt.Sprintf("%d characters, %s", utf8.RuneCountInString(strings.TrimSpace(t.Token.Raw)), p))
	}
	for _, p := range t.Problems {
		s.para(2, span{s.th.Warn, "!"}, 2, s.th.Text, p)
	}
	if len(t.Beside) > 0 {
		s.para(2, span{s.th.Dim, "·"}, 2, s.th.Text, "Beside it, and not read here: "+strings.Join(t.Beside, ", ")+". Each is read by itself, without what is around it.")
	}
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// members writes header or claims, each member with what it is.
func (s *sheet) members(title, plural string, lines []jwtview.Line) {
	if len(lines) == 0 {
		return
	}
	s.title(title, "")
	var rows []row
	for _, l := range lines[:min(len(lines), maxRows)] {
		r := row{name: safe.Cut(safe.Line(l.Name), s.width-6), meaning: l.Meaning, note: span{s.th.Text, l.Note}, value: s.value(l.Value)}
		if l.Repeats {
			r.mark, r.meaning = span{s.th.Warn, "!"}, join("; ", "once more: readers disagree about which one counts", l.Meaning)
		}
		rows = append(rows, r)
	}
	s.rows(0, rows)
	if n := len(lines) - len(rows); n > 0 {
		s.line(2, span{s.th.Dim, fmt.Sprintf("… %d more %s: --json has them all", n, plural)})
	}
}

// value writes a value in as few lines as are honest: what is long is folded, and says so.
func (s *sheet) value(v jwtview.Value) []string {
	room := s.width - s.nameRoom() - 6
	whole := v.String()
	if v.Kind == jwtview.String {
		whole = plainString(v.Text)
	}
	if short := head(whole, room*maxLines); len(short) == len(whole) {
		if lines := safe.Wrap(safe.Line(whole), room); len(lines) <= maxLines {
			return lines
		}
	}
	if v.Kind == jwtview.Object || v.Kind == jwtview.Array {
		return s.tree(v, room)
	}
	lines := safe.Wrap(safe.Line(head(whole, room*maxLines)), room)
	lines = lines[:min(len(lines), maxLines)]
	return append(lines, fmt.Sprintf("… %d characters in all: --claim or --json has them", utf8.RuneCountInString(whole)))
}

// head is the beginning of a long text: at most n characters.
func head(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// plainString writes a string without its quotes, unless it would then look like a number, a word of JSON or nothing.
func plainString(s string) string {
	if v, err := jwtview.ParseJSON([]byte(head(s, 80))); err == nil && v.Kind != jwtview.String || s == "" || strings.TrimSpace(s) != s {
		return jwtview.Value{Kind: jwtview.String, Text: s}.String()
	}
	return s
}

// tree writes the members of a large value, one a line.
func (s *sheet) tree(v jwtview.Value, room int) (lines []string) {
	n := len(v.Members) + len(v.Elems)
	for _, m := range v.Members[:min(len(v.Members), maxMembers)] {
		lines = append(lines, safe.Cut(safe.Line(head(m.Name, room)+"  "+head(m.Value.String(), room)), room))
	}
	for _, e := range v.Elems[:min(len(v.Elems), maxMembers)] {
		lines = append(lines, safe.Cut(safe.Line(head(e.String(), room)), room))
	}
	if n > maxMembers {
		lines = append(lines, fmt.Sprintf("… %d in all: --claim or --json has them", n))
	}
	return lines
}

// payload shows what was signed where it is no claims and no token.
func (s *sheet) payload(t Token) {
	b := t.Token.Payload
	if p, encoding := payloadOf(t); p != nil {
		s.title("payload", fmt.Sprintf("%d bytes", len(b)))
		if *encoding != "utf-8" {
			s.line(2, span{s.th.Dim, "not text: --json has it in base64"})
			return
		}
		for _, l := range s.value(jwtview.Value{Kind: jwtview.String, Text: *p}) {
			s.line(2, span{s.th.Text, l})
		}
	}
}

// disclosures lists what an SD-JWT discloses, and counts what it keeps back.
func (s *sheet) disclosures(t Token) {
	d := t.Disclosed
	if d == nil {
		return
	}
	s.title("disclosures", fmt.Sprintf("hashed with %s", d.Hash))
	var rows []row
	for _, one := range d.Disclosures[:min(len(d.Disclosures), maxRows)] {
		r := row{mark: span{s.th.OK, theme.Passed}, name: orText(one.Name, "(element)"), value: s.value(one.Value), meaning: "its digest is in the token"}
		if !one.Found {
			r.mark, r.meaning = span{s.th.Bad, theme.Failed}, "its digest is not in the token: the issuer did not sign it"
		}
		if one.Problem != "" {
			r.mark, r.meaning = span{s.th.Bad, theme.Failed}, one.Problem
		}
		rows = append(rows, r)
	}
	s.rows(2, rows)
	if d.Hidden > 0 {
		s.para(2, span{}, 0, s.th.Dim, fmt.Sprintf("%s in the token without a disclosure: claims kept back, or decoys.", plural(d.Hidden, "digest")))
	}
}

// advice says of an opaque token what a JWT would say itself.
func (s *sheet) advice(t Token) {
	if t.Advice == (jwtview.Advice{}) {
		return
	}
	s.blank()
	const label = 10
	s.para(2, span{s.th.Dim, "lifetime"}, label, s.th.Text, t.Advice.Lifetime)
	s.para(2, span{s.th.Dim, "content"}, label, s.th.Text, t.Advice.Content)
	s.para(2, span{s.th.Dim, "a JWT"}, label, s.th.Text, t.Advice.JWT)
}
