package ui

import (
	"strings"

	"authscope/flow/story"
	"authscope/ui/qr"
	"authscope/ui/safe"
)

// scanned is the QR code that was made last: it costs more than a frame may.
type scanned struct {
	text string
	code *qr.Code // nil: the text is too long
}

func (m *Model) scan(text string) *qr.Code {
	if m.scannable.text != text {
		code, err := qr.Encode(text)
		if err != nil {
			code = nil
		}
		m.scannable = scanned{text, code}
	}
	return m.scannable.code
}

// besideScan is how wide what stands beside a QR code must be, at least.
const besideScan = 34

// withScan draws what fill makes, with a QR code of a device's page at its right where there is room for all of both.
func (m *Model) withScan(s *sheet, d *story.Device, fill func(*sheet)) {
	code := m.scan(d.Page())
	if code == nil || d.CodeShown() == "" {
		fill(s)
		return
	}
	width, height := code.Size+2*qr.Quiet, (code.Size+2*qr.Quiet+1)/2
	if s.w-width-3 < besideScan || m.paneHeight()-len(s.rows) < height {
		fill(s)
		s.text(m.th.Dim, 0, "a larger window shows a QR code of the address too")
		return
	}
	left := &sheet{th: s.th, w: s.w - width - 3, m: m}
	fill(left)
	if d.Local() {
		left.gap()
		left.text(m.th.Dim, 0, "The address is of this machine: a phone that scans it finds nothing there.")
	}
	lines := m.drawn(code)
	for i := range max(len(left.rows), len(lines)) {
		text, scan := "", ""
		if i < len(left.rows) {
			text = left.rows[i].text
		}
		if i < len(lines) {
			scan = lines[i]
		}
		s.line(text + blanks(left.w+3-safe.Width(text)) + scan)
	}
}

// drawn draws a code, two modules in each cell. In colour it is black on white in every theme; without colour light modules
// are the ones that the terminal draws bright.
func (m *Model) drawn(code *qr.Code) (lines []string) {
	paper, coloured := m.th.Scan()
	ink := func(x, y int) bool { return code.Dark(x, y) == (coloured || !m.dark) }
	for y := -qr.Quiet; y < code.Size+qr.Quiet; y += 2 {
		var b strings.Builder
		for x := -qr.Quiet; x < code.Size+qr.Quiet; x++ {
			below := ink(x, y+1)
			if y+1 >= code.Size+qr.Quiet && !coloured { // the last row of an odd number has nothing below it
				below = false
			}
			b.WriteString(halves(ink(x, y), below))
		}
		lines = append(lines, paper.Render(b.String()))
	}
	return lines
}
