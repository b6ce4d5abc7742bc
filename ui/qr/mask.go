package qr

// masks say which modules a mask turns over (ISO/IEC 18004 §7.8.2).
var masks = []func(x, y int) bool{
	func(x, y int) bool { return (x+y)%2 == 0 },
	func(_, y int) bool { return y%2 == 0 },
	func(x, _ int) bool { return x%3 == 0 },
	func(x, y int) bool { return (x+y)%3 == 0 },
	func(x, y int) bool { return (x/3+y/2)%2 == 0 },
	func(x, y int) bool { return x*y%2+x*y%3 == 0 },
	func(x, y int) bool { return (x*y%2+x*y%3)%2 == 0 },
	func(x, y int) bool { return ((x+y)%2+x*y%3)%2 == 0 },
}

// mask turns data modules over; done twice it is undone.
func (c *Code) mask(n int) {
	for y := range c.Size {
		for x := range c.Size {
			if at := y*c.Size + x; !c.fixed[at] && masks[n](x, y) {
				c.dark[at] = !c.dark[at]
			}
		}
	}
	c.Mask = n
}

// best is the mask that leaves the least that a scanner could stumble over.
func (c *Code) best() (best int) {
	least := -1
	for n := range masks {
		c.mask(n)
		c.format(n)
		if p := c.penalty(); least < 0 || p < least {
			best, least = n, p
		}
		c.mask(n)
	}
	return best
}

// penalty counts what is hard to scan (ISO/IEC 18004 §7.8.3): long runs, squares of one colour, what looks like a
// finder, and too much of one colour.
func (c *Code) penalty() (p int) {
	dark := 0
	for i := range c.Size {
		p += c.line(func(j int) bool { return c.Dark(j, i) }) + c.line(func(j int) bool { return c.Dark(i, j) })
		for j := range c.Size {
			d := c.Dark(j, i)
			if d {
				dark++
			}
			if i > 0 && j > 0 && d == c.Dark(j-1, i) && d == c.Dark(j, i-1) && d == c.Dark(j-1, i-1) {
				p += 3
			}
		}
	}
	off := max(dark*20-c.Size*c.Size*10, c.Size*c.Size*10-dark*20) / (c.Size * c.Size) // in steps of 5 %
	return p + off*10
}

// line counts runs of five and more, and what looks like a finder, in a row or a column.
func (c *Code) line(at func(int) bool) (p int) {
	run := 0
	for i := range c.Size {
		if i > 0 && at(i) == at(i-1) {
			run++
		} else {
			run = 1
		}
		switch {
		case run == 5:
			p += 3
		case run > 5:
			p++
		}
		if i+7 <= c.Size && finder(at, i) && (c.lightFor4(at, i-4) || c.lightFor4(at, i+7)) {
			p += 40
		}
	}
	return p
}

// finder reports whether dark, light, 3 dark, light, dark begins at i.
func finder(at func(int) bool, i int) bool {
	return at(i) && !at(i+1) && at(i+2) && at(i+3) && at(i+4) && !at(i+5) && at(i+6)
}

// lightFor4 reports whether four light modules begin at i; outside of the code all is light.
func (c *Code) lightFor4(at func(int) bool, i int) bool {
	for j := i; j < i+4; j++ {
		if j >= 0 && j < c.Size && at(j) {
			return false
		}
	}
	return true
}
