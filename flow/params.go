package flow

import (
	"errors"
	"fmt"
	"strings"

	"authscope/flow/trace"
)

// tokenReserved are parameters of token requests that authscope sets from what it received or was given.
var tokenReserved = map[string]bool{"grant_type": true, "code": true, "redirect_uri": true, "client_id": true,
	"client_secret": true, "client_assertion": true, "client_assertion_type": true, "code_verifier": true, "refresh_token": true}

// CheckParam says why a person cannot add a parameter to a kind of request ([trace.RequestAuthorize] and the like), or nil.
func CheckParam(request string, p trace.Param) error {
	set := tokenReserved
	if request == trace.RequestAuthorize {
		set = reserved
	}
	switch {
	case p.Name == "":
		return errors.New("a parameter has the form name=value")
	case set[p.Name]:
		return fmt.Errorf("authscope sets %s itself, and checks what comes of it", p.Name)
	case request == trace.RequestAuthorize && p.Name == "response_mode":
		return errors.New("response_mode has a command of its own: answer by")
	case len(p.Name)+len(p.Value) > maxParam:
		return fmt.Errorf("%d characters are more than a request can carry (%d)", len(p.Name)+len(p.Value), maxParam)
	}
	return nil
}

// maxParam bounds what a person adds: servers refuse longer lines.
const maxParam = 16 << 10

// ParseParam reads name=value. The value may be empty, and may have = in it.
func ParseParam(text string) (trace.Param, error) {
	name, value, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" {
		return trace.Param{}, fmt.Errorf("%q is not of the form name=value", text)
	}
	return trace.Param{Name: name, Value: value}, nil
}
