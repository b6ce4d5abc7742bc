package qr

// multiply multiplies in the field of 256 elements that QR codes use, modulo x⁸+x⁴+x³+x²+1.
func multiply(a, b byte) (p byte) {
	for ; b > 0; b >>= 1 {
		if b&1 != 0 {
			p ^= a
		}
		high := a & 0x80
		if a <<= 1; high != 0 {
			a ^= 0x1d
		}
	}
	return p
}

// generator is the Reed-Solomon polynomial of a degree, without its first coefficient, which is 1.
func generator(degree int) []byte {
	g := make([]byte, degree)
	g[degree-1] = 1
	root := byte(1)
	for range degree {
		for i := range g { // times x - root
			g[i] = multiply(g[i], root)
			if i+1 < degree {
				g[i] ^= g[i+1]
			}
		}
		root = multiply(root, 2)
	}
	return g
}

// remainder is the error correction of a block: what is left of it after division by the generator.
func remainder(data []byte, degree int) []byte {
	g, rest := generator(degree), make([]byte, degree)
	for _, b := range data {
		factor := b ^ rest[0]
		copy(rest, rest[1:])
		rest[degree-1] = 0
		for i := range rest {
			rest[i] ^= multiply(g[i], factor)
		}
	}
	return rest
}
