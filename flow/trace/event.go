// Package trace holds what happened: an append-only list of events, the transport
// that records HTTP calls into it, the finder of secrets, and the file format, which
// is the list itself. It does not know what an event means; package story reads that.
package trace

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// CallID joins the events of one call. Zero is no call.
type CallID int

// Event is one thing that happened, at an instant.
type Event struct {
	At   time.Time     // wall clock, without a monotonic reading
	Mono time.Duration // by the monotonic clock, since the log began; the two drifting apart shows a suspend or a clock step
	Call CallID        // 0 where the event belongs to no call
	Data Data
}

// Data is what happened: one of the types below.
type Data interface{ kind() string }

type (
	// Ready is a request as it will be sent, before it is released. Front means that it is
	// a URL for the browser, not a request of ours.
	Ready struct {
		Front  bool   `json:"front,omitempty"`
		Method string `json:"method"`
		URL    string `json:"url"`
		Header Header `json:"header,omitempty"`
		Body   Bytes  `json:"body,omitempty"`
		// Missing says that there was a body, and a recording does not have it.
		Missing bool `json:"missing,omitempty"`
	}
	// Sent says that a request was written, with the header fields as net/http wrote them. A request that is
	// written again, since a kept connection was dead, has one of each try; the last counts.
	Sent struct {
		Header  Header        `json:"header"`
		Remote  string        `json:"remote,omitempty"`
		Proxy   string        `json:"proxy,omitempty"`  // its URL without a password, if the request goes through one
		Reused  bool          `json:"reused,omitempty"` // an open connection served
		DNS     time.Duration `json:"dns_ns,omitempty"`
		Connect time.Duration `json:"connect_ns,omitempty"`
		TLS     time.Duration `json:"tls_ns,omitempty"`
		Err     string        `json:"err,omitempty"` // the connection broke while the request was written
	}
	// Head is the status line and the header of a response. Go writes field names in one
	// canonical case; their order is not known.
	Head struct {
		Status int    `json:"status"`
		Proto  string `json:"proto"`
		Header Header `json:"header"`
		TLS    *TLS   `json:"tls,omitempty"`
		// Cached says that a browser answered from its cache: Date is of an earlier day.
		Cached bool `json:"cached,omitempty"`
	}
	// Body is the end of a response: what was kept of its body, and whether more was there.
	Body struct {
		Bytes    Bytes  `json:"bytes"`
		Cut      bool   `json:"cut,omitempty"`      // the body went on beyond what is kept
		Declared int64  `json:"declared,omitempty"` // Content-Length, or -1
		Err      string `json:"err,omitempty"`      // the connection broke within the body
		Missing  bool   `json:"missing,omitempty"`  // there was a body, and a recording does not have it
	}
	// CallFailed says that no response came, and of what class the reason is.
	CallFailed struct {
		Err   string  `json:"err"`
		Class ErrKind `json:"class"`
		TLS   *TLS    `json:"tls,omitempty"` // as far as the handshake came
		Proxy string  `json:"proxy,omitempty"`
	}
	// Dropped says that a request was never sent.
	Dropped struct {
		Reason string `json:"reason"`
	}
	// Abandoned says that nobody waits for the answer any more. It may still come, and is
	// then recorded: a cancelled refresh may have used up the refresh token.
	Abandoned struct {
		Reason string `json:"reason"`
	}
	// RedirectOut says that the URL of this call was handed over, and to whom.
	RedirectOut struct {
		Via string `json:"via"` // "browser", "agent", "person" or "recording"
		Err string `json:"err,omitempty"`
	}
	// CallbackIn is a request that reached the redirect URI's listener, or a URL that was pasted.
	CallbackIn struct {
		Via    string `json:"via"` // "listener", "paste" or "recording"
		Method string `json:"method"`
		URL    string `json:"url"`
		Header Header `json:"header,omitempty"`
		Body   Bytes  `json:"body,omitempty"`
		Cut    bool   `json:"cut,omitempty"` // the body went on beyond what is kept
		// Missing says that there was a body, and a recording does not have it.
		Missing bool `json:"missing,omitempty"`
	}
	// Listening says that the redirect URI is being listened at, or why it cannot be.
	Listening struct {
		Addrs []string `json:"addrs,omitempty"`
		Err   string   `json:"err,omitempty"`
	}
	// StageBegan and StageEnded tell intent; N counts a stage's runs from 1.
	StageBegan struct {
		Stage StageID `json:"stage"`
		N     int     `json:"n"`
	}
	// StageEnded says how a stage ended, in words where it did not pass.
	StageEnded struct {
		Stage  StageID `json:"stage"`
		N      int     `json:"n"`
		Status Status  `json:"status"`
		Reason string  `json:"reason,omitempty"`
		Err    string  `json:"err,omitempty"`
	}
	// Choice is something that the person decided during a session.
	Choice struct {
		What  string `json:"what"`
		Value string `json:"value,omitempty"`
	}
	// ClockRead says that both clocks were looked at, since they had drifted apart: the machine slept, or its clock was
	// set. What they showed stands in the event's own At and Mono.
	ClockRead struct{}
	// Verdict carries checks that were made before the trace was redacted, since
	// they cannot be made again. Subject is story's name of what was checked.
	Verdict struct {
		Subject string          `json:"subject"`
		Checks  json.RawMessage `json:"checks"`
	}
	// HandedIn says that the session begins with a token that an earlier run was given, and where it was
	// kept: "keyring".
	HandedIn struct {
		Kind  string `json:"token_kind"` // refresh_token
		Token string `json:"token"`
		From  string `json:"from,omitempty"`
	}
	// Redacted describes what stands for a secret in a redacted trace.
	Redacted struct {
		Aliases []Alias `json:"aliases"`
	}
)

