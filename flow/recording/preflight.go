package recording

import (
	"net/http"
	"slices"
)

// maxPreflights is how many addresses are remembered for which a browser asked beforehand.
const maxPreflights = 200

// asksBefore reports whether x is a question of the browser's, whether a page may make a request (Fetch Standard, CORS-preflight
// request).
func (x *exchange) asksBefore() bool {
	return x.method == http.MethodOptions && x.header.Get("Origin") != ""
}

// refusedBefore reports whether the answer to that question lets no request through.
func (x *exchange) refusedBefore() bool {
	allowed := x.resHeader.Get("Access-Control-Allow-Origin")
	return x.status != 0 && allowed != "*" && allowed != x.header.Get("Origin")
}

// preflight remembers the newest question for each address.
func (h *har) preflight(x *exchange) {
	if h.before == nil {
		h.before = map[string]*exchange{}
	}
	if len(h.before) < maxPreflights || h.before[x.url] != nil {
		h.before[x.url] = x
	}
}

// explain adds the refused question to the call that got no answer by it: the one thing in a recording that proves why.
func (l *session) explain(h *har) {
	for _, x := range slices.Clone(l.calls) {
		p := h.before[x.url]
		if x.status == 0 && p != nil && p.refusedBefore() && p.header.Get("Origin") == x.header.Get("Origin") && !slices.Contains(l.calls, p) && len(l.calls) < maxCalls {
			l.calls = append(l.calls, p)
		}
	}
}
