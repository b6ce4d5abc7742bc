package demo

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
)

// oauthError is the error response of RFC 6749, sections 4.1.2.1 and 5.2.
type oauthError struct {
	status      int // 0: 400, which Authgear gives invalid_client too
	Code        string
	Description string
}

func (e *oauthError) Error() string { return e.Code + ": " + e.Description }

func fail(code, description string) *oauthError {
	return &oauthError{Code: code, Description: description}
}

// member is one member of a JSON object whose order is kept.
type member struct {
	name  string
	value any
}

// object is a JSON object whose members are written in order. The order of most of Authgear's objects is a Go map's,
// alphabetical; the members of errors and of the lists in userinfo are in order of declaration.
type object []member

// MarshalJSON implements json.Marshaler.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

// writeJSON writes v and a line feed, as json.Encoder does. It sets no Content-Length: net/http sends long bodies
// (responses with JWT access tokens) chunked, and Authgear's captures show the same.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func writeError(w http.ResponseWriter, e *oauthError) {
	writeJSON(w, orElse(e.status, http.StatusBadRequest), e.object())
}

func (e *oauthError) object() object {
	return object{{"error", e.Code}, {"error_description", e.Description}}
}

// writeText is http.Error without its extra headers, which Authgear does not send here.
func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, text+"\n")
}

func setNoStore(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
}

// writeRequestError says what is wrong where nothing can be redirected to: 400 and plain text.
func writeRequestError(w http.ResponseWriter, e *oauthError) {
	writeText(w, http.StatusBadRequest,
		"Invalid OAuth authorization request:\nerror: "+e.Code+"\nerror_description: "+e.Description)
}

// respond ends an authorization request: it gives params to the redirect URI in the response mode that was asked for
// (OAuth 2.0 Multiple Response Types, section 2.1; Form Post Response Mode).
func respond(w http.ResponseWriter, mode string, redirectURI string, params url.Values) {
	u, err := url.Parse(redirectURI)
	if err != nil { // a registered URI parses
		writeRequestError(w, fail("invalid_request", "redirect URI is not allowed"))
		return
	}
	switch mode {
	case "", "query":
		q := u.Query()
		for name, values := range params {
			q[name] = values
		}
		u.RawQuery = q.Encode()
		redirectWithPage(w, u.String())
	case "fragment":
		// Authgear's mistake, kept: the encoded parameters become the fragment, and URL.String encodes it again, so
		// that a state with reserved characters comes back different.
		u.Fragment = params.Encode()
		redirectWithPage(w, u.String())
	case "form_post":
		writePage(w, http.StatusOK, formPostPage(redirectURI, params))
	default:
		writeText(w, http.StatusBadRequest, "oauth: invalid response_mode "+mode)
	}
}

// redirectWithPage redirects, with a page that does the same where a redirect is not followed.
func redirectWithPage(w http.ResponseWriter, location string) {
	w.Header().Set("Location", location)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusSeeOther)
	l := html.EscapeString(location)
	io.WriteString(w, "<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv=\"refresh\" content=\"0;url="+l+
		"\" />\n</head>\n<body>\n<a href=\""+l+"\">Continue</a>\n</body>\n</html>\n")
}
