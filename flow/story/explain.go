package story

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Bounds of what is explained of one call; the raw bytes are all kept.
const maxRows = 200

// explain sets the sections of a call. It is called when the call changes, never while drawing.
func (s *Story) explain(c *Call) {
	c.Sections = nil
	add := func(title string, rows []Row) {
		if len(rows) > maxRows {
			more := len(rows) - maxRows
			rows = append(rows[:maxRows:maxRows], Row{Name: "…", Value: strconv.Itoa(more) + " more", Note: "the raw bytes have all of them"})
		}
		if len(rows) > 0 {
			c.Sections = append(c.Sections, Section{title, rows})
		}
	}
	if c.Class == LogoutReturn {
		add("received", s.returnRows(c))
		return
	}
	if c.Inbound {
		add("received", s.answerRows(c))
		return
	}
	add("sent", markEdits(s.requestRows(c), c.Edits))
	add("client authentication", s.authRows(c))
	if c.Response != nil && c.State == Answered {
		add("received", s.responseRows(c))
	}
	if c.Err != "" && c.State != NotSent {
		add("no answer", []Row{{Name: string(c.ErrClass), Value: c.Err, Note: noAnswer[c.ErrClass], Bad: c.State == Broken}})
	}
	add("connection", c.connectionRows())
}

var noAnswer = map[trace.ErrKind]string{
	trace.ErrCancelled: "given up here",
	trace.ErrTimeout:   "nothing came in time",
	trace.ErrDNS:       "no such host name",
	trace.ErrRefused:   "nobody listens there",
	trace.ErrTLS:       "the certificate or TLS was not accepted",
	trace.ErrCut:       "the connection broke",
}

func (s *Story) requestRows(c *Call) []Row {
	var rows []Row
	switch {
	case c.Class == PreflightCall:
		return s.preflightRequestRows(c)
	case c.Class == DevicePage, c.Class == LogoutPage:
		return s.pageRows(c)
	case c.Front:
		for _, p := range append(params(c.Request.parsed), formParams(c.Request.Body, c.Request.form)...) {
			rows = append(rows, s.authorizeRow(c, p[0], p[1]))
		}
		return rows
	case c.Request.URL == "" && s.recording != nil: // an answer that was given alone
		return nil
	case c.Class == Discovery, c.Class == OtherMetadata:
		return []Row{{Name: "url", Value: c.Request.URL, Note: "issuer + the well-known path"}}
	case c.Class == JWKS:
		return []Row{{Name: "url", Value: c.Request.URL, Note: "jwks_uri of the metadata"}}
	}
	if a := c.Request.Header.Get("Authorization"); a != "" {
		rows = append(rows, s.authorizationRow(a))
	}
	for _, p := range formParams(c.Request.Body, c.Request.form) {
		rows = append(rows, s.formRow(c, p[0], p[1]))
	}
	if c.Missing {
		rows = append(rows, Row{Name: "body", Short: "not in the recording"})
	}
	if len(rows) == 0 || c.Class == APICall {
		rows = append(rows, Row{Name: "url", Value: c.Request.URL})
	}
	return rows
}

// params lists the parameters of a URL in the order in which they stand.
func params(u *url.URL) [][2]string {
	if u == nil {
		return nil
	}
	return pairs(u.RawQuery)
}

func formParams(body []byte, form url.Values) [][2]string {
	if form == nil {
		return nil
	}
	return pairs(string(body))
}

func pairs(query string) (out [][2]string) {
	for p := range strings.SplitSeq(query, "&") {
		if p == "" {
			continue
		}
		name, value, _ := strings.Cut(p, "=")
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		if n, err := url.QueryUnescape(name); err == nil {
			name = n
		}
		out = append(out, [2]string{name, value})
	}
	return out
}

func (s *Story) authorizeRow(c *Call, name, value string) Row {
	r := row(name, value, meanings[name])
	for _, p := range s.settings.Params {
		if p.Name == name && p.Value == value {
			r.Note = "added by you: " + orElse(r.Note, "passed on as it is")
		}
	}
	switch name {
	case "code_challenge":
		if s.recording != nil {
			r.Note = "of a verifier that the application keeps"
		}
	case "scope":
		r.List = true
		r.Note = scopeNote(value)
	case "response_type":
		if value != "code" {
			r.Note = "what is asked for"
		}
	}
	return r
}

// scopeNote says what the two scopes that matter most here bring.
func scopeNote(scope string) string {
	var id, off bool
	for _, f := range strings.Fields(scope) {
		id = id || f == "openid"
		off = off || f == "offline_access"
	}
	switch {
	case id && off:
		return "ID token and refresh token"
	case id:
		return "ID token, no refresh token"
	case off:
		return "refresh token, no ID token"
	}
	return "plain OAuth 2.0, no ID token"
}

func (s *Story) authorizationRow(value string) Row {
	scheme, rest, _ := strings.Cut(value, " ")
	if strings.EqualFold(scheme, "Basic") {
		return Row{Name: "Authorization", Value: rest, Secret: "authorization", Short: scheme, Note: "client id and secret"}
	}
	r := Row{Name: "Authorization", Value: rest, Secret: "access_token", Kind: "access_token", Short: scheme, Note: "the access token"}
	if t := s.byValue[rest]; t != nil {
		r.Note = fmt.Sprintf("access token #%d", t.Generation)
	}
	return r
}

