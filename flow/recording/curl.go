package recording

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// isCommand recognises a command that sends a request.
func isCommand(s string) bool {
	s = strings.TrimLeft(strings.TrimSpace(s), "$>#% ")
	for _, name := range []string{"curl ", "curl.exe ", "curl\t", "invoke-webrequest ", "invoke-restmethod ", "$session", "session = new-object"} {
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			return true
		}
	}
	return false
}

// curl reads a command as browsers copy it, and makes the request of it.
func (p *piece) curl(s string) error {
	s = strings.TrimLeft(strings.TrimSpace(s), "$># %")
	x, notes, err := readCommand(s)
	if err != nil {
		return err
	}
	x.at = p.now
	p.rec.Notes = append(p.rec.Notes, notes...)
	if x.header.Get("Authorization") != "" {
		p.rec.Sanitized = false
	}
	if x.role == roleNone {
		p.note("What this request is for does not follow from it: it is none to an authorization, token, UserInfo, discovery or logout endpoint.")
	}
	p.ask(x)
	return nil
}

// readCommand reads a command, and says what of it is not known here.
func readCommand(s string) (*exchange, []string, error) {
	if !strings.HasPrefix(strings.ToLower(s), "curl") {
		x, err := readPowerShell(s)
		return x, nil, err
	}
	c := curlCommand{x: &exchange{}}
	c.read(words(s))
	return c.x, c.notes(s), c.complete()
}

// curlCommand is what the options of curl ask for.
type curlCommand struct {
	x         *exchange
	target    string
	data      []string
	get, json bool
	multipart bool
	file      string // the first that it would read for its body
}

// long are the names of the short options that matter, and valued the short options that take a value (curl's manual).
var long = map[byte]string{'X': "request", 'H': "header", 'd': "data", 'u': "user", 'b': "cookie", 'G': "get", 'I': "head", 'F': "form", 'T': "upload-file", 'A': "user-agent", 'e': "referer"}

const valued = "AbcCdDeEFHKmoPQrtTuUwxXyYz"

// passed are the long options that take a value, and say nothing about the request that matters here.
var passed = []string{"output", "max-time", "connect-timeout", "cacert", "capath", "cert", "cert-type", "key", "key-type", "pass", "proxy", "proxy-user", "proxy-header", "noproxy", "resolve", "connect-to",
	"write-out", "cookie-jar", "config", "retry", "retry-delay", "retry-max-time", "ciphers", "tls13-ciphers", "tls-max", "dump-header", "interface", "limit-rate", "max-redirs", "range", "trace", "trace-ascii",
	"unix-socket", "stderr", "dns-servers", "netrc-file", "doh-url", "etag-save", "etag-compare", "aws-sigv4", "url-query"}

// read reads the words of the command.
func (c *curlCommand) read(args []string) {
	for i := 1; i < len(args); i++ {
		arg := args[i]
		next := func() string {
			if i+1 == len(args) {
				return ""
			}
			i++
			return args[i]
		}
		switch {
		case strings.HasPrefix(arg, "--"):
			name, value, joined := strings.Cut(arg[2:], "=")
			if joined {
				next = func() string { return value }
			}
			c.option(name, next)
		case len(arg) > 1 && arg[0] == '-':
			c.short(arg[1:], next)
		case c.target == "":
			c.target = arg
		}
	}
}

// short reads short options, of which several may stand in one word: -sSX POST, -uclient:secret.
func (c *curlCommand) short(letters string, next func() string) {
	for i := range len(letters) {
		l := letters[i]
		if strings.IndexByte(valued, l) < 0 {
			c.option(long[l], next)
			continue
		}
		value := letters[i+1:]
		if value == "" {
			value = next()
		}
		c.option(long[l], func() string { return value })
		return
	}
}

