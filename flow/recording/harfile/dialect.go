package harfile

import (
	"net/url"
	"strings"
	"time"
)

// Dialect is how one program writes a HAR.
type Dialect struct {
	Creator, Version string
	Layout           string // of instants
	HTTPVersion      string
	LowerCase        bool // names of header fields
	PseudoHeaders    bool // of HTTP/2
	Base64           bool // of every body
	ParamsOnly       bool // a form as its parameters, without its text
	Extra            map[string]any
}

// The dialects.
var (
	Chrome    = Dialect{Creator: "WebInspector", Version: "537.36", Layout: "2006-01-02T15:04:05.000Z", HTTPVersion: "http/2.0", LowerCase: true, PseudoHeaders: true, Extra: map[string]any{"_resourceType": "document", "_initiator": map[string]any{"type": "other"}, "serverIPAddress": "127.0.0.1"}}
	Firefox   = Dialect{Creator: "Firefox", Version: "132.0", Layout: "2006-01-02T15:04:05.000-07:00", HTTPVersion: "HTTP/2", Extra: map[string]any{"pageref": "page_1", "_securityState": "secure"}}
	Safari    = Dialect{Creator: "WebKit Web Inspector", Version: "1.0", Layout: "2006-01-02T15:04:05.000Z", HTTPVersion: "HTTP/2", Extra: map[string]any{"_fetchType": "Network", "_priority": "high"}}
	Mitmproxy = Dialect{Creator: "mitmproxy", Version: "11.0.0", Layout: "2006-01-02T15:04:05.000000-07:00", HTTPVersion: "HTTP/1.1"}
	Charles   = Dialect{Creator: "Charles Proxy", Version: "4.6.6", Layout: "2006-01-02T15:04:05.000-0700", HTTPVersion: "HTTP/1.1", Base64: true, ParamsOnly: true}
	Fiddler   = Dialect{Creator: "Fiddler", Version: "5.0", Layout: "2006-01-02T15:04:05.0000000-07:00", HTTPVersion: "HTTP/1.1", Extra: map[string]any{"connection": "ClientPort:51234;EgressPort:51235", "comment": "[#12]"}}
	Burp      = Dialect{Creator: "Burp Suite Professional", Version: "2024.9", Layout: time.RFC3339Nano, HTTPVersion: "HTTP/2", Base64: true}
)

// Dialects lists them by name.
var Dialects = map[string]Dialect{"Chrome": Chrome, "Firefox": Firefox, "Safari": Safari, "mitmproxy": Mitmproxy, "Charles": Charles, "Fiddler": Fiddler, "Burp": Burp}

// formParams lists the parameters of a form, decoded, as most tools do.
func formParams(body []byte) []any {
	out := []any{}
	for pair := range strings.SplitSeq(string(body), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if v, err := url.QueryUnescape(value); err == nil {
			value = v
		}
		out = append(out, map[string]any{"name": name, "value": value})
	}
	return out
}