func (s *Story) formRow(c *Call, name, value string) Row {
	r := row(name, value, meanings[name])
	switch name {
	case "code":
		r.Note = "from the callback; single use"
	case "redirect_uri":
		if c.Login != nil {
			r.Note = "as in the authorization request"
			if c.Login.Params.Get("redirect_uri") != value {
				r.Note, r.Bad = "not as in the authorization request", true
			}
		}
	case "grant_type":
		r.Note = map[string]string{"authorization_code": "a code is handed in", "refresh_token": "a refresh token is handed in",
			DeviceGrant: "a device code is handed in", "client_credentials": "the client itself is enough"}[value]
	case "refresh_token", "token":
		if c.Class == Introspection && name == "token" {
			r.Note = "what is asked about"
		}
		if t := s.byValue[value]; t != nil {
			r.Kind, r.Secret = string(t.Kind), string(t.Kind)
			r.Note = fmt.Sprintf("%s token #%d", t.Kind.Short(), t.Generation)
		}
	}
	added := s.settings.TokenParams
	switch c.Class {
	case DeviceRequest:
		added = s.settings.Params
	case TokenRefresh:
		added = slices.Concat(added, s.settings.RefreshParams)
	}
	for _, p := range added {
		if p.Name == name && p.Value == value {
			r.Note = "added by you"
		}
	}
	if name == "scope" {
		r.List = true
		if c.Class == TokenRefresh {
			r.Note = "narrower, for this access token alone"
		}
	}
	return r
}

// answerRows explains what came to the redirect URI.
func (s *Story) answerRows(c *Call) (rows []Row) {
	all := params(c.Request.parsed)
	if s.recording != nil && c.Request.parsed != nil {
		all = append(all, pairs(c.Request.parsed.EscapedFragment())...)
	}
	all = append(all, formParams(c.Request.Body, c.Request.form)...)
	if len(all) == 0 {
		return []Row{{Name: "url", Value: c.Request.URL, Note: "no parameters"}}
	}
	for _, p := range all {
		r := row(p[0], p[1], meanings[p[0]])
		switch p[0] {
		case "state":
			r.Note = "as it was sent"
			switch {
			case c.Login.Unseen() || c.Login != nil && c.Login.hidden:
				r.Note = "what was sent is not known"
			case c.Login == nil || c.Login.State != p[1]:
				r.Note, r.Bad = "not as it was sent", true
			}
		case "code":
			r.Note = "to be exchanged once, soon"
		case "error":
			r.Bad = true
		}
		if EncodedTwice(p[1]) && c.Login.fragment() {
			r.Note = "still encoded: the server encodes its fragment twice"
		}
		rows = append(rows, r)
	}
	return rows
}

func (s *Story) responseRows(c *Call) []Row {
	r := c.Response
	switch {
	case c.Class == PreflightCall:
		return s.preflightRows(c)
	case c.Front:
		return navigationRows(c)
	case r.Missing:
		return []Row{{Name: "body", Short: "not in the recording", Note: orElse(r.MediaType(), "no content type")}}
	}
	if c.Class == APICall || c.Class == UserInfoCall {
		if rows := challengeRows(r); len(rows) > 0 || c.Class == APICall {
			return append(rows, s.apiRows(c)...)
		}
		if c.Signed != nil {
			return signedRows(c)
		}
	}
	if c.Class == JWKS && c.OK() && s.keysKnown {
		return keyRows(s.keys)
	}
	var rows []Row
	if !r.IsJSON || r.JSON.Kind != jwtview.Object {
		return append(rows, bodyRow(c))
	}
	for _, m := range r.JSON.Members {
		rows = append(rows, s.memberRow(c, m))
	}
	rows = append(rows, s.absentRows(c)...)
	if r.Cut {
		rows = append(rows, Row{Name: "body", Value: "cut", Note: fmt.Sprintf("longer than the %d MiB that are kept", trace.MaxBody>>20), Bad: true})
	}
	return rows
}

func (s *Story) memberRow(c *Call, m jwtview.Member) Row {
	value := m.Value.String()
	if m.Value.Kind == jwtview.String {
		value = m.Value.Text
	}
	r := row(m.Name, value, meanings[m.Name])
	r.Bad = m.Name == "error"
	if list, ok := words(m.Value); ok {
		r.Value, r.List = list, true
	}
	switch c.Class {
	case CodeExchange, TokenRefresh, OtherGrant, ClientToken, DeviceToken:
		s.tokenMember(c, &r)
	case DeviceRequest:
		s.deviceMember(c, &r)
	case Introspection:
		introspectionMember(&r)
	case UserInfoCall, Probe:
		r.Kind, r.Secret = "", ""
		r.Bad = r.Bad && c.Class != Probe // after a revocation a refusal is what is hoped for
		if note, _ := jwtview.ClaimMeaning(m.Name); note != "" {
			r.Note = note
		}
	case Discovery:
		if m.Name == "issuer" && s.hasSettings && s.settings.Issuer != "" && value != s.settings.Issuer {
			r.Bad, r.Note = true, "not the issuer that was asked"
		}
	}
	return r
}
