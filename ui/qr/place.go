package qr

// set draws a module of a function pattern.
func (c *Code) set(x, y int, dark bool) {
	if x < 0 || y < 0 || x >= c.Size || y >= c.Size {
		return
	}
	c.dark[y*c.Size+x], c.fixed[y*c.Size+x] = dark, true
}

// patterns draws what does not depend on the text (ISO/IEC 18004 §6.3).
func (c *Code) patterns(v version) {
	for i := range c.Size { // timing
		c.set(6, i, i%2 == 0)
		c.set(i, 6, i%2 == 0)
	}
	for _, at := range [][2]int{{3, 3}, {c.Size - 4, 3}, {3, c.Size - 4}} { // finders, with their separators
		c.square(at[0], at[1], 4, func(ring int) bool { return ring != 2 && ring != 4 })
	}
	last := len(v.align) - 1
	for i, y := range v.align {
		for j, x := range v.align {
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue // a finder is there
			}
			c.square(x, y, 2, func(ring int) bool { return ring != 1 })
		}
	}
	c.format(0) // its place is taken before the data comes
	if c.Version >= 7 {
		c.version()
	}
}

// square draws rings around a middle.
func (c *Code) square(x, y, radius int, dark func(ring int) bool) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			c.set(x+dx, y+dy, dark(max(dx, -dx, dy, -dy)))
		}
	}
}

// bch appends to value its remainder by a generator of degree bits.
func bch(value, generator, degree int) int {
	rest := value
	for range degree {
		rest = rest<<1 ^ rest>>(degree-1)*generator
	}
	return value<<degree | rest
}

// format draws the level and the mask, twice (ISO/IEC 18004 §7.9).
func (c *Code) format(mask int) {
	const levelL = 0b01
	f := bch(levelL<<3|mask, 0x537, 10) ^ 0x5412
	bit := func(i int) bool { return f>>i&1 != 0 }
	for i := range 6 {
		c.set(8, i, bit(i))
	}
	c.set(8, 7, bit(6))
	c.set(8, 8, bit(7))
	c.set(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		c.set(14-i, 8, bit(i))
	}
	for i := range 8 {
		c.set(c.Size-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		c.set(8, c.Size-15+i, bit(i))
	}
	c.set(8, c.Size-8, true)
}

// version draws the version, twice (ISO/IEC 18004 §7.10).
func (c *Code) version() {
	v := bch(c.Version, 0x1f25, 12)
	for i := range 18 {
		dark := v>>i&1 != 0
		c.set(c.Size-11+i%3, i/3, dark)
		c.set(i/3, c.Size-11+i%3, dark)
	}
}

// place draws the codewords, in columns of two from the right, up and down in turn (ISO/IEC 18004 §7.7.3).
func (c *Code) place(data []byte) {
	c.eachData(func(i, at int) {
		c.dark[at] = i/8 < len(data) && data[i/8]>>(7-i%8)&1 != 0
	})
}

// eachData calls f for every module that carries data, in their order.
func (c *Code) eachData(f func(i, at int)) {
	i := 0
	for right := c.Size - 1; right >= 1; right -= 2 {
		if right == 6 { // the timing pattern is no column of data
			right = 5
		}
		up := (right+1)&2 == 0
		for step := range c.Size {
			y := step
			if up {
				y = c.Size - 1 - step
			}
			for _, x := range []int{right, right - 1} {
				if at := y*c.Size + x; !c.fixed[at] {
					f(i, at)
					i++
				}
			}
		}
	}
}
