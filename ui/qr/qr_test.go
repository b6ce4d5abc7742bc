package qr

import (
	"fmt"
	"strings"
	"testing"
)

// drawn writes a code with one letter a module.
func drawn(c *Code) string {
	var b strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			b.WriteByte(".#"[map[bool]int{true: 1}[c.Dark(x, y)]])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestKnown compares with codes that another program made.
func TestKnown(t *testing.T) {
	for _, k := range known {
		c := encode(k.text, k.version, k.mask)
		if got := drawn(c); got != strings.TrimLeft(k.drawn, "\n") {
			t.Errorf("%q, version %d, mask %d:\n%s\nwant\n%s", k.text, k.version, k.mask, got, k.drawn)
		}
	}
}

// TestRead reads codes of every version and every mask as a scanner does.
func TestRead(t *testing.T) {
	for number := 1; number <= len(versions); number++ {
		v := versions[number-1]
		room := (8*v.data() - header(number)) / 8
		for mask := range masks {
			for _, n := range []int{0, 1, room / 2, room - 1, room} {
				text := strings.Repeat("https://example.com/device?user_code=WDJB-MJHT&é~", 8)[:n]
				got, err := read(encode(text, number, mask))
				if err != nil || got != text {
					t.Errorf("version %d, mask %d, %d bytes read as %q: %v, want %q", number, mask, n, got, err, text)
				}
			}
		}
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []struct{ bytes, version int }{{0, 1}, {17, 1}, {18, 2}, {32, 2}, {53, 3}, {54, 4}, {78, 4}, {106, 5}, {134, 6}, {154, 7}, {192, 8}, {230, 9}, {231, 10}, {271, 10}} {
		code, err := Encode(strings.Repeat("x", c.bytes))
		if err != nil || code.Version != c.version {
			t.Errorf("%d bytes: %v, %v; want version %d (ISO/IEC 18004 table 7)", c.bytes, code, err, c.version)
		}
	}
	if _, err := Encode(strings.Repeat("x", 272)); err == nil {
		t.Error("272 bytes fit into a code of 271")
	}
}

// The mask is the one with the least penalty, and a code never is all of one colour.
func TestMaskIsBest(t *testing.T) {
	for _, text := range []string{"http://localhost:8975/device?user_code=BCDF-GHJK", "", strings.Repeat("\x00", 100), strings.Repeat("U", 100)} {
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		for mask := range masks {
			if other := encode(text, c.Version, mask); other.penalty() < c.penalty() {
				t.Errorf("%q: mask %d has a penalty of %d, and %d was chosen with %d", text, mask, other.penalty(), c.Mask, c.penalty())
			}
		}
	}
}

// TestLightAround holds the quiet zone.
func TestLightAround(t *testing.T) {
	c, _ := Encode("x")
	for i := -Quiet; i < c.Size+Quiet; i++ {
		if c.Dark(i, -1) || c.Dark(-1, i) || c.Dark(i, c.Size) || c.Dark(c.Size, i) {
			t.Fatalf("there is a dark module outside of the code, at %d", i)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("https://a.example/d?user_code=1")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Encode(text)
		if err != nil {
			if len(text) <= 271 {
				t.Errorf("%d bytes: %v", len(text), err)
			}
			return
		}
		if got, err := read(c); err != nil || got != text {
			t.Errorf("%q is read as %q: %v", text, got, err)
		}
	})
}

// read reads a code with nothing but its modules, and checks the error correction: all syndromes have to be zero.
func read(c *Code) (string, error) {
	format := 0
	for i, at := range [][2]int{{8, 0}, {8, 1}, {8, 2}, {8, 3}, {8, 4}, {8, 5}, {8, 7}, {8, 8}, {7, 8}, {5, 8}, {4, 8}, {3, 8}, {2, 8}, {1, 8}, {0, 8}} {
		if c.Dark(at[0], at[1]) {
			format |= 1 << i
		}
	}
	format ^= 0x5412
	if format>>13 != 1 || bch(format>>10, 0x537, 10) != format {
		return "", fmt.Errorf("the format is %015b", format)
	}
	number := (c.Size - 17) / 4
	v, mask := versions[number-1], format>>10&7
	stream := make([]byte, v.codewords)
	c.eachData(func(i, at int) {
		if i/8 < len(stream) && c.dark[at] != masks[mask](at%c.Size, at/c.Size) {
			stream[i/8] |= 1 << (7 - i%8)
		}
	})
	var data []byte
	for _, b := range deinterleave(v, stream) {
		for root := range v.ec {
			if s := at(b, root); s != 0 {
				return "", fmt.Errorf("syndrome %d is %d", root, s)
			}
		}
		data = append(data, b[:len(b)-v.ec]...)
	}
	if data[0]>>4 != 4 {
		return "", fmt.Errorf("the mode is %d", data[0]>>4)
	}
	skip, n := 1, int(data[0]&15)<<4|int(data[1]>>4)
	if number >= 10 {
		skip, n = 2, n<<8|int(data[1]&15)<<4|int(data[2]>>4)
	}
	text := make([]byte, n)
	for i := range text {
		text[i] = data[skip+i]<<4 | data[skip+i+1]>>4
	}
	return string(text), nil
}

// deinterleave puts the codewords back into their blocks.
func deinterleave(v version, stream []byte) [][]byte {
	blocks := make([][]byte, v.blocks)
	short, long := v.data()/v.blocks, v.data()%v.blocks
	for i := range short + 1 {
		for b := range blocks {
			if i < short || b >= v.blocks-long {
				blocks[b], stream = append(blocks[b], stream[0]), stream[1:]
			}
		}
	}
	for range v.ec {
		for b := range blocks {
			blocks[b], stream = append(blocks[b], stream[0]), stream[1:]
		}
	}
	return blocks
}

// at is the value of a block, as a polynomial, at the n-th power of 2.
func at(block []byte, n int) (sum byte) {
	x := byte(1)
	for range n {
		x = multiply(x, 2)
	}
	for _, b := range block {
		sum = multiply(sum, x) ^ b
	}
	return sum
}
