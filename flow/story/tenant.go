package story

import (
	"bytes"
	"net/url"
	"strings"

	"authscope/flow/metadata"
	"authscope/jwtview"
)

// Bounds of what is read of a tenant. What is beyond them is counted.
const (
	maxDocuments = 8
	maxMembers   = 1000
	maxKeys      = 500
	maxAttempts  = 100
)

// Tenant is all that a tenant says of itself: what it says, not what is true.
type Tenant struct {
	Issuer      string      // that was asked; "" if that is not known
	Attempts    []Attempt   // every address that was asked, in order
	Documents   []*Document // that came, the one that a login goes by first
	Members     []Member    // of that one: as received, then what is absent and worth telling
	More        int         // members beyond those that are read
	Differences []DocumentDifference
	KeySet      *KeySet // nil until it came
	Abilities   []Ability

	metadata *Metadata
}

// Place is where a document stands, seen from its issuer.
type Place string

// The places of metadata (OpenID Connect Discovery 1.0 §4, RFC 8414 §3). Those that are not by the book are met all the same.
const (
	PlaceOIDC         Place = "OpenID Connect"
	PlaceOAuth        Place = "RFC 8414"
	PlaceOIDCInserted Place = "OpenID Connect, between host and path"
	PlaceOAuthAppend  Place = "RFC 8414, behind the path"
	PlaceKeys         Place = "JWK set"
	PlaceElsewhere    Place = "elsewhere" // behind a redirect
)

// Attempt is one address that was asked for metadata or keys.
type Attempt struct {
	Place  Place
	URL    string
	Call   *Call
	Used   bool   // a document, or the keys, came of it
	Result string // what came, in a few words
}

// Document is one document of metadata.
type Document struct {
	Place     Place
	Call      *Call
	Identical bool // byte by byte the first one
	Same      int  // members that are the same in the first one
}

// DocumentDifference is a member that two documents of one tenant have differently. A nil side does not have it.
type DocumentDifference struct {
	Name string
	Doc  int // index in Documents; the other is the first
	A, B *jwtview.Value
	Note string
}

// Member is one member of metadata, received or absent.
type Member struct {
	metadata.Member
	Order   int           // in the document, from 1; 0 if it is absent
	Value   jwtview.Value // as received
	Repeats bool          // the same name stands before
	ByHand  bool          // the person gave another, which is used
	Own     string        // the product that the member, or a value in it, is of
	Near    string        // the name that an unknown one may be meant for
	Problem string        // what is wrong with the value; "" if nothing is seen

	Signature string // of signed_metadata: what it is worth
}

// Absent reports whether the document does not have the member.
func (m *Member) Absent() bool { return m.Order == 0 }

// Known reports whether the member is registered, or known to be a product's.
func (m *Member) Known() bool { return m.Group != metadata.Unknown }

// Odd reports whether something about the member is to be looked at.
func (m *Member) Odd() bool { return m.Repeats || m.Near != "" || m.Problem != "" }

// Notes says what is odd about the member, or whose own it is; "" if there is nothing to say.
func (m *Member) Notes() string {
	var notes []string
	note := func(there bool, text string) {
		if there {
			notes = append(notes, text)
		}
	}
	note(m.Repeats, "once more: readers disagree about which one counts")
	note(!m.Known(), "unknown: in no registry known here")
	note(m.Near != "", "may be meant for "+m.Near)
	note(m.Problem != "", m.Problem)
	note(m.Signature != "" && m.Signature != m.Problem, m.Signature)
	note(m.ByHand, "another was given by hand, and is used")
	note(m.Product != "", m.Product+"'s own")
	note(m.Product == "" && m.Own != "", "some of it is "+m.Own+"'s own")
	return strings.Join(notes, "; ")
}

// ofTenant reports whether a call is for what a tenant says of itself.
func (c *Call) ofTenant() bool {
	return c.Class == Discovery || c.Class == OtherMetadata || c.Class == JWKS
}

