package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// marked stands in place of a value, and does not repeat it: nothing that hides one does.
func marked(value string) string { return fmt.Sprintf("<%d…%s>", len(value), value[len(value)-1:]) }

// replaced is what values.replace must do, in its plainest writing.
func replaced(all []string, text string) string {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, v := range all {
		pairs = append(pairs, v, marked(v))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// cutOf is what values.cut must do, in its plainest writing.
func cutOf(all []string, text string) (n int, value string) {
	for _, v := range all {
		for k := min(len(text), len(v)-1); k >= minCut; k-- {
			if strings.HasSuffix(text, v[:k]) {
				if k > n || k == n && v < value {
					n, value = k, v
				}
				break
			}
		}
	}
	return n, value
}

func checkValues(t *testing.T, all []string, text string) {
	t.Helper()
	var v values
	for _, value := range all {
		v.add(value)
	}
	if got, want := v.replace(text, marked), replaced(all, text); got != want {
		t.Errorf("of %.80q in %.80q is made %.200q, want %.200q", all, text, got, want)
	}
	n, value := v.cut(text)
	if wantN, want := cutOf(all, text); n != wantN || value != want {
		t.Errorf("the end of %.80q is taken for %d bytes of %.80q, want %d of %.80q; the values are %.80q", text, n, value, wantN, want, all)
	}
}

func TestValues(t *testing.T) {
	head := strings.Repeat("0123456789", 110) // as long as a signed token, and so looked for by itself
	for _, c := range []struct {
		all  []string
		text string
	}{
		{nil, "nothing is known"},
		{[]string{"token-one"}, "a token-one and token-on"},
		{[]string{"token-one", "token-one-longer"}, "token-one-longer token-one-long"}, // the longest that is all there
		{[]string{"token-one-longer", "token-one"}, "token-one"},                       // learnt the other way round
		{[]string{"token-one", "token-two", "token-three", "taken"}, "token-twotoken-threetaken token-t"},
		{[]string{"token-ab", "token-aa", "token-ac"}, "ends in token-a"}, // the first of those that may be meant
		{[]string{"token-a", "token-aa"}, "ends in token-a"},              // a whole value is no cut one
		{[]string{"aaaaaaab", "aaaaaaaab"}, strings.Repeat("a", 40)},
		{[]string{"zürich-secret", "zürich-sécret"}, "zürich-sécret zürich-s"},
		{[]string{"twice-the-same", "twice-the-same"}, "twice-the-same"},
		{[]string{head + "-one", head + "-one-longer", head + "-two", "short-one"}, "short-one " + head + "-one-longer, " + head + "-two " + head + "-three " + head + "-o"},
		{[]string{head, head[1:], head[:1000]}, head + head[:1000] + head[:1010]},
	} {
		checkValues(t, c.all, c.text)
	}
}

// TestValuesDoNotGrow holds that to learn a secret, and to look for all of them, costs the same however many are known: a frame is
// drawn after each refresh of a session that is kept alive.
func TestValuesDoNotGrow(t *testing.T) {
	cost := func(n int) (learn, look float64) {
		k := &Known{}
		value := func(i int) string { return fmt.Sprintf("access-token-%030d", i) }
		for i := range n {
			k.learn("access_token", value(i))
		}
		learn = testing.AllocsPerRun(200, func() { n++; k.learn("access_token", value(n)); k.Hide("POST /token") })
		look = testing.AllocsPerRun(20, func() { k.Hide("a token that was cut: access-token-00… of some, " + value(3)) })
		return learn, look
	}
	fewLearn, fewLook := cost(10)
	learn, look := cost(30_000)
	if learn > fewLearn+2 || look > fewLook+2 {
		t.Errorf("with 30,000 secrets one more costs %.0f allocations and a text %.0f, with 10 it is %.0f and %.0f", learn, look, fewLearn, fewLook)
	}
}

func FuzzValues(f *testing.F) {
	f.Add("token-one token-two token-one-longer", "token-one-longer token-tw")
	f.Add("aaaaaaaa aaaaaaab aaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaab")
	f.Fuzz(func(t *testing.T, known, text string) {
		if len(known) > 400 || len(text) > 400 {
			return
		}
		if all := strings.Fields(known); len(all) > 0 {
			checkValues(t, all, text)
		}
	})
}

func BenchmarkKnown(b *testing.B) {
	for _, n := range []int{10, 30_000} {
		b.Run(fmt.Sprintf("%d-secrets", n), func(b *testing.B) {
			k := &Known{}
			for i := range n {
				k.learn("access_token", fmt.Sprintf("access-token-%030d", i))
			}
			b.ReportAllocs()
			for b.Loop() {
				k.Hide("a line of a frame, which was cut: GET /oauth2/userinfo with access-token-0000…")
			}
		})
	}
}
