package theme

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestSymbols reads symbols.go, so that no symbol is forgotten: one cell, explained, and drawable as it is.
func TestSymbols(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "symbols.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		lit, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return false
		}
		n++
		s, err := strconv.Unquote(lit.Value)
		if err != nil || ansi.StringWidth(s) != 1 || len([]rune(s)) != 1 {
			t.Errorf("%s = %q: %d cells, %v", spec.Names[0], s, ansi.StringWidth(s), err)
		}
		if spec.Comment == nil {
			t.Errorf("%s says nothing about itself", spec.Names[0])
		}
		return false
	})
	if n < 20 {
		t.Errorf("found %d symbols only", n)
	}
	if ansi.StringWidth(Hidden) != 4 {
		t.Errorf("Hidden = %q", Hidden)
	}
}

func TestLegend(t *testing.T) {
	for _, m := range Legend() {
		if m.Symbol == "" || m.Text == "" {
			t.Errorf("%+v", m)
		}
	}
}

func TestBar(t *testing.T) {
	for _, c := range []struct {
		width    int
		fraction float64
		want     string
	}{
		{4, 0, "────"}, {4, 1, "━━━━"}, {4, 0.5, "━━──"}, {4, 0.51, "━━━─"}, {4, 0.0001, "━───"}, {4, 1e-300, "━───"},
		{4, 0.99, "━━━━"}, {4, 2, "━━━━"}, {4, -1, "────"}, {4, math.NaN(), "────"}, {4, math.Inf(1), "━━━━"}, {4, math.Inf(-1), "────"},
		{0, 0.5, ""}, {-3, 0.5, ""}, {1, 0.5, "━"}, {10, 0.3, "━━━───────"},
	} {
		full, rest := Bar(c.width, c.fraction)
		if full+rest != c.want {
			t.Errorf("Bar(%d, %v) = %q %q, want %q", c.width, c.fraction, full, rest, c.want)
		}
	}
	for i := range 31 {
		if full, _ := Bar(30, float64(i)/30); ansi.StringWidth(full) != i {
			t.Errorf("Bar(30, %d/30) has %d cells", i, ansi.StringWidth(full))
		}
	}
	if full, rest := Bar(1000, 0.5); ansi.StringWidth(full) != 500 || ansi.StringWidth(rest) != 500 {
		t.Error("a long bar")
	}
	if n := testing.AllocsPerRun(100, func() { Bar(40, 0.4) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRule(t *testing.T) {
	for width, want := range map[int]string{0: "", -1: "", 3: "───"} {
		if got := Rule(width); got != want {
			t.Errorf("Rule(%d) = %q", width, got)
		}
	}
}
