package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// decodedJSON is the contract of `authscope decode --json`: one object a token. Its order is that of the output.
type decodedJSON struct {
	Schema      int               `json:"schema"`
	Line        *int              `json:"line"` // null without --lines
	Verdict     Verdict           `json:"verdict"`
	Error       *string           `json:"error"`
	Kind        string            `json:"kind"`
	Format      jwtview.Shape     `json:"format"`
	Name        string            `json:"name"`
	Reason      *string           `json:"reason"`
	Spec        *string           `json:"spec"`
	Provider    *string           `json:"provider"`
	Size        int               `json:"size"`
	Preview     *string           `json:"preview"` // of what is no JWT
	Problems    []string          `json:"problems"`
	Beside      []string          `json:"beside"`
	Header      jwtview.Value     `json:"header"`
	Claims      jwtview.Value     `json:"claims"`
	Payload     *string           `json:"payload"` // null where there are claims
	Encoding    *string           `json:"payload_encoding"`
	Duplicates  []string          `json:"duplicates"`
	IssuedAt    *string           `json:"issued_at"`
	ExpiresAt   *string           `json:"expires_at"`
	AsOf        *string           `json:"as_of"`
	Checks      []jwtview.Check   `json:"checks"`
	Keys        []jwtview.Attempt `json:"keys"`
	Findings    []jwtview.Finding `json:"findings"`
	Signatures  []signatureJSON   `json:"signatures"` // of a JWS in JSON
	Disclosures []disclosureJSON  `json:"disclosures"`
	Hidden      int               `json:"hidden_digests"`
	KeyBinding  *decodedJSON      `json:"key_binding"`
	Advice      *adviceJSON       `json:"advice"`
	Nested      *decodedJSON      `json:"nested"`
}

type signatureJSON struct {
	Header jwtview.Value `json:"header"`
	Check  jwtview.Check `json:"check"`
}

type disclosureJSON struct {
	Name    *string       `json:"name"` // null: an element of an array
	Value   jwtview.Value `json:"value"`
	Digest  string        `json:"digest"`
	Signed  bool          `json:"signed"` // its digest is in the token
	Problem *string       `json:"problem"`
}

type adviceJSON struct {
	Lifetime string `json:"lifetime"`
	Content  string `json:"content"`
	JWT      string `json:"jwt"`
}

// TokenJSON writes the token as one JSON object: indented, or on one line where there are many.
func TokenJSON(w io.Writer, t Token) error {
	doc := decodedOf(t)
	if t.Line == 0 {
		return encode(w, doc)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := w.Write(escape(b.Bytes()))
	return err
}

func decodedOf(t Token) *decodedJSON {
	out := &decodedJSON{Schema: Schema, Verdict: t.Verdict(), Error: text(t.Err), Kind: t.Kind(), Format: t.Shape, Name: t.Name,
		Reason: text(t.Reason), Spec: text(t.Spec), Provider: text(t.Provider), Size: t.Size, Problems: list(t.Problems), Beside: list(t.Beside),
		Header: t.Token.Header, Claims: t.Token.Claims, Duplicates: duplicates(t.Token), IssuedAt: claimTime(t.Token, "iat"),
		ExpiresAt: claimTime(t.Token, "exp"), AsOf: instant(t.demand.Now), Checks: list(t.Checks), Keys: list(t.attempts()), Findings: list(t.Findings),
		Signatures: []signatureJSON{}, Disclosures: []disclosureJSON{}}
	if t.Line > 0 {
		out.Line = &t.Line
	}
	out.Payload, out.Encoding = payloadOf(t)
	if t.isOpaque() {
		out.Preview = text(t.preview())
	}
	for _, s := range t.Signatures {
		out.Signatures = append(out.Signatures, signatureJSON{s.Header, s.Verify(jwtview.Demands{Keys: t.demand.Keys, KeysKnown: t.demand.KeysKnown}, t.demand.Now)[0]})
	}
	if d := t.Disclosed; d != nil {
		out.Hidden = d.Hidden
		for _, one := range d.Disclosures {
			out.Disclosures = append(out.Disclosures, disclosureJSON{text(one.Name), one.Value, one.Digest, one.Found, text(one.Problem)})
		}
	}
	if t.Advice != (jwtview.Advice{}) {
		out.Advice = &adviceJSON{t.Advice.Lifetime, t.Advice.Content, t.Advice.JWT}
	}
	if t.Holder != nil {
		out.KeyBinding = decodedOf(*t.Holder)
	}
	if t.Content != nil {
		out.Nested = decodedOf(*t.Content)
	}
	return out
}

// isOpaque reports that nothing of the token can be shown but its length and first letters.
func (t Token) isOpaque() bool { return t.Token.Header.Kind != jwtview.Object && t.Err == "" }

// preview is the masked token, "" where it had to be taken out of something: that is not its beginning.
func (t Token) preview() string {
	if len(t.Problems) > 0 {
		return ""
	}
	return trace.Mask("token", strings.TrimSpace(t.Token.Raw))
}

// payloadOf is what was signed or encrypted where it is neither claims nor a token, which stands in nested.
func payloadOf(t Token) (payload, encoding *string) {
	b := t.Token.Payload
	if t.Token.Claims.Kind == jwtview.Object || t.Content != nil || len(b) == 0 {
		return nil, nil
	}
	s, e := string(b), "utf-8"
	if !utf8.Valid(b) {
		s, e = base64.StdEncoding.EncodeToString(b), "base64"
	}
	return &s, &e
}

// duplicates names the members that occur twice, those of the header with "header." in front.
func duplicates(t jwtview.Token) []string {
	names := []string{}
	for _, name := range t.Header.Duplicates() {
		names = append(names, "header."+name)
	}
	return append(names, t.Claims.Duplicates()...)
}

func claimTime(t jwtview.Token, claim string) *string {
	at, ok := t.Time(claim)
	if !ok {
		return nil
	}
	return instant(at.Round(time.Millisecond))
}
