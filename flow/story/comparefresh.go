package story

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// freshNames are parameters, members and claims that are new in every run by design. Times are among them: what counts of them is how
// far apart they are, which stands in a row of its own.
var freshNames = map[string]bool{
	"state": true, "nonce": true, "code": true, "code_challenge": true, "code_verifier": true,
	"access_token": true, "id_token": true, "refresh_token": true, "token": true, "subject_token": true, "actor_token": true,
	"id_token_hint": true, "logout_token": true, "device_code": true, "user_code": true, "verification_uri_complete": true,
	"client_assertion": true, "assertion": true, "request": true, "request_uri": true, "device_secret": true,
	"session_state": true, "sid": true, "jti": true, "iat": true, "exp": true, "nbf": true, "auth_time": true,
	"at_hash": true, "c_hash": true, "s_hash": true, "ds_hash": true, "rt_hash": true, "uti": true, "aio": true, "rh": true,
	"expires_on": true, "not_before": true, "trace_id": true, "correlation_id": true, "request_id": true, "timestamp": true, "x_ref": true, "x_traceparent": true,
}

// isFresh reports whether a value of this name is new in every run.
func isFresh(name string) bool { return freshNames[name] }

// volatileHeaders are header fields that no two responses need to share.
var volatileHeaders = map[string]bool{
	"date": true, "age": true, "expires": true, "etag": true, "last-modified": true, "set-cookie": true, "cookie": true, "content-length": true,
	"cf-ray": true, "server-timing": true, "x-runtime": true, "x-response-time": true, "report-to": true, "nel": true, "traceparent": true, "tracestate": true,
	"x-amz-cf-id": true, "x-amz-cf-pop": true, "x-cache": true, "cf-cache-status": true, "x-served-by": true, "x-timer": true, "via": true, "b3": true, "dpop": true, "dpop-nonce": true,
	"x-envoy-upstream-service-time": true, "content-security-policy": true, "content-security-policy-report-only": true,
}

// volatile reports whether a header field is new in every answer: a date, a cookie, the id of a request.
func volatile(name string) bool {
	name = strings.ToLower(name)
	if volatileHeaders[name] || strings.Contains(name, "ratelimit") {
		return true
	}
	return slices.ContainsFunc([]string{"request-id", "requestid", "correlation", "trace-id", "traceid"}, func(part string) bool { return strings.Contains(name, part) })
}

// transportHeaders say how bytes were carried; browserHeaders are what a browser adds to whatever it asks. Neither belongs to a login.
var (
	transportHeaders = map[string]bool{"host": true, "connection": true, "keep-alive": true, "accept-encoding": true, "transfer-encoding": true, "content-encoding": true, "alt-svc": true, "authorization": true}
	browserHeaders   = map[string]bool{"accept": true, "accept-language": true, "upgrade-insecure-requests": true, "user-agent": true, "origin": true, "referer": true, "dnt": true,
		"priority": true, "cache-control": true, "pragma": true, "te": true}
)

// leftOut reports whether a header field is not compared. Beside a recording what a browser sends by itself is not.
func leftOut(name string, sent, recorded bool) bool {
	name = strings.ToLower(name)
	return name == "" || name[0] == ':' || transportHeaders[name] || sent && recorded && (browserHeaders[name] || strings.HasPrefix(name, "sec-"))
}

// aliased finds what stands in a text for the secrets that were taken out.
var aliased = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[a-z_]{2,32}#[0-9]{1,6}`) })

// quotes reports whether a text has something that stands for a secret.
func quotes(text string) bool {
	return strings.IndexByte(text, '#') > 0 && aliased().MatchString(text[:min(len(text), maxAliased)])
}

// sameButSecrets compares two texts of which one or both have lost their secrets: where a secret stood, anything may have stood.
func sameButSecrets(a, b string) (DiffClass, string) {
	pa, pb := aliased().Split(clip(a, maxAliased), -1), aliased().Split(clip(b, maxAliased), -1)
	const note = "the same but for secrets, which are not in the file"
	switch {
	case len(pa) == 1 && len(pb) == 1:
	case slices.Equal(pa, pb), len(pb) == 1 && fits(pa, b), len(pa) == 1 && fits(pb, a):
		return NotKnown, note
	}
	return Differs, ""
}

// maxAliased bounds how much of a text is looked through for aliases.
const maxAliased = 8 << 10

// fits reports whether text has the pieces in their order, with anything between them.
func fits(pieces []string, text string) bool {
	first, last := pieces[0], pieces[len(pieces)-1]
	if !strings.HasPrefix(text, first) || len(text) < len(first)+len(last) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, p := range pieces[1 : len(pieces)-1] {
		i := strings.Index(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return true
}
