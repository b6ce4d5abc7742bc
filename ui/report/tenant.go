package report

import (
	"io"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Tenant is what a tenant publishes of itself, with what is to be said of it.
type Tenant struct {
	*story.Tenant
	Findings []diagnose.Finding
	Earlier  []story.Attempt // addresses that were asked before, for other issuers that were possible
	Asked    string          // what the person named it by; "" is the issuer
	Embedded string          // what there is to say of the embedded tenant; "" for another
	Now      time.Time
}

// ReadTenant reads events of [flow.Look], as of the last of them, with findings read by d.
func ReadTenant(d diagnose.Reader, events []trace.Event) Tenant {
	s := story.Read(events)
	now := s.End()
	return Tenant{Tenant: s.Tenant(), Findings: d.Tenant(s, now), Now: now}
}

// TenantVerdict says how a tenant stands. It is part of the JSON contract.
type TenantVerdict string

// The verdicts.
const (
	TenantFine    TenantVerdict = "fine"    // nothing of it is an error
	TenantErrors  TenantVerdict = "errors"  // something is
	TenantUnknown TenantVerdict = "unknown" // its metadata could not be read
)

// Verdict says how the tenant stands.
func (t Tenant) Verdict() TenantVerdict {
	if !t.Known() {
		return TenantUnknown
	}
	for _, f := range t.Findings {
		if f.Severity == jwtview.Error {
			return TenantErrors
		}
	}
	return TenantFine
}

// attempts are all addresses that were asked.
func (t Tenant) attempts() []story.Attempt {
	return append(t.Earlier[:len(t.Earlier):len(t.Earlier)], t.Attempts...)
}

// TenantJSON writes a tenant as one JSON object, the contract of `authscope tenant --json`.
func TenantJSON(w io.Writer, t Tenant) error { return encode(w, tenantDocument(t)) }

// tenantSheetJSON is the contract. Its order is that of the output.
type tenantSheetJSON struct {
	Schema      int                 `json:"schema"`
	Verdict     TenantVerdict       `json:"verdict"`
	Issuer      string              `json:"issuer"` // that was asked
	Named       *string             `json:"named"`  // by the metadata
	Provider    *string             `json:"provider"`
	AsOf        *string             `json:"as_of"`
	Documents   []documentJSON      `json:"documents"`
	Members     []memberJSON        `json:"members"`
	More        int                 `json:"members_more"`
	Differences []docDifferenceJSON `json:"differences"`
	Tried       []attemptJSON       `json:"tried"`
	Keys        *keySetJSON         `json:"keys"` // null: they did not come
	Abilities   []abilityJSON       `json:"abilities"`
	Findings    []findingJSON       `json:"findings"`
}

type documentJSON struct {
	Place     story.Place `json:"place"`
	URL       string      `json:"url"`
	Identical bool        `json:"identical"` // byte by byte the first one
	Same      int         `json:"same_members"`
}

type memberJSON struct {
	Name    string         `json:"name"`
	Group   metadata.Group `json:"group"`
	Order   *int           `json:"order"` // null: absent
	Value   *jwtview.Value `json:"value"` // null: absent
	Default *string        `json:"default"`
	Meaning *string        `json:"meaning"`
	Spec    *string        `json:"spec"`
	Type    *string        `json:"type"`
	Own     *string        `json:"own"` // whose own it is
	Repeats bool           `json:"repeats"`
	ByHand  bool           `json:"by_hand"`
	Near    *string        `json:"near"`
	Problem *string        `json:"problem"`

	Signature *string `json:"signature"` // of signed_metadata: what became of verifying it
}

type docDifferenceJSON struct {
	Document int            `json:"document"` // index in documents; the other is the first
	Name     string         `json:"name"`
	A        *jwtview.Value `json:"a"`
	B        *jwtview.Value `json:"b"`
	Note     *string        `json:"note"`
}

type attemptJSON struct {
	Place    story.Place  `json:"place"`
	URL      string       `json:"url"`
	Status   *int         `json:"status"` // null: no answer
	Result   string       `json:"result"`
	Used     bool         `json:"used"`
	Duration millis       `json:"duration_ms"`
	Cert     *certSumJSON `json:"certificate"` // of the server, where TLS was spoken
}

type certSumJSON struct {
	Subject    string  `json:"subject"`
	Issuer     string  `json:"issuer"`
	NotBefore  *string `json:"not_before"`
	NotAfter   *string `json:"not_after"`
	Thumbprint string  `json:"x5t_s256"`
	SelfSigned bool    `json:"self_signed"`
}

type keySetJSON struct {
	URL      string       `json:"url"`
	At       *string      `json:"fetched_at"`
	Age      *seconds     `json:"age_s"`
	FreshFor *seconds     `json:"fresh_for_s"`
	Changed  *string      `json:"changed_at"`
	Keys     []jwkSumJSON `json:"keys"`
	More     int          `json:"more"`
}

type jwkSumJSON struct {
	N       int          `json:"n"`
	Kid     *string      `json:"kid"`
	Type    *string      `json:"kty"`
	Alg     *string      `json:"alg"`
	Use     *string      `json:"use"`
	Ops     []string     `json:"key_ops"`
	Curve   *string      `json:"crv"`
	Bits    *int         `json:"bits"`
	Print   *string      `json:"thumbprint"`
	Since   *string      `json:"since"`
	From    *string      `json:"since_from"`
	Cert    *certSumJSON `json:"certificate"`
	Chain   int          `json:"certificates"`
	CertErr *string      `json:"certificate_error"`
	Private []string     `json:"private_members"`
	Secret  bool         `json:"symmetric"`
	Problem *string      `json:"problem"`
}

type abilityJSON struct {
	ID     string       `json:"id"`
	Title  string       `json:"title"`
	Answer story.Saying `json:"answer"`
	Text   string       `json:"text"`
	From   []string     `json:"members"`
	Spec   string       `json:"spec"`
}
