package jwtview

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
)

// maxDisclosures bounds those of one SD-JWT: each is decoded and hashed.
const maxDisclosures = 10_000

// Disclosed is what an SD-JWT discloses beside its claims (RFC 9901 §4).
type Disclosed struct {
	Hash        string       // _sd_alg, sha-256 unless the token names another (§4.1.1)
	Disclosures []Disclosure // in the order received
	Hidden      int          // digests in the token that no disclosure answers: claims kept back, or decoys (§4.2.5)
	KeyBinding  *Token       // the proof that the holder has the key of cnf, nil if there is none (§4.3)
	Check       Check        // sd_hash of the key binding against the rest
}

// A Disclosure is one claim or array element that the holder shows (RFC 9901 §4.2).
type Disclosure struct {
	Raw     string // as received, which is what is hashed
	Salt    string
	Name    string // of the claim, "" for an element of an array
	Value   Value
	Digest  string // base64url of its hash
	Found   bool   // the digest is in the token: the issuer signed it
	Problem string // why it cannot be read
}

// inspectSDJWT reads issuer JWT, disclosures and key binding, which tildes keep apart (RFC 9901 §4).
func inspectSDJWT(text string, most int) (Inspection, bool) {
	first, rest, ok := strings.Cut(text, "~")
	if !ok || !likelyJWT(first) || strings.Count(first, ".") != 2 {
		return Inspection{}, false
	}
	in := Inspection{Shape: ShapeSDJWT, Role: RoleCredential, Token: decode(first, most), Spec: "RFC 9901 §4",
		Reason: "A JWT followed by tildes: an SD-JWT, whose holder chooses which claims to show."}
	parts := strings.Split(rest, "~")
	d := &Disclosed{Hash: "sha-256"}
	if alg, ok := in.Token.Claims.Str("_sd_alg"); ok {
		d.Hash = alg
	}
	d.binding(parts[len(parts)-1], text, most)
	digests := map[string]bool{}
	collectDigests(in.Token.Claims, digests)
	for i, raw := range parts[:len(parts)-1] {
		if i == maxDisclosures {
			in.Token.problem("the disclosures after the first %d were not read", maxDisclosures)
			break
		}
		one := readDisclosure(raw, d.Hash, most)
		collectDigests(one.Value, digests)
		d.Disclosures = append(d.Disclosures, one)
	}
	d.settle(digests)
	in.Disclosed = d
	return in, true
}

// settle says which disclosures the issuer vouches for. Their order is free, and one may contain the digest of another.
func (d *Disclosed) settle(digests map[string]bool) {
	d.Hidden = len(digests)
	for i := range d.Disclosures {
		one := &d.Disclosures[i]
		if one.Digest == "" {
			continue
		}
		fresh, known := digests[one.Digest]
		one.Found = known
		switch {
		case !known:
			one.Problem = "its digest is not in the token: the issuer did not sign it, so it must be rejected (RFC 9901 §7.1)"
		case !fresh:
			one.Problem = "it is there twice (RFC 9901 §7.1)"
		default:
			digests[one.Digest] = false
			d.Hidden--
		}
	}
}

func readDisclosure(raw, alg string, most int) Disclosure {
	one := Disclosure{Raw: raw}
	h := sdHash(alg)
	if h == nil {
		one.Problem = fmt.Sprintf("the hash %q is not known here", clip(alg, 40))
	} else {
		h.Write([]byte(raw))
		one.Digest = base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	}
	b, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil {
		one.Problem = "it is not base64url"
		return one
	}
	v, err := parseJSON(b, most)
	switch {
	case err != nil:
		one.Problem = err.Error()
	case v.Kind != Array || len(v.Elems) < 2 || len(v.Elems) > 3 || v.Elems[0].Kind != String:
		one.Problem = "it is no array of salt, name and value (RFC 9901 §4.2.1)"
	case len(v.Elems) == 3 && (v.Elems[1].Kind != String || v.Elems[1].Text == "_sd" || v.Elems[1].Text == "..."):
		one.Problem = "its name is none that a claim may have (RFC 9901 §4.2.1)"
	default:
		one.Salt, one.Value = v.Elems[0].Text, v.Elems[len(v.Elems)-1]
		if len(v.Elems) == 3 {
			one.Name = v.Elems[1].Text
		}
	}
	return one
}

// sdHash is a hash by its name in the registry of RFC 9901 §4.1.1, nil for one that is not known here.
func sdHash(alg string) hash.Hash {
	switch alg {
	case "sha-256":
		return sha256.New()
	case "sha-384":
		return sha512.New384()
	case "sha-512":
		return sha512.New()
	}
	return nil
}

// collectDigests finds _sd and ... at any depth (RFC 9901 §4.2.4).
func collectDigests(v Value, into map[string]bool) {
	for _, m := range v.Members {
		if m.Name == "_sd" && m.Value.Kind == Array {
			for _, e := range m.Value.Elems {
				into[e.Text] = true
			}
			continue
		}
		if m.Name == "..." && m.Value.Kind == String {
			into[m.Value.Text] = true
		}
		collectDigests(m.Value, into)
	}
	for _, e := range v.Elems {
		collectDigests(e, into)
	}
}

// binding reads the last part, which is empty where no key is bound, and compares its sd_hash (RFC 9901 §4.3.1).
func (d *Disclosed) binding(last, text string, most int) {
	c := Check{ID: "sd_hash", Got: "absent", Spec: "RFC 9901 §4.3.1"}
	if last == "" {
		d.Check = c.skip("There is no key binding: whoever has the SD-JWT can show it.")
		return
	}
	kb := decode(last, most)
	d.KeyBinding = &kb
	h := sdHash(d.Hash)
	got, ok := kb.Claims.Str("sd_hash")
	if h == nil || !ok {
		d.Check = c.fail("The key binding has no sd_hash that can be compared.", "")
		return
	}
	h.Write([]byte(strings.TrimSuffix(text, last)))
	c.Want, c.Got = base64.RawURLEncoding.EncodeToString(h.Sum(nil)), clip(got, 200)
	if c.Got != c.Want {
		d.Check = c.fail("The key binding was made for other disclosures, or a disclosure was added or taken away.", "")
		return
	}
	d.Check = c.pass("The key binding was made for exactly this token and these disclosures.")
}
