// Package qr makes QR codes (ISO/IEC 18004) of short texts, such as the address that a phone is to open. It has what that
// needs and no more: bytes, error correction level L, versions 1 to 10, which hold 271 bytes.
package qr

import "fmt"

// Quiet is how many light modules stand around a code, for a scanner to find it.
const Quiet = 4

// Code is a QR code.
type Code struct {
	Size    int // modules on a side, without the quiet zone
	Version int
	Mask    int
	dark    []bool
	fixed   []bool // function patterns: no data stands there
}

// Dark reports whether the module at column x of row y is dark. Outside of the code all is light.
func (c *Code) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.dark[y*c.Size+x]
}

// version is the shape of one version at level L.
type version struct {
	codewords int // data and error correction together
	ec        int // of each block
	blocks    int
	align     []int // centres of the alignment patterns
}

// versions are ISO/IEC 18004 tables 9 and E.1, level L; the first is version 1.
var versions = []version{
	{26, 7, 1, nil}, {44, 10, 1, []int{6, 18}}, {70, 15, 1, []int{6, 22}}, {100, 20, 1, []int{6, 26}}, {134, 26, 1, []int{6, 30}},
	{172, 18, 2, []int{6, 34}}, {196, 20, 2, []int{6, 22, 38}}, {242, 24, 2, []int{6, 24, 42}}, {292, 30, 2, []int{6, 26, 46}}, {346, 18, 4, []int{6, 28, 50}},
}

// data is how many data codewords there are.
func (v version) data() int { return v.codewords - v.ec*v.blocks }

// header is how many bits stand before the text: the mode, and how long the text is.
func header(number int) int {
	if number >= 10 {
		return 4 + 16
	}
	return 4 + 8
}

// Encode returns the smallest code that holds text.
func Encode(text string) (*Code, error) {
	for i, v := range versions {
		if header(i+1)+8*len(text) <= 8*v.data() {
			return encode(text, i+1, -1), nil
		}
	}
	return nil, fmt.Errorf("%d bytes are too much for a QR code that is to be scanned from a screen", len(text))
}

// encode makes a code of a version; mask -1 chooses the best.
func encode(text string, number, mask int) *Code {
	v := versions[number-1]
	c := &Code{Size: 17 + 4*number, Version: number}
	c.dark, c.fixed = make([]bool, c.Size*c.Size), make([]bool, c.Size*c.Size)
	c.patterns(v)
	c.place(v.interleave(codewords(text, number, v.data())))
	if mask < 0 {
		mask = c.best()
	}
	c.mask(mask)
	c.format(mask)
	return c
}

// codewords are the text with its header, ended and filled up (ISO/IEC 18004 §7.4).
func codewords(text string, number, n int) []byte {
	w := bits{}
	w.add(0b0100, 4) // bytes
	w.add(uint(len(text)), header(number)-4)
	for i := range len(text) {
		w.add(uint(text[i]), 8)
	}
	w.add(0, min(4, 8*n-w.n)) // the terminator
	w.add(0, (8-w.n%8)%8)
	for pad := uint(0xec); len(w.b) < n; pad ^= 0xec ^ 0x11 {
		w.add(pad, 8)
	}
	return w.b
}

// bits is a stream of bits, the highest first.
type bits struct {
	b []byte
	n int
}

func (w *bits) add(value uint, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(value>>i&1) << (7 - w.n%8)
		w.n++
	}
}

// interleave splits data into blocks, and puts them and their error correction in the order in which they are placed
// (ISO/IEC 18004 §7.6).
func (v version) interleave(data []byte) (out []byte) {
	short := len(data) / v.blocks
	long := len(data) % v.blocks // so many blocks at the end have one codeword more
	var blocks, ecs [][]byte
	for i := range v.blocks {
		n := short
		if i >= v.blocks-long {
			n++
		}
		blocks, data = append(blocks, data[:n]), data[n:]
		ecs = append(ecs, remainder(blocks[i], v.ec))
	}
	for i := range short + 1 {
		for _, b := range blocks {
			if i < len(b) {
				out = append(out, b[i])
			}
		}
	}
	for i := range v.ec {
		for _, ec := range ecs {
			out = append(out, ec[i])
		}
	}
	return out
}
