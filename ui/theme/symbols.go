package theme

// The symbols, each one cell wide. They stand in place of colour where there is none.
const (
	Passed   = "✓" // a stage or a check that holds
	Failed   = "✗" // one that does not; what should be there and is not
	Pending  = "·" // a stage that has not begun
	Current  = "▸" // the current stage; the selected row; something folded
	Unfolded = "▾" // something unfolded
	Skipped  = "–" // a stage left out; a check that does not apply
	On       = "●" // a scope or a switch that is on
	Off      = "○" // one that is off
	Finding  = "!" // there is something to read
	Info     = "i" // a remark
	Repeat   = "↻" // a refresh on a time line
	Now      = "▲" // the present on a time line
	Sent     = "→" // a request; what went out
	Received = "←" // a response; what came back
	Edited   = "*" // what a person changed in a request
	Differs  = "≠" // two values that should be equal, or are compared
	Equal    = "=" // two values that are
	More     = "…" // cut here
	Up       = "↑" // there is more above
	Down     = "↓" // there is more below
	Dot      = "•" // one sign of a hidden secret; an item of a list
	Between  = "·" // between two short remarks
	Vertical = "│" // a rule between two panes
	Line     = "─" // a rule between two parts; the rest of a bar
	Filled   = "━" // the filled part of a bar
	Joined   = "┿" // where one bar ends and the next begins
	Dashed   = "╌" // a bar that is foreseen; an arrow that was not seen
	Dense    = "≡" // several refreshes in one place of a time line
	Tick     = "┴" // a mark of an axis
	Cross    = "┼" // where two rules meet
	Tee      = "├" // a branch
	Corner   = "└" // the last branch
	Joint    = "┬" // where a vertical rule begins under a rule
	Foot     = "┴" // where it ends on one
	Full     = "█" // both halves of a cell: large letters, and what a camera reads
	Upper    = "▀" // its upper half
	Lower    = "▄" // its lower half
	Cursor   = "▏" // where the next character goes
)

// Hidden stands for a secret, whatever its length: that is written beside it.
const Hidden = Dot + Dot + Dot + Dot

// Meaning is one line of the legend.
type Meaning struct{ Symbol, Text string }

// Legend explains, for the help, the symbols that are no plain punctuation.
func Legend() []Meaning {
	return []Meaning{
		{Passed, "passed"}, {Failed, "failed, or missing"}, {Skipped, "skipped, or does not apply"}, {Pending, "not yet"},
		{Current, "here"}, {On, "on"}, {Off, "off"}, {Finding, "a finding: why, and what to do"}, {Edited, "changed by hand"},
		{Repeat, "refresh"}, {Dense, "several refreshes"}, {Dashed, "foreseen, or not seen"}, {Now, "now"}, {Hidden, "hidden secret"},
	}
}
