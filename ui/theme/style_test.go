package theme

import (
	"strings"
	"testing"
)

func TestStyle(t *testing.T) {
	s := newStyle(rgb(0x8ab4f8), rgb(0x000000), bold|underline)
	const want = "\x1b[1;4;38;2;138;180;248;48;2;0;0;0mx\x1b[m"
	if got := s.Render("x"); got != want {
		t.Errorf("Render = %q, want %q", got, want)
	}
	if got := string(s.Append([]byte("a"), "x")); got != "a"+want {
		t.Errorf("Append = %q", got)
	}
	if s.Render("") != "" || string(s.Append(nil, "")) != "" {
		t.Error("nothing is drawn as something")
	}
	if got := newStyle(nil, nil, 0).Render("x"); got != "x" {
		t.Errorf("no style: %q", got)
	}
	if s.Color() != rgb(0x8ab4f8) {
		t.Errorf("Color = %v", s.Color())
	}
}

// TestStyleIsCheap holds what View counts on: one allocation for Render, none for Append.
func TestStyleIsCheap(t *testing.T) {
	s, buf := New(true).Key, make([]byte, 0, 4096)
	text := strings.Repeat("enter ", 20)
	if n := testing.AllocsPerRun(100, func() { text2 = s.Render(text) }); n != 1 {
		t.Errorf("Render: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = s.Append(buf[:0], text) }); n != 0 {
		t.Errorf("Append: %v allocations", n)
	}
}

// text2 keeps the compiler from leaving the call out.
var text2 string

func BenchmarkRender(b *testing.B) {
	s := New(true).Key
	b.ReportAllocs()
	for b.Loop() {
		text2 = s.Render("authorization_code")
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(true)
	}
}
