package story

import (
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Bounds of what is read of a WWW-Authenticate header.
const (
	maxChallenges      = 16
	maxChallengeParams = 32
	maxChallengeBytes  = 16 << 10
)

// AuthChallenge is how a server says what it wants to see (RFC 9110 §11.6.1).
type AuthChallenge struct {
	Scheme  string // Bearer, DPoP, Basic …, as it was written
	Token68 string
	Params  [][2]string // in order; names in lower case
}

// Is reports whether the challenge is of scheme, whatever the case.
func (c AuthChallenge) Is(scheme string) bool { return strings.EqualFold(c.Scheme, scheme) }

// Get returns the first parameter called name, or "".
func (c AuthChallenge) Get(name string) string {
	for _, p := range c.Params {
		if p[0] == name {
			return p[1]
		}
	}
	return ""
}

// Challenges reads every WWW-Authenticate field of a header. What cannot be read is left out.
func Challenges(h trace.Header) (out []AuthChallenge) {
	left := maxChallengeBytes
	for _, f := range h {
		if !strings.EqualFold(f[0], "WWW-Authenticate") {
			continue
		}
		value := f[1][:min(len(f[1]), left)]
		left -= len(value)
		out = parseChallenges(out, value)
	}
	return out
}

// parseChallenges reads a list in which commas stand between challenges and between the parameters of one.
func parseChallenges(out []AuthChallenge, s string) []AuthChallenge {
	p := challengeParser{s: s}
	for len(out) <= maxChallenges {
		p.skip(" \t,")
		word := p.token()
		if word == "" {
			if p.s == "" {
				break
			}
			p.s = p.s[1:] // no token begins here: pass it
			continue
		}
		blank := p.skip(" \t")
		if strings.HasPrefix(p.s, "=") && len(out) > 0 && !strings.HasPrefix(p.s, "==") { // a parameter of the last challenge
			p.s = p.s[1:]
			p.skip(" \t")
			last := &out[len(out)-1]
			value := p.value()
			if len(last.Params) < maxChallengeParams {
				last.Params = append(last.Params, [2]string{strings.ToLower(word), value})
			}
			continue
		}
		if len(out) == maxChallenges {
			break
		}
		out = append(out, AuthChallenge{Scheme: word})
		if blank {
			out[len(out)-1].Token68 = p.token68()
		}
	}
	return out
}

type challengeParser struct{ s string }

// skip passes over bytes of set, and reports whether there were any.
func (p *challengeParser) skip(set string) bool {
	rest := strings.TrimLeft(p.s, set)
	some := len(rest) < len(p.s)
	p.s = rest
	return some
}

// token reads a token (RFC 9110 §5.6.2).
func (p *challengeParser) token() string {
	i := 0
	for i < len(p.s) && isTokenByte(p.s[i]) {
		i++
	}
	word := p.s[:i]
	p.s = p.s[i:]
	return word
}

func isTokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// value reads a token or a quoted string (RFC 9110 §5.6.4). One that is not closed ends with the header.
func (p *challengeParser) value() string {
	if !strings.HasPrefix(p.s, `"`) {
		i := strings.IndexAny(p.s, ", \t")
		if i < 0 {
			i = len(p.s)
		}
		v := p.s[:i]
		p.s = p.s[i:]
		return v
	}
	var b strings.Builder
	for i := 1; i < len(p.s); i++ {
		switch p.s[i] {
		case '\\':
			if i++; i < len(p.s) {
				b.WriteByte(p.s[i])
			}
		case '"':
			p.s = p.s[i+1:]
			return b.String()
		default:
			b.WriteByte(p.s[i])
		}
	}
	p.s = ""
	return b.String()
}

// token68 reads what some schemes have in place of parameters: it ends at a comma, and is followed by no "=" and value.
func (p *challengeParser) token68() string {
	i := 0
	for i < len(p.s) && (isTokenByte(p.s[i]) || p.s[i] == '/') {
		i++
	}
	j := i
	for j < len(p.s) && p.s[j] == '=' {
		j++
	}
	rest := strings.TrimLeft(p.s[j:], " \t")
	if i == 0 || rest != "" && rest[0] != ',' || i == j && rest != "" {
		return "" // a parameter, or the next challenge
	}
	v := p.s[:j]
	p.s = p.s[j:]
	return v
}

// challengeMeanings say what a parameter of a challenge is (RFC 6750 §3, RFC 9449 §5.1, §8, RFC 9470 §3, RFC 9728 §5.1).
var challengeMeanings = map[string]string{
	"realm":             "the part of the API that this is about",
	"scope":             "what the token must be good for",
	"error":             "why the request was refused",
	"error_description": "the server's own words",
	"error_uri":         "a page about the error",
	"acr_values":        "how strong a sign-in it wants",
	"max_age":           "how recent a sign-in it wants, in seconds",
	"algs":              "algorithms for a DPoP proof",
	"resource_metadata": "where the API describes itself",
	"authorization_uri": "where to get a token",
}

// challengeErrors say what the errors mean.
var challengeErrors = map[string]string{
	"invalid_request":                  "the request is malformed: a parameter is missing, or the token was sent twice",
	"invalid_token":                    "expired, revoked, malformed, or not for this API",
	"insufficient_scope":               "the token is good, and its scope does not reach",
	"insufficient_user_authentication": "the token is good, and the sign-in behind it is not strong or not recent enough",
	"use_dpop_nonce":                   "the proof must carry the server's nonce",
	"invalid_dpop_proof":               "the DPoP proof is missing or wrong",
}

// challengeRows explains what a server wants to see.
func challengeRows(r *Response) (rows []Row) {
	for _, c := range Challenges(r.Header) {
		head := Row{Name: "WWW-Authenticate", Value: c.Scheme, Note: "the server wants this scheme"}
		if c.Token68 != "" {
			head.Note = "with a value of the scheme's own"
		}
		rows = append(rows, head)
		for _, p := range c.Params {
			row := Row{Name: p[0], Value: p[1], Note: challengeMeanings[p[0]]}
			if p[0] == "error" {
				row.Bad, row.Note = true, orElse(challengeErrors[p[1]], row.Note)
			}
			row.List = p[0] == "scope" || p[0] == "acr_values" || p[0] == "algs"
			rows = append(rows, row)
		}
	}
	return rows
}

// APIAccept is the Accept of a call that the person asked for. It tells such a call of UserInfo from authscope's own.
const APIAccept = "application/json, */*;q=0.5"

// readAPI reads whether an API took the token.
func (s *Story) readAPI(c *Call) {
	if t := s.byValue[bearer(c.Request.Header)]; t != nil {
		t.LastUsedAt = c.DoneAt
	}
	status := jwtview.Check{ID: "status", Status: jwtview.Passed, Want: "2xx", Got: statusText(c), Spec: "RFC 6750 §3, RFC 9110 §15", Detail: "The request was answered. Whether the token was looked at this does not prove."}
	if !c.OK() {
		status.Status, status.Detail = jwtview.Failed, "The request with the token was not served."
	}
	s.settle(subject(string(trace.Call), c.N), []jwtview.Check{status})
	s.conclude(c.stage)
}

// apiRows explains the answer of an API in general.
func (s *Story) apiRows(c *Call) (rows []Row) {
	r := c.Response
	if r.IsJSON && r.JSON.Kind == jwtview.Object {
		for _, m := range r.JSON.Members {
			rows = append(rows, s.memberRow(c, m))
		}
		return rows
	}
	if len(r.Body) == 0 {
		return append(rows, Row{Name: "body", Short: "empty", Note: "nothing in it"})
	}
	return append(rows, Row{Name: "body", Value: Excerpt(r.Body), Note: orElse(r.MediaType(), "no content type")})
}
