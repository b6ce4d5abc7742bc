package profile

import (
	"net"
	"net/url"
	"strings"
)

// Redirect says whether the answer to a login can be received at a redirect URI by this program.
type Redirect struct {
	Ours bool   // authscope can listen there
	Seen string // why not, in a sentence
	Do   string // what to do about it
}

// paste is what always works.
const paste = "paste the URL that the browser ends at, before your application redeems its code"

// ReadRedirect judges a redirect URI by itself, before anything is bound.
func ReadRedirect(uri string) Redirect {
	u, err := url.Parse(uri)
	host := ""
	if err == nil {
		host = u.Hostname()
	}
	switch {
	case err != nil || u.Scheme == "":
		return Redirect{Seen: "The redirect URI is not a URI.", Do: "Take it from the client's settings at the tenant."}
	case uri == "urn:ietf:wg:oauth:2.0:oob":
		return Redirect{Seen: "This redirect URI shows the code on a page of the server; Google and others have ended it.", Do: "Register http://127.0.0.1:8976/callback for the client, or " + paste + "."}
	case u.Scheme != "http" && u.Scheme != "https":
		return Redirect{Seen: "The redirect URI has a scheme of its own (" + u.Scheme + ":), which opens an app on a device.", Do: "Register http://127.0.0.1:8976/callback too, or " + paste + " (browsers show it in the developer tools, Network)."}
	case !isLoopback(host):
		return Redirect{Seen: "The redirect URI leads to " + u.Host + ", not to this machine: your application answers there.", Do: "Register http://127.0.0.1:8976/callback too, or stop the application and " + paste + "."}
	case u.Scheme == "https":
		return Redirect{Seen: "The redirect URI is https on this machine, and authscope has no certificate for it.", Do: "Register http://127.0.0.1:8976/callback too, or stop the application and " + paste + "."}
	}
	return Redirect{Ours: true}
}

// TryRedirect is ReadRedirect, and finds out whether the port is free; listen is net.Listen.
func TryRedirect(uri string, listen func(network, address string) (net.Listener, error)) Redirect {
	r := ReadRedirect(uri)
	if !r.Ours {
		return r
	}
	u, err := url.Parse(uri)
	if err != nil {
		return r
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = "80"
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ln, err := listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return Redirect{Seen: "Something listens at " + u.Host + " already, your application perhaps, or the port is not allowed.", Do: "Stop it while you use authscope, or " + paste + "."}
	}
	ln.Close()
	return r
}