// ErrKind classes why a call failed, as far as the error tells.
type ErrKind string

// The classes of failed calls.
const (
	ErrCancelled ErrKind = "cancelled"
	ErrTimeout   ErrKind = "timeout"
	ErrDNS       ErrKind = "dns"
	ErrRefused   ErrKind = "refused"
	ErrTLS       ErrKind = "tls"
	ErrCut       ErrKind = "cut"
	ErrOther     ErrKind = "other"
)

func (Ready) kind() string       { return "ready" }
func (Sent) kind() string        { return "sent" }
func (Head) kind() string        { return "head" }
func (Body) kind() string        { return "body" }
func (CallFailed) kind() string  { return "failed" }
func (Dropped) kind() string     { return "dropped" }
func (Abandoned) kind() string   { return "abandoned" }
func (RedirectOut) kind() string { return "redirect_out" }
func (CallbackIn) kind() string  { return "callback_in" }
func (Listening) kind() string   { return "listening" }
func (StageBegan) kind() string  { return "stage_began" }
func (StageEnded) kind() string  { return "stage_ended" }
func (Choice) kind() string      { return "choice" }
func (Settings) kind() string    { return "settings" }
func (ClientAuth) kind() string  { return "client_auth" }
func (ClockRead) kind() string   { return "clock_read" }
func (Verdict) kind() string     { return "verdict" }
func (HandedIn) kind() string    { return "handed_in" }
func (Redacted) kind() string    { return "redacted" }

// Header is a list of header fields, in order; a name may stand more than once.
type Header [][2]string

// Get returns the first value of the field called name, whatever its case.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f[0], name) {
			return f[1]
		}
	}
	return ""
}

// Bytes is a body. In JSON it is a string where it is UTF-8, else {"base64": "…"}.
type Bytes []byte

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if utf8.Valid(b) {
		return json.Marshal(string(b))
	}
	return json.Marshal(map[string]string{"base64": base64.StdEncoding.EncodeToString(b)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil {
		*b = Bytes(s)
		return nil
	}
	var enc struct {
		Base64 []byte `json:"base64"`
	}
	if err := json.Unmarshal(data, &enc); err != nil {
		return fmt.Errorf("body is neither a string nor base64: %w", err)
	}
	*b = enc.Base64
	return nil
}

// Sort orders h by name; fields of one name keep their order.
func (h Header) Sort() {
	slices.SortStableFunc(h, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
}
