package trace

// RefreshMode says when tokens are refreshed.
type RefreshMode string

// The modes. The zero value is by hand.
const (
	ByHand    RefreshMode = ""
	IfNeeded  RefreshMode = "if_needed"  // when something asks and the access token is old, as Authgear's SDK does it
	KeepAlive RefreshMode = "keep_alive" // by itself, as soon as it is due
)

// RefreshModes are all of them, in the order in which a key goes through them.
var RefreshModes = []RefreshMode{ByHand, IfNeeded, KeepAlive}

// ChosenRefresh is the name of the [Choice] that sets the mode from there on.
const ChosenRefresh = "refresh mode"