// option reads one option by its long name. No file that it names is read.
func (c *curlCommand) option(name string, next func() string) {
	x := c.x
	switch name {
	case "request":
		x.method = strings.ToUpper(next())
	case "header":
		c.header(next())
	case "data", "data-ascii", "data-binary":
		c.content(next())
	case "data-raw":
		c.data = append(c.data, next())
	case "data-urlencode":
		c.encoded(next())
	case "json":
		c.json = true
		c.content(next())
	case "form", "form-string":
		next()
		c.multipart = true
	case "upload-file":
		c.file = orFirst(c.file, next())
		x.method = orFirst(x.method, "PUT")
	case "user":
		x.header = append(x.header, [2]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(next()))})
	case "oauth2-bearer":
		x.header = append(x.header, [2]string{"Authorization", "Bearer " + next()})
	case "cookie":
		if v := next(); strings.Contains(v, "=") { // without one it names a file of cookies
			x.header = append(x.header, [2]string{"Cookie", v})
		}
	case "user-agent", "referer":
		x.header = append(x.header, [2]string{map[string]string{"user-agent": "User-Agent", "referer": "Referer"}[name], next()})
	case "url":
		c.target = next()
	case "get":
		c.get = true
	case "head":
		x.method = orFirst(x.method, "HEAD")
	default:
		if slices.Contains(passed, name) {
			next()
		}
	}
}

func (c *curlCommand) header(s string) {
	if k, v, ok := strings.Cut(s, ":"); ok && len(c.x.header) < maxHeader {
		c.x.header = append(c.x.header, [2]string{strings.TrimSpace(k), strings.TrimSpace(v)})
	}
}

// content is data, or @ and the name of a file that has it.
func (c *curlCommand) content(s string) {
	if name, ok := strings.CutPrefix(s, "@"); ok {
		c.file = orFirst(c.file, name)
		return
	}
	c.data = append(c.data, s)
}

// encoded is what curl encodes itself: content, =content, name=content, @file, name@file.
func (c *curlCommand) encoded(s string) {
	i := strings.IndexAny(s, "=@")
	switch {
	case i < 0:
		c.data = append(c.data, url.QueryEscape(s))
	case s[i] == '@':
		c.file = orFirst(c.file, s[i+1:])
	case i == 0:
		c.data = append(c.data, url.QueryEscape(s[1:]))
	default:
		c.data = append(c.data, s[:i]+"="+url.QueryEscape(s[i+1:]))
	}
}

func orFirst(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// notes say what of the command is not known here.
func (c *curlCommand) notes(s string) (out []string) {
	if c.file != "" {
		out = append(out, fmt.Sprintf("The command takes its body from the file %s, which was not read.", clip(c.file, 60)))
	}
	if c.multipart {
		out = append(out, "The command sends a multipart form (-F). Endpoints of OAuth read application/x-www-form-urlencoded, which -d and --data-urlencode send (RFC 6749 §4.1.3).")
	}
	if shellVariable.MatchString(s) {
		out = append(out, "What begins with $ in the command may be a variable of the shell: what it stands for is not known here.")
	}
	return out
}

var shellVariable = regexp.MustCompile(`\$(\{|\(|[A-Z_][A-Z0-9_]{2,})`)

// complete makes the request.
func (c *curlCommand) complete() error {
	x := c.x
	between := "&"
	if c.json {
		between = ""
		for _, name := range []string{"Content-Type", "Accept"} {
			if x.header.Get(name) == "" {
				x.header = append(x.header, [2]string{name, "application/json"})
			}
		}
	}
	if c.file != "" || c.multipart {
		x.bodyMissing = !c.get
		x.method = orFirst(x.method, "POST")
	}
	data := strings.Join(c.data, between)
	if x.bodyMissing {
		data = "" // a part of a body would look like a whole one
	}
	return x.command(c.target, data, c.get)
}

// command completes the request of a command.
func (x *exchange) command(target, data string, get bool) error {
	if target == "" {
		return errors.New("there is no URL in the command")
	}
	if !strings.Contains(target, "://") {
		target = "http://" + target // as curl does
	}
	if get && data != "" {
		target, data = target+map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")]+data, ""
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return errors.New("the URL in the command cannot be read")
	}
	x.u, x.url, x.body = u, target, []byte(data)
	if data != "" && x.header.Get("Content-Type") == "" {
		x.header = append(x.header, [2]string{"Content-Type", "application/x-www-form-urlencoded"})
	}
	if x.method == "" {
		x.method = map[bool]string{true: "POST", false: "GET"}[data != ""]
	}
	x.read()
	return nil
}
