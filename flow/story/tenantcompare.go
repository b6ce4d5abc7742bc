package story

import (
	"slices"
	"strings"

	"authscope/flow/metadata"
	"authscope/jwtview"
)

// TenantComparison lays what two tenants publish side by side.
type TenantComparison struct {
	A, B      *Tenant
	Abilities []AbilityPair // that are answered differently
	Members   []MemberPair  // that differ, in the order of the groups
	Keys      KeysPair
	Same      []string // members that are the same
	Below     []string // members that are the same but for the issuer, below which they stand
}

// AbilityPair is an ability that two tenants answer differently for.
type AbilityPair struct{ A, B Ability }

// MemberPair is a member that two tenants have differently. A nil side does not have it.
type MemberPair struct {
	metadata.Member
	A, B *Member
	Note string
}

// KeysPair is what two tenants sign with: "RSA 2048 bits, RS256, sig" for each key.
type KeysPair struct {
	A, B   []string
	Same   bool // the same kinds of keys
	Shared int  // keys that both publish, by their thumbprints
}

// CompareTenants compares what two tenants publish, by name. What is the same below each one's issuer is no difference.
func CompareTenants(a, b *Tenant) TenantComparison {
	c := TenantComparison{A: a, B: b, Keys: compareKeys(a.KeySet, b.KeySet)}
	for i := range a.Abilities {
		for j := range b.Abilities {
			x, y := a.Abilities[i], b.Abilities[j]
			if x.ID == y.ID && x.Answer != y.Answer {
				c.Abilities = append(c.Abilities, AbilityPair{x, y})
			}
		}
	}
	in := func(t *Tenant) map[string]*Member {
		m := map[string]*Member{}
		for i := range t.Members {
			if x := &t.Members[i]; !x.Absent() && m[x.Name] == nil {
				m[x.Name] = x
			}
		}
		return m
	}
	x, y := in(a), in(b)
	for _, g := range metadata.Groups {
		for _, m := range a.Members {
			if m.Group == g && !m.Repeats && !m.Absent() {
				c.member(m.Member, x[m.Name], y[m.Name])
			}
		}
		for _, m := range b.Members {
			if m.Group == g && !m.Repeats && !m.Absent() && x[m.Name] == nil {
				c.member(m.Member, nil, y[m.Name])
			}
		}
	}
	return c
}

func (c *TenantComparison) member(m metadata.Member, a, b *Member) {
	p := MemberPair{Member: m, A: a, B: b}
	switch {
	case a == nil && isDefault(b), b == nil && isDefault(a):
		c.Same = append(c.Same, m.Name)
		return
	case a == nil || b == nil:
	case a.Value.String() == b.Value.String():
		c.Same = append(c.Same, m.Name)
		return
	default:
		if p.Note = differenceNote(&a.Value, &b.Value); p.Note == "the same in another order" {
			c.Same = append(c.Same, m.Name)
			return
		}
		if below(a.Value, c.A.Named()) == below(b.Value, c.B.Named()) && m.Name != "issuer" {
			c.Below = append(c.Below, m.Name)
			return
		}
	}
	c.Members = append(c.Members, p)
}

// isDefault reports whether a member says no more than its absence does.
func isDefault(m *Member) bool {
	text := m.Value.Text
	if list, ok := words(m.Value); ok {
		text = strings.ReplaceAll(list, " ", ", ")
	}
	return m.Default != "" && text == m.Default
}

// below writes a value as seen from its issuer.
func below(v jwtview.Value, issuer string) string {
	issuer = strings.TrimSuffix(issuer, "/")
	if issuer == "" {
		return v.String()
	}
	return strings.ReplaceAll(v.String(), issuer, "{issuer}")
}

func compareKeys(a, b *KeySet) KeysPair {
	p := KeysPair{A: a.kinds(), B: b.kinds()}
	p.Same = slices.Equal(slices.Sorted(slices.Values(p.A)), slices.Sorted(slices.Values(p.B)))
	if a == nil || b == nil {
		return p
	}
	prints := map[string]bool{}
	for _, k := range a.Keys {
		prints[k.Print] = k.Print != ""
	}
	for _, k := range b.Keys {
		if prints[k.Print] {
			p.Shared++
		}
	}
	return p
}

// kinds says what each key is.
func (s *KeySet) kinds() (out []string) {
	if s == nil {
		return nil
	}
	for i := range s.Keys {
		out = append(out, s.Keys[i].Kind())
	}
	return out
}

// Kind says what the key is and what for: "RSA 2048 bits, RS256, sig".
func (k *PublishedKey) Kind() string {
	out := k.Describe()
	if k.Public == nil && k.Curve != "" {
		out += " " + clip(k.Curve, 40)
	}
	for _, s := range []string{k.Alg, k.Use} {
		if s != "" {
			out += ", " + clip(s, 40)
		}
	}
	return orElse(out, "no key")
}
