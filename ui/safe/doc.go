// Package safe makes foreign text drawable, and measures, cuts and wraps it in cells.
//
// The renderer passes most control sequences, C1 and bidirectional characters on to the terminal, so everything
// that came from a server, a token, a file or a paste goes through [Text] or [Line] before it is styled: later
// nothing can tell it from the program's own escape sequences. What was replaced stays visible, because a
// debugger that hides a character hides the bug.
//
// The package knows no colour, no protocol and no terminal.
package safe
