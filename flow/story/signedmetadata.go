package story

import (
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// signedMetadata is the member of metadata that holds them once more, as a JWT (RFC 8414 §2.1).
const signedMetadata = "signed_metadata"

// signed says of the first document and of the others what their signed metadata are worth.
func (t *Tenant) signed(s *Story) {
	if m := t.member(signedMetadata); m != nil && m.Value.Kind == jwtview.String {
		said, bad := s.readSignedMetadata(m.Value.Text, t.Documents[0])
		if m.Signature = said; bad {
			m.Problem = said
		}
	}
	for i := range t.Differences {
		d := &t.Differences[i]
		if d.Name == signedMetadata && d.B != nil && d.B.Kind == jwtview.String {
			d.Note, _ = s.readSignedMetadata(d.B.Text, t.Documents[d.Doc])
		}
	}
}

// readSignedMetadata verifies signed metadata, and holds what they say against the document that they stand in.
func (s *Story) readSignedMetadata(text string, doc *Document) (said string, bad bool) {
	t := jwtview.Decode(text)
	switch {
	case t.Format != jwtview.FormatJWT:
		return "it is no signed JWT, but " + t.Describe(), true
	case trace.AliasOf(text) != "":
		return s.differs("not verified: the signature was taken out when the session was saved", t, doc)
	case !s.keysKnown:
		return s.differs("not verified: the tenant's keys have not been asked for", t, doc)
	}
	c := t.CheckSignature(s.keys)
	if c.Status != jwtview.Passed {
		return "not verified. " + c.Detail, true
	}
	if _, there := t.Claims.Get("iss"); !there {
		return "it lacks iss, which says who vouches for it (RFC 8414 §2.1)", true
	}
	return s.differs("verified with the keys of jwks_uri, which stands in the same document", t, doc)
}

// differs adds what the JWT says otherwise than the document. What is signed wins, for whoever reads it; most libraries do not.
func (s *Story) differs(said string, t jwtview.Token, doc *Document) (string, bool) {
	var names []string
	for _, m := range t.Claims.Members[:min(len(t.Claims.Members), maxMembers)] {
		plain, there := doc.Call.Response.JSON.Get(m.Name)
		if there && m.Name != signedMetadata && plain.String() != m.Value.String() {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return said, false
	}
	return said + "; it says otherwise than the document: " + clip(strings.Join(names, ", "), 200), true
}
