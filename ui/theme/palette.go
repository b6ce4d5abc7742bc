package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// palette is the few colours of a theme. Each has one meaning; the values that travel through a login have one
// each, so that an eye follows them from stage to stage.
type palette struct {
	text, dim, rule  color.Color // what is; what explains; lines
	accent           color.Color // what can be pressed, and where we are
	ok, warn, bad    color.Color
	code, state      color.Color
	nonce, pkce      color.Color
	access, id       color.Color
	refresh          color.Color
	row, rowDim      color.Color // the selected row, and what explains in it
	match, matchText color.Color // what a search found
}

// dark and light hold their contrast on black and near-black, white and near-white, and stay apart when a
// terminal of 256 or 16 colours takes the nearest it has. Tests hold both.
var (
	dark = palette{
		text: rgb(0xc8ced8), dim: rgb(0x8a8f98), rule: rgb(0x676767), accent: rgb(0x8ab4f8),
		ok: rgb(0x7ec98f), warn: rgb(0xe6c57c), bad: rgb(0xf28b8b),
		code: rgb(0xe6c57c), state: rgb(0x66c3c3), nonce: rgb(0xb9a4f5), pkce: rgb(0xf29ac2),
		access: rgb(0x8ab4f8), id: rgb(0x7ec98f), refresh: rgb(0xf5a97f),
		row: rgb(0x303c57), rowDim: rgb(0xa9afba), match: rgb(0xe6c57c), matchText: rgb(0x1a1b26),
	}
	light = palette{
		text: rgb(0x1f2328), dim: rgb(0x59636e), rule: rgb(0x878d99), accent: rgb(0x0550ae),
		ok: rgb(0x116329), warn: rgb(0x725406), bad: rgb(0xb4241e),
		code: rgb(0x725406), state: rgb(0x0f6c72), nonce: rgb(0x6639ba), pkce: rgb(0x99307b),
		access: rgb(0x0550ae), id: rgb(0x116329), refresh: rgb(0x953800),
		row: rgb(0xd5deea), rowDim: rgb(0x4a535d), match: rgb(0xffe08a), matchText: rgb(0x1f2328),
	}
)

// dark16 and light16 name the sixteen colours themselves: they are the ones that the person at the terminal
// chose, and the nearest of sixteen is often the wrong hue (an orange becomes red). Text is in the terminal's own
// colour, which can be read even where dark was taken for light; so is the selected row, reversed, because no
// background of sixteen can carry the other fifteen.
var (
	dark16 = palette{
		text: nil, dim: ansi.White, rule: ansi.BrightBlack, accent: ansi.BrightBlue,
		ok: ansi.BrightGreen, warn: ansi.BrightYellow, bad: ansi.BrightRed,
		code: ansi.BrightYellow, state: ansi.BrightCyan, nonce: ansi.BrightMagenta, pkce: ansi.Magenta,
		access: ansi.BrightBlue, id: ansi.BrightGreen, refresh: ansi.Yellow,
		match: ansi.Yellow, matchText: ansi.Black,
	}
	light16 = palette{
		text: nil, dim: ansi.BrightBlack, rule: ansi.White, accent: ansi.Blue,
		ok: ansi.Green, warn: ansi.Yellow, bad: ansi.Red,
		code: ansi.Yellow, state: ansi.Cyan, nonce: ansi.Magenta, pkce: ansi.BrightMagenta,
		access: ansi.Blue, id: ansi.Green, refresh: ansi.BrightBlue,
		match: ansi.Yellow, matchText: ansi.Black,
	}
)

// rgb returns the colour 0xRRGGBB.
func rgb(hex uint32) color.Color {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}
