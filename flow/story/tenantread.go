package story

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"authscope/flow/metadata"
	"authscope/jwtview"
)

// attempt says what came of asking one address.
func (s *Story) attempt(c *Call) Attempt {
	a := Attempt{Place: placeOf(c), URL: c.Request.URL, Call: c, Used: slices.Contains(s.documents, c) || s.keySet == c}
	r := c.Response
	switch {
	case c.State == Held:
		a.Result = "not sent yet"
	case r == nil && c.Err != "":
		a.Result = orElse(noAnswer[c.ErrClass], "no answer") + ": " + c.Err
	case r == nil:
		a.Result = "no answer yet"
	case c.State != Answered:
		a.Result = "the answer has begun"
	case a.Used && c.Class == JWKS:
		a.Result = "the keys"
	case a.Used:
		a.Result = "metadata"
	case r.Err != "":
		a.Result = fmt.Sprintf("cut off after %d bytes: %s", len(r.Body), r.Err)
	case r.Cut:
		a.Result = fmt.Sprintf("longer than the %d bytes that are read", len(r.Body))
	case r.Status/100 == 3:
		a.Result = "a redirect to " + orElse(bareURL(r.Header.Get("Location")), "nowhere")
	case len(r.Body) == 0:
		a.Result = "an empty body"
	case r.IsJSON && c.OK():
		a.Result = "JSON, but no " + map[bool]string{true: "JWK set", false: "metadata"}[c.Class == JWKS]
	case r.IsJSON:
		a.Result = "an error, as JSON"
	default:
		a.Result = strings.TrimSuffix(orElse(r.MediaType(), "no content type")+": "+Excerpt(r.Body), ": ")
	}
	return a
}

// bareURL is a URL without what may be a secret in it.
func bareURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	u.RawQuery, u.Fragment, u.RawFragment, u.User = "", "", "", nil
	return u.String()
}

// members reads the document that is used, and adds what is absent and worth telling.
func (t *Tenant) members(v jwtview.Value) {
	seen := make(map[string]bool, len(v.Members))
	for i := range v.Members {
		if i == maxMembers {
			t.More = len(v.Members) - i
			break
		}
		x := &v.Members[i]
		known, _ := metadata.Lookup(x.Name)
		m := Member{Member: known, Order: i + 1, Value: x.Value, Repeats: seen[x.Name], ByHand: t.metadata.IsByHand(x.Name), Own: known.Product}
		seen[x.Name] = true
		if !m.Known() {
			m.Near = metadata.Near(x.Name)
		}
		m.own()
		m.Problem = m.problem()
		t.Members = append(t.Members, m)
	}
	for _, known := range metadata.Members {
		if metadata.Usual(known.Name) && !seen[known.Name] {
			t.Members = append(t.Members, Member{Member: known, ByHand: t.metadata.IsByHand(known.Name)})
		}
	}
}

// own notes whose own a member is, by its values.
func (m *Member) own() {
	for _, e := range m.Value.Elems[:min(len(m.Value.Elems), 100)] {
		if p := metadata.OwnOf(e.Text); p != "" && m.Own == "" {
			m.Own = p
		}
	}
}

// problem holds the value against the type that the member has.
func (m *Member) problem() string {
	v := m.Value
	want := map[metadata.Kind]jwtview.Kind{metadata.Text: jwtview.String, metadata.URL: jwtview.String, metadata.List: jwtview.Array, metadata.Bool: jwtview.Bool,
		metadata.Number: jwtview.Number, metadata.Object: jwtview.Object}
	switch {
	case m.Kind == metadata.Any:
		return ""
	case v.Kind == jwtview.Null:
		return "null: a member that does not apply is left out (RFC 8414 §3.2)"
	case v.Kind != want[m.Kind]:
		return articled(v.Kind.String()) + ", and it is specified as " + articled(string(m.Kind))
	case m.Kind == metadata.List && slices.ContainsFunc(v.Elems, func(e jwtview.Value) bool { return e.Kind != jwtview.String }):
		return "not all of its elements are strings"
	case m.Kind == metadata.List && len(v.Elems) == 0:
		return "an empty array: such a member is left out (RFC 8414 §3.2)"
	case m.Kind == metadata.URL && !isAbsolute(v.Text):
		return "no absolute URL"
	}
	return ""
}

func isAbsolute(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// articled puts a or an before a noun.
func articled(noun string) string {
	if strings.ContainsAny(noun[:1], "aeio") { // a URL
		return "an " + noun
	}
	return "a " + noun
}

// differences compares the i-th document with the first, member by member.
func (t *Tenant) differences(i int, a, b jwtview.Value) {
	d := t.Documents[i]
	was := make(map[string]*jwtview.Value, len(a.Members))
	for k := range a.Members[:min(len(a.Members), maxMembers)] {
		if m := &a.Members[k]; was[m.Name] == nil {
			was[m.Name] = &m.Value
		}
	}
	seen := map[string]bool{}
	for k := range b.Members[:min(len(b.Members), maxMembers)] {
		m := &b.Members[k]
		if seen[m.Name] {
			continue
		}
		seen[m.Name] = true
		old := was[m.Name]
		if old != nil && old.String() == m.Value.String() {
			d.Same++
			continue
		}
		t.Differences = append(t.Differences, DocumentDifference{m.Name, i, old, &m.Value, differenceNote(old, &m.Value)})
	}
	for k := range a.Members[:min(len(a.Members), maxMembers)] {
		if m := &a.Members[k]; !seen[m.Name] {
			seen[m.Name] = true
			t.Differences = append(t.Differences, DocumentDifference{m.Name, i, &m.Value, nil, ""})
		}
	}
}

// differenceNote says in a few words how two values differ.
func differenceNote(a, b *jwtview.Value) string {
	switch {
	case a == nil || b == nil:
		return ""
	case a.Kind != b.Kind:
		return "another type"
	case a.Kind == jwtview.Array:
		return listNote(a.Elems, b.Elems)
	case a.Kind == jwtview.String && strings.TrimSuffix(a.Text, "/") == strings.TrimSuffix(b.Text, "/"):
		return "a slash at the end"
	case a.Kind == jwtview.String && strings.EqualFold(a.Text, b.Text):
		return "upper and lower case"
	}
	return ""
}

func listNote(a, b []jwtview.Value) string {
	in := func(list []jwtview.Value) map[string]bool {
		set := make(map[string]bool, len(list))
		for _, e := range list {
			set[e.String()] = true
		}
		return set
	}
	x, y := in(a), in(b)
	gone, added := 0, 0
	for e := range x {
		if !y[e] {
			gone++
		}
	}
	for e := range y {
		if !x[e] {
			added++
		}
	}
	if gone+added == 0 {
		return "the same in another order"
	}
	return strconv.Itoa(added) + " more, " + strconv.Itoa(gone) + " fewer"
}
