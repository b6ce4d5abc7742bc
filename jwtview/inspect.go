package jwtview

import (
	"slices"
	"strings"
)

// An Inspection answers what a thing is: its shape, what it is for, how that is known, and what stands in the way.
type Inspection struct {
	Shape    Shape
	Role     Role
	Name     string   // in words: "ID token, JWT RS256"
	Reason   string   // the sentence that says why it is taken for that
	Spec     string   // where that is written
	Provider string   // who issues tokens that look like this, where the text tells; "" elsewhere
	Problems []string // near misses and oddities, in plain words

	Token      Token      // what was read; of several signatures the first
	Signatures []Token    // of a JWS in JSON: one for each signature
	Disclosed  *Disclosed // of an SD-JWT
	Advice     Advice     // of what is no JWT
	Beside     []string   // names of other tokens in the JSON or the form that this one was taken from
}

// Advice says of an opaque token what a JWT would say itself.
type Advice struct {
	Lifetime string // where its lifetime comes from
	Content  string // where what it stands for can be read
	JWT      string // how to get a JWT instead, or that there is none
}

// Kind is one word for programs: the role where it is known, else the shape.
func (in Inspection) Kind() string {
	if in.Role != RoleUnknown {
		return string(in.Role)
	}
	return string(in.Shape)
}

// Inspect says what a thing is that somebody pasted: a token of any kind, whole or damaged, bare or with what was copied
// along. It never fails, never panics and fetches nothing; what is no JWT is named, not refused. What stood around the token
// is among the Problems and does not count against its signature, as it does in [Decode], which reads what was on the wire.
func Inspect(s string) Inspection { return InspectMax(s, MaxSize) }

// InspectMax is [Inspect] with another bound on the size than [MaxSize].
func InspectMax(s string, most int) Inspection {
	if len(s) > most {
		in := Inspection{Shape: ShapeUnreadable, Token: decode(s, most)}
		in.Problems = in.Token.Problems
		in.Reason = "It is too large to be read; the limit can be raised."
		return in.named()
	}
	p := peel(s)
	in := p.inspect(most)
	in.Token.Raw = s
	in.Beside = p.beside
	in.Problems = slices.Concat(p.outer.Problems, in.Token.Problems)
	in.Token.Problems = in.Problems
	for i := range in.Signatures {
		in.Signatures[i].Raw = s
	}
	if in.Role == RoleUnknown && p.member != "" {
		in.roleOfMember(p.member)
	}
	return in.named()
}

// inspect sorts out the bare text, the most telling shapes first.
func (p peeled) inspect(most int) Inspection {
	text := p.text
	if strings.HasPrefix(text, "{") {
		if in, ok := inspectJSON(text, most); ok {
			return in
		}
	}
	if in, ok := inspectSDJWT(text, most); ok {
		return in
	}
	t := decode(text, most)
	switch t.Format {
	case FormatJWT:
		return inspectJWS(t)
	case FormatJWE:
		in := Inspection{Shape: ShapeJWE, Token: t, Spec: "RFC 7516 §7.1", Reason: "Five parts of which the first is a header with alg and enc: only the holder of the key can read the rest."}
		if mediaType(t.headerString("cty")) == "jwt" {
			in.Reason += " Its cty says that a JWT is inside: a nested JWT (RFC 7519 §5.2)."
		}
		in.Role, _, _ = roleOfType(mediaType(t.Typ()))
		return in
	case FormatEmpty:
		return Inspection{Shape: ShapeEmpty, Token: t, Reason: "There is nothing but white space."}
	case FormatUUID:
		return Inspection{Shape: ShapeUUID, Token: t, Spec: "RFC 9562 §4", Reason: "32 hexadecimal digits in five groups: an id, of a session, a user or a key, and no token by itself.",
			Advice: Advice{Content: "Only who made the id knows what it names.", Lifetime: "An id has none.", JWT: "An id is not exchanged for a JWT."}}
	case FormatAuthgearRefresh:
		return Inspection{Shape: ShapeGrantSecret, Role: RoleRefreshToken, Provider: "Authgear", Token: t, Spec: authgear, Advice: grantAdvice,
			Reason: "A UUID, a dot and 32 letters and digits: a refresh token of Authgear. The UUID is the offline grant, the one in the sid of the ID token."}
	}
	return inspectOpaque(t)
}

// inspectJWS names the kinds of a compact JWS.
func inspectJWS(t Token) Inspection {
	in := Inspection{Shape: ShapeJWT, Token: t, Spec: "RFC 7519 §3", Reason: "Three parts of which the first is a JSON header: a signed JWT."}
	parts := strings.Count(t.text, ".") + 1
	switch {
	case isNone(t.Alg()):
		in.Shape, in.Spec, in.Reason = ShapeUnsecured, "RFC 7519 §6", "The header says alg none: there is no signature, anybody can have written it."
	case parts == 3 && len(t.Payload) == 0 && t.Payload != nil && len(t.Signature) > 0:
		in.Shape, in.Spec = ShapeDetached, "RFC 7515 appendix F"
		in.Reason = "The part in the middle is empty: the payload travels apart, in a body for example, and is needed to verify the signature."
		return in
	case mediaType(t.headerString("cty")) == "jwt" || t.Claims.Kind != Object && likelyJWT(string(t.Payload)):
		in.Shape, in.Spec, in.Reason = ShapeNested, "RFC 7519 §5.2", "What is signed is a JWT itself: the claims are in the inner one."
		return in
	case t.Payload != nil && t.Claims.Kind != Object && parts == 3:
		in.Shape, in.Spec, in.Reason = ShapeJWS, "RFC 7515 §7.1", "A JWS over a payload that is no JSON object: signed data of some other kind, without claims."
		return in
	case parts < 3:
		in.Reason = "The first part is a JSON header with an alg: a JWT of which the end is missing."
	}
	if role, why, spec := t.role(); role != RoleUnknown {
		in.Role, in.Reason, in.Spec = role, why, spec
	}
	return in
}

// Inner inspects the JWT in a nested one (RFC 7519 §5.2). Of a JWE it is what [Token.Decrypt] returns that is to be inspected.
func (in Inspection) Inner() (Inspection, bool) {
	if in.Shape != ShapeNested {
		return Inspection{}, false
	}
	return InspectMax(string(in.Token.Payload), max(in.Token.max, MaxSize)), true
}

// named writes the Name from the rest.
func (in Inspection) named() Inspection {
	what := in.Shape.String()
	if alg := in.Token.Alg(); alg != "" && in.Shape != ShapeUnsecured && in.Shape != ShapeUnreadable {
		what += " " + clip(alg, 40)
	}
	if in.Role != RoleUnknown && in.Shape != ShapeGrantSecret {
		what = in.Role.String() + ", " + what
	}
	if in.Provider != "" && in.Shape != ShapeGrantSecret {
		what += " of " + in.Provider
	}
	in.Name = what
	return in
}
