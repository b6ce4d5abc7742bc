package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// picture of a lane, a letter a cell.
func laneText(l story.Lane) string {
	var b strings.Builder
	for _, c := range l.Cells {
		switch {
		case c&story.CellSignIn != 0:
			b.WriteByte('!')
		case c&story.CellFailed != 0:
			b.WriteByte('x')
		case c&story.CellMany != 0:
			b.WriteByte('#')
		case l.Kind == "" && c&story.CellIssued != 0:
			b.WriteByte('r')
		case l.Kind == "" && c&story.CellForeseen != 0:
			b.WriteByte('f')
		case c&story.CellIssued != 0:
			b.WriteByte('|')
		case c&story.CellLive != 0:
			b.WriteByte('=')
		case c&story.CellForeseen != 0:
			b.WriteByte('-')
		default:
			b.WriteByte('.')
		}
	}
	return b.String()
}

func lanes(s *story.Story, from, until, now time.Duration, cells int) string {
	f := s.Family()
	var out []string
	for _, l := range f.TimeLine(story.Frame{From: dawn.Add(from), Until: dawn.Add(until), Cells: cells}, dawn.Add(now), s.Due()) {
		out = append(out, laneText(l))
	}
	return strings.Join(out, " ")
}

func TestTimeLine(t *testing.T) {
	const with = `{"access_token":"access-%d","expires_in":100,"refresh_token":"refresh-1"}`
	login := func() *wire { return newWire().login(fmt.Sprintf(with, 1)) }
	sec := time.Second
	for name, c := range map[string]struct {
		w          *wire
		until, now time.Duration
		want       string
	}{
		"without a refresh token": {newWire().login(`{"access_token":"access-1","expires_in":100}`), 300 * sec, 10 * sec,
			"==========.................... ..........!..................."},
		"with one, nothing done": {login(), 300 * sec, 10 * sec,
			"==========-------------------- .........f........f........f.."},
		"refreshed": {login().wait(90*sec).refresh("refresh-1", 200, fmt.Sprintf(with, 2)), 300 * sec, 100 * sec,
			"=========|=========----------- .........r........f........f.."},
		"refreshed late": {login().wait(150*sec).refresh("refresh-1", 200, fmt.Sprintf(with, 2)), 300 * sec, 160 * sec,
			"==========.....==========----- ...............r........f....."},
		"refreshed twice in one cell": {login().wait(90*sec).refresh("refresh-1", 200, fmt.Sprintf(with, 2)).wait(sec).refresh("refresh-1", 200, fmt.Sprintf(with, 3)), 300 * sec, 100 * sec,
			"=========#==========---------- .........#........f........f.."},
		"failed": {login().wait(90*sec).refresh("refresh-1", 503, ""), 300 * sec, 95 * sec,
			"==========-------------------- .........xf........f........f."},
		"refused for good": {login().wait(90*sec).refresh("refresh-1", 400, `{"error":"invalid_grant"}`), 300 * sec, 95 * sec,
			"==========.................... .........x!..................."},
		"not told how long": {newWire().login(`{"access_token":"access-1"}`), 300 * sec, 100 * sec, "===========................... .............................."},
		"due long ago":      {login(), 300 * sec, 250 * sec, "==========...............----- .........................f...."},
	} {
		if got := lanes(c.w.read(), 0, c.until, c.now, 30); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestTimeLineWindow holds that a part of the time shows what is in it.
func TestTimeLineWindow(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":100,"refresh_token":"refresh-1"}`)
	w.wait(90*time.Second).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":100}`)
	s := w.read()
	if got, want := lanes(s, 80*time.Second, 100*time.Second, 95*time.Second, 20), "==========|========= ..........r........."; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if got := s.Family().TimeLine(story.Frame{From: dawn, Until: dawn, Cells: 10}, dawn, s.Due()); got != nil {
		t.Errorf("no time at all: %v", got)
	}
	if got := (*story.Family)(nil).TimeLine(story.Frame{From: dawn, Until: w.at, Cells: 10}, dawn, s.Due()); got != nil {
		t.Errorf("no session at all: %v", got)
	}
}

func TestFrameCell(t *testing.T) {
	f := story.Frame{From: dawn, Until: dawn.Add(10 * time.Second), Cells: 5}
	for at, want := range map[time.Duration]int{0: 0, time.Second: 0, 2 * time.Second: 1, 9999 * time.Millisecond: 4, -1: -1, 10 * time.Second: -1} {
		i, ok := f.Cell(dawn.Add(at))
		if ok != (want >= 0) || ok && i != want {
			t.Errorf("cell of %s: %d, %v; want %d", at, i, ok, want)
		}
	}
}

// longSession is a sign-in with n refreshes, 86 s apart.
func longSession(n int) *wire {
	w := newWire().mode(trace.KeepAlive).login(`{"access_token":"access-0","expires_in":96,"refresh_token":"refresh-0"}`)
	for i := range n {
		w.wait(86*time.Second).refresh(fmt.Sprintf("refresh-%d", i), 200, fmt.Sprintf(`{"access_token":"access-%d","expires_in":96,"refresh_token":"refresh-%d"}`, i+1, i+1))
	}
	return w
}

// TestTimeLineIsBounded holds that a drawing costs what its cells cost, however many refreshes there were.
func TestTimeLineIsBounded(t *testing.T) {
	allocs := func(n int) float64 {
		w := longSession(n)
		s := w.read()
		fr := story.Frame{From: dawn, Until: w.at.Add(time.Hour), Cells: 100}
		return testing.AllocsPerRun(10, func() { s.Family().TimeLine(fr, w.at, s.Due()) })
	}
	if few, many := allocs(10), allocs(3000); many > few+4 {
		t.Errorf("a time line of 10 refreshes makes %.0f allocations, one of 3000 makes %.0f", few, many)
	}
}

func BenchmarkTimeLine(b *testing.B) {
	for _, n := range []int{10, 3000} {
		w := longSession(n)
		s := w.read()
		fr := story.Frame{From: dawn, Until: w.at.Add(time.Hour), Cells: 180}
		b.Run(fmt.Sprintf("%d-refreshes", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Family().TimeLine(fr, w.at, s.Due())
			}
		})
	}
}

// FuzzTimeLine holds that no window and no clock makes it panic.
func FuzzTimeLine(f *testing.F) {
	f.Add(int64(0), int64(300), int64(10), 30)
	f.Add(int64(-5), int64(1<<62), int64(-1<<62), 1)
	s := longSession(5).read()
	f.Fuzz(func(t *testing.T, from, until, now int64, cells int) {
		if cells > 2000 {
			cells %= 2000
		}
		s.Family().TimeLine(story.Frame{From: dawn.Add(time.Duration(from)), Until: dawn.Add(time.Duration(until)), Cells: cells}, dawn.Add(time.Duration(now)), s.Due())
	})
}