// Tenant returns what the tenant says of itself, as far as it was asked. It is read anew only when something in it has
// changed.
func (s *Story) Tenant() *Tenant {
	if s.tenant == nil {
		s.tenant = s.readTenant()
	}
	return s.tenant
}

func (s *Story) readTenant() *Tenant {
	t := &Tenant{Issuer: s.settings.Issuer, metadata: s.metadata}
	for _, c := range s.calls {
		if c.ofTenant() && len(t.Attempts) < maxAttempts {
			t.Attempts = append(t.Attempts, s.attempt(c))
		}
	}
	for i, c := range s.documents {
		d := &Document{Place: placeOf(c), Call: c, Identical: i == 0 || bytes.Equal(c.Response.Body, s.documents[0].Response.Body)}
		t.Documents = append(t.Documents, d)
		if i > 0 {
			t.differences(i, s.documents[0].Response.JSON, c.Response.JSON)
		}
	}
	if len(s.documents) > 0 {
		t.members(s.documents[0].Response.JSON)
	}
	if s.keySet != nil {
		t.KeySet = readKeySet(s.keySet, s.keys)
	}
	if len(t.Documents) > 0 {
		t.signed(s)
		t.Abilities = abilities(t)
	}
	return t
}

// Known reports whether the tenant's metadata came.
func (t *Tenant) Known() bool { return len(t.Documents) > 0 }

// Provider is the name of the software where the metadata tells it, else "".
func (t *Tenant) Provider() string {
	if t.metadata.IsAuthgear() {
		return "Authgear"
	}
	return ""
}

// Named returns the issuer that the metadata names, or "".
func (t *Tenant) Named() string { return t.text("issuer") }

// member returns the first member received of this name, or nil.
func (t *Tenant) member(name string) *Member {
	for i := range t.Members {
		if m := &t.Members[i]; m.Name == name && !m.Absent() {
			return m
		}
	}
	return nil
}

// Member returns a member, received or absent, or nil where nothing is told of it.
func (t *Tenant) Member(name string) *Member {
	for i := range t.Members {
		if t.Members[i].Name == name {
			return &t.Members[i]
		}
	}
	return nil
}

func (t *Tenant) text(name string) string {
	if m := t.member(name); m != nil && m.Value.Kind == jwtview.String {
		return m.Value.Text
	}
	return ""
}

// list returns the strings of a member, and whether it is there as a list.
func (t *Tenant) list(name string) ([]string, bool) {
	m := t.member(name)
	if m == nil || m.Value.Kind != jwtview.Array {
		return nil, false
	}
	var out []string
	for _, e := range m.Value.Elems {
		if e.Kind == jwtview.String {
			out = append(out, e.Text)
		}
	}
	return out, true
}

func (t *Tenant) is(name string) bool {
	m := t.member(name)
	return m != nil && m.Value.Kind == jwtview.Bool && m.Value.Text == "true"
}

// wellKnown returns which of the two documents a path is of: openid-configuration, oauth-authorization-server, or "".
func wellKnown(path string) string {
	before, after, found := strings.Cut(path, "/.well-known/")
	name, rest, _ := strings.Cut(after, "/")
	switch {
	case !found:
	case name == "oauth-authorization-server":
		return name
	case name == "openid-configuration" && (rest == "" || before == "" && !strings.HasPrefix(rest, "jwks")): // IdentityServer's keys are at …/jwks
		return name
	}
	return ""
}

// placeOf says where a call looked.
func placeOf(c *Call) Place {
	if c.Class == JWKS {
		return PlaceKeys
	}
	u, err := url.Parse(c.Request.URL)
	if err != nil {
		return PlaceElsewhere
	}
	before, after, _ := strings.Cut(u.Path, "/.well-known/")
	name, rest, _ := strings.Cut(after, "/")
	switch {
	case name == "openid-configuration" && rest == "":
		return PlaceOIDC
	case name == "openid-configuration":
		return PlaceOIDCInserted
	case name == "oauth-authorization-server" && before == "":
		return PlaceOAuth
	case name == "oauth-authorization-server":
		return PlaceOAuthAppend
	}
	return PlaceElsewhere
}
