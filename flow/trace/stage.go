package trace

// StageID names a part of a login. The ids are part of the JSON contract and are
// never renamed.
type StageID string

// The stages of a login and of the life of its session.
const (
	Discover  StageID = "discover"
	Preflight StageID = "preflight"
	Authorize StageID = "authorize"
	Callback  StageID = "callback"
	Exchange  StageID = "exchange"
	Verify    StageID = "verify"
	UserInfo  StageID = "userinfo"
	Refresh   StageID = "refresh"
	Revoke    StageID = "revoke"

	Device            StageID = "device"
	DevicePoll        StageID = "device_poll"
	ClientCredentials StageID = "client_credentials"
	Call              StageID = "call"
	Introspect        StageID = "introspect"
	Logout            StageID = "logout"
	Experiment        StageID = "experiment"
)

// Stage says what a stage is, in the words of the screen, and where it is specified.
// What a stage does is attached in package flow.
type Stage struct {
	ID    StageID
	Title string // as in a list: "Exchange"
	Long  string // as a heading: "Exchange the code"
	What  string // what it does, in a sentence or two
	Spec  string
}

// Stages lists all stages in the order in which a session goes through them.
var Stages = []Stage{
	{Discover, "Discover", "Read the tenant's metadata",
		"Asks the tenant for its metadata: where its endpoints are, which keys sign its tokens, what it supports. Everything after this is read from there.",
		"OpenID Connect Discovery 1.0 §4, RFC 8414 §3"},
	{Preflight, "Look ahead", "Ask first whether the request is accepted",
		"Asks the authorization endpoint itself, with a state and a nonce of its own and without cookies, before a browser is opened: a wrong client id, redirect URI or scope is found before a person signs in. What comes of it is not used.",
		"RFC 6749 §4.1.1, §4.1.2.1"},
	{Authorize, "Authorize", "Send the person to the tenant",
		"Sends the browser to the tenant with a description of what is asked for. A fresh state, a nonce and the challenge of a secret verifier tie the answer to this run.",
		"RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1"},
	{Callback, "Callback", "Receive the answer",
		"The tenant sends the browser back to the redirect URI with a code. Its state must be the one that was sent.",
		"RFC 6749 §4.1.2, RFC 9207"},
	{Device, "Device code", "Ask for a device code",
		"Asks the tenant for two codes: one that this program keeps, and a short one that a person types in on another device.",
		"RFC 8628 §3.1, §3.2"},
	{DevicePoll, "Poll", "Wait until the person has agreed",
		"Asks the token endpoint again and again, never faster than it allows, until the person has agreed on the other device, refused, or the codes have expired.",
		"RFC 8628 §3.4, §3.5"},
	{ClientCredentials, "Client token", "Ask for a token for the client itself",
		"The client proves itself and gets an access token in its own name. No person is there: so there is no ID token, no UserInfo and no refresh token.",
		"RFC 6749 §4.4"},
	{Exchange, "Exchange", "Exchange the code",
		"Hands the code in for tokens, directly to the tenant, together with the verifier that only this program knows.",
		"RFC 6749 §4.1.3, RFC 7636 §4.5"},
	{Verify, "Verify ID token", "Verify the ID token",
		"Fetches the tenant's keys and judges the ID token: who signed it, for whom, when, and whether it answers this very request.",
		"OpenID Connect Core §3.1.3.7"},
	{UserInfo, "UserInfo", "Ask who signed in",
		"Uses the access token: asks the tenant about the person who signed in.",
		"OpenID Connect Core §5.3"},
	{Call, "Call", "Call an API with the access token",
		"Sends a GET with the access token to an address that you name, and reads what it says of the token.",
		"RFC 6750 §2.1, §3"},
	{Introspect, "Introspect", "Ask what a token is worth",
		"Asks the tenant whether a token is active, and what it knows of it.",
		"RFC 7662 §2"},
	{Refresh, "Refresh", "Refresh the tokens",
		"Hands the refresh token in for new tokens. The person notices nothing.",
		"RFC 6749 §6, OpenID Connect Core §12"},
	{Revoke, "Revoke", "Revoke the session",
		"Ends the session at the tenant, and asks it afterwards whether the access token still works.",
		"RFC 7009"},
	{Logout, "Log out", "Sign the person out at the tenant",
		"Sends the browser to the tenant to end the person's session there, waits for it to come back, and asks whether the access token still works.",
		"OpenID Connect RP-Initiated Logout 1.0 §2, §3"},
	{Experiment, "Experiment", "Try what the tenant does",
		"Does on purpose what a client should not do, or what goes wrong by itself, and holds what the tenant answers against the specification.",
		"RFC 6749, RFC 9700"},
}

// StageOf returns the description of id; an unknown id describes itself.
func StageOf(id StageID) Stage {
	for _, s := range Stages {
		if s.ID == id {
			return s
		}
	}
	return Stage{ID: id, Title: string(id), Long: string(id)}
}

// Status says how a stage stands.
type Status string

// The states of a stage. Running is how an unfinished stage is shown live; a report
// of a run that has ended never contains it.
const (
	Pending   Status = "pending"
	Running   Status = "running"
	Passed    Status = "passed"
	Failed    Status = "failed"
	Skipped   Status = "skipped"
	Cancelled Status = "cancelled"
)

// What is noted of an experiment: its name when it begins, and each of its steps.
const (
	ExperimentName = "experiment"
	ExperimentStep = "experiment step"
)

// TimeOver is the name under which it is noted that the time for a run was over.
const TimeOver = "time over"
