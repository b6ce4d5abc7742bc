package jwtview

// Status is the outcome of a [Check].
type Status string

// The outcomes of a check. NotApplicable also stands for what cannot be checked: the Detail of the check says why.
const (
	Passed        Status = "passed"
	Failed        Status = "failed"
	NotApplicable Status = "not_applicable"
)

// A Check is one comparison of two values.
type Check struct {
	ID     string `json:"id"`     // stable: signature, iss, sub, aud, azp, exp, iat, nbf, nonce, at_hash, auth_time
	Status Status `json:"status"` // what came of it
	Want   string `json:"want"`   // the expected value, in words or literally
	Got    string `json:"got"`    // the value found
	Detail string `json:"detail"` // one plain sentence: what it means, or why it is not applicable
	Spec   string `json:"spec"`   // for example "OpenID Connect Core 1.0 §3.1.3.7(2)"
}

// Severity grades a [Finding].
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// A Finding says why something is missing, odd or wrong, for the person at the keyboard.
type Finding struct {
	ID        string   `json:"id"` // kebab-case, never renamed
	Severity  Severity `json:"severity"`
	Title     string   `json:"title"`
	Seen      string   `json:"seen"`      // what was seen
	Means     string   `json:"means"`     // what it means
	Do        string   `json:"do"`        // what to do
	Spec      string   `json:"spec"`      // where it is written
	Catalogue string   `json:"catalogue"` // the entry of the diagnosis catalogue, for example "D47"
}
