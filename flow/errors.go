package flow

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// StageError says in which stage a run failed.
type StageError struct {
	Stage trace.StageID
	Err   error
}

func (e *StageError) Error() string { return string(e.Stage) + ": " + e.Err.Error() }

// Unwrap returns the failure itself.
func (e *StageError) Unwrap() error { return e.Err }

// ProtocolError is a failure that the server reported by the book: RFC 6749 §4.1.2.1 at the
// callback, §5.2 at the token endpoint.
type ProtocolError struct {
	Code, Description string
	Status            int // of the response, 0 at the callback
}

func (e *ProtocolError) Error() string {
	if e.Description == "" {
		return e.Code
	}
	return e.Code + ": " + e.Description
}

// AnswerError is an answer that is not the one which the protocol has.
type AnswerError struct {
	What string // what was expected
	Got  string // what came
}

func (e *AnswerError) Error() string { return fmt.Sprintf("%s was expected, %s came", e.What, e.Got) }

// CallError is a request without an answer.
type CallError struct {
	Method, URL string
	Class       trace.ErrKind
	Err         error
}

func (e *CallError) Error() string {
	return fmt.Sprintf("%s %s: %v", e.Method, withoutQuery(e.URL), e.Err)
}

// Unwrap returns why there was no answer.
func (e *CallError) Unwrap() error { return e.Err }

// CheckError is a check that failed.
type CheckError struct{ Check jwtview.Check }

func (e *CheckError) Error() string { return e.Check.ID + ": " + e.Check.Detail }

// ErrDropped is what a Hold returns to drop a request.
var ErrDropped = errors.New("dropped")

// skipped is how a stage says that there is nothing for it to do.
type skipped struct{ reason string }

func (e skipped) Error() string { return "skipped: " + e.reason }

// Reason returns the failure in one line, without the chain of where it came from.
func Reason(err error) string {
	var (
		stage *StageError
		proto *ProtocolError
		check *CheckError
	)
	switch {
	case errors.As(err, &proto):
		return proto.Error()
	case errors.As(err, &check):
		return check.Error()
	case errors.As(err, &stage):
		return stage.Err.Error()
	}
	return err.Error()
}

func withoutQuery(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "an unreadable URL"
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return u.String()
}

// unwrapURL takes the URL off an error of net/http: it may hold a secret, and CallError
// names the request already.
func unwrapURL(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}

func orUnknown(err error) error {
	if err == nil {
		return errors.New("no answer was recorded")
	}
	return err
}

// wrongAnswer describes a response that is not what was expected.
func wrongAnswer(c *story.Call, what string) error {
	if code, desc := c.OAuthError(); code != "" {
		return &ProtocolError{code, desc, c.Response.Status}
	}
	got := fmt.Sprintf("status %d", c.Response.Status)
	if c.Response.Status/100 == 3 && c.Response.Header.Get("Location") == "" {
		return &AnswerError{what, got + ", a redirect that does not say where to,"}
	}
	if c.Response.Status/100 == 3 {
		return &AnswerError{what, got + ", a redirect to " + withoutQuery(c.Response.Header.Get("Location")) + " (not followed)"}
	}
	if mt := c.Response.MediaType(); mt != "" {
		got += ", " + mt
	}
	if coding := c.Response.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return &AnswerError{what, got + ", compressed (" + coding + ") though that was not asked for,"}
	}
	if x := story.Excerpt(c.Response.Body); x != "" {
		got += ": " + x
	}
	if len(c.Response.Body) == 0 {
		got += ", an empty body"
	}
	return &AnswerError{what, got}
}
