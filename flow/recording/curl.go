package recording

import (
	"encoding/base64"
	"errors"
	"net/url"
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
	x, err := readCommand(s)
	if err != nil {
		return err
	}
	x.at = p.now
	if x.header.Get("Authorization") != "" {
		p.rec.Sanitized = false
	}
	if x.role == roleNone {
		p.note("What this request is for does not follow from it: it is none to an authorization, token, UserInfo, discovery or logout endpoint.")
	}
	p.ask(x)
	return nil
}

func readCommand(s string) (*exchange, error) {
	if !strings.HasPrefix(strings.ToLower(s), "curl") {
		return readPowerShell(s)
	}
	return readCurl(words(s))
}

// flags of curl that take a value, and say nothing about the request that matters here.
var passed = []string{"-A", "--user-agent", "-e", "--referer", "-o", "--output", "-m", "--max-time", "--connect-timeout", "--cacert", "--cert", "--key", "-x", "--proxy", "--resolve", "-w", "--write-out", "-c", "--cookie-jar", "-K", "--config", "--retry", "--ciphers"}

// readCurl reads the words of a curl command.
func readCurl(args []string) (*exchange, error) {
	x := &exchange{}
	var data []string
	target, get := "", false
	for i := 1; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if !joined || !strings.HasPrefix(name, "--") {
			name, value, joined = args[i], "", false
			if len(name) > 2 && name[0] == '-' && name[1] != '-' && strings.IndexByte("XHdubA", name[1]) >= 0 { // -XPOST
				name, value, joined = name[:2], name[2:], true
			}
		}
		next := func() string {
			if joined {
				return value
			}
			if i+1 < len(args) {
				i++
				return args[i]
			}
			return ""
		}
		switch {
		case name == "-X" || name == "--request":
			x.method = strings.ToUpper(next())
		case name == "-H" || name == "--header":
			if k, v, ok := strings.Cut(next(), ":"); ok && len(x.header) < maxHeader {
				x.header = append(x.header, [2]string{strings.TrimSpace(k), strings.TrimSpace(v)})
			}
		case name == "--data-urlencode":
			data = append(data, urlencode(next()))
		case slices.Contains([]string{"-d", "--data", "--data-raw", "--data-ascii", "--data-binary", "--json"}, name):
			data = append(data, next())
		case name == "-u" || name == "--user":
			x.header = append(x.header, [2]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(next()))})
		case name == "-b" || name == "--cookie":
			x.header = append(x.header, [2]string{"Cookie", next()})
		case name == "--oauth2-bearer":
			x.header = append(x.header, [2]string{"Authorization", "Bearer " + next()})
		case name == "--url":
			target = next()
		case name == "-G" || name == "--get":
			get = true
		case slices.Contains(passed, name):
			next()
		case strings.HasPrefix(name, "-"):
		case target == "":
			target = args[i]
		}
	}
	return x, x.command(target, strings.Join(data, "&"), get)
}

func urlencode(s string) string {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return url.QueryEscape(s)
	}
	return name + "=" + url.QueryEscape(value)
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

// words splits a command into its words, by the rules of the shell that it was copied for: a POSIX shell, cmd, or
// PowerShell. They differ in what escapes: \ in the first, ^ in the second, ` in the third.
func words(s string) (out []string) {
	switch {
	case isCmd(s):
		return splitWords(uncaret(s), '\\', true)
	case strings.Contains(s, "`\n") || strings.Contains(s, "`\r\n") || strings.Contains(s, "`\""):
		return splitWords(s, '`', false)
	}
	return splitWords(s, '\\', false)
}

// isCmd recognises what browsers copy for cmd: every line goes on with ^, or the quotes are escaped by it.
func isCmd(s string) bool {
	return strings.Contains(s, "^\"") || strings.Contains(s, "^\n") || strings.Contains(s, "^\r\n")
}

// uncaret takes off the escapes of cmd: ^ before a character stands for it, before the end of a line for nothing.
func uncaret(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '^' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
			i++
		}
		if s[i] != '\n' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// splitWords splits at blanks outside of quotes. In cmd only " quotes, and \" stands for one.
func splitWords(s string, escape byte, cmd bool) (out []string) {
	var b strings.Builder
	quote, in, ansi := byte(0), false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && c == '$' && !cmd && i+1 < len(s) && s[i+1] == '\'':
			i, quote, in, ansi = i+1, '\'', true, true
		case quote == 0 && (c == '"' || c == '\'' && !cmd):
			quote, in, ansi = c, true, false
		case quote != 0 && c == quote:
			quote = 0
		case c == escape && i+1 < len(s) && (quote != '\'' || ansi) && !(cmd && s[i+1] != '"' && s[i+1] != '\\'):
			i++
			i = unescape(&b, s, i, ansi)
			in = true
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			if in {
				out = append(out, b.String())
			}
			b.Reset()
			in = false
		default:
			b.WriteByte(c)
			in = true
		}
	}
	if in {
		out = append(out, b.String())
	}
	return out
}

// unescape writes the character at i, which stands after an escape, and returns where it ends.
func unescape(b *strings.Builder, s string, i int, ansi bool) int {
	switch c := s[i]; {
	case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
		return i + 1
	case c == '\n' && !ansi:
	case !ansi:
		b.WriteByte(c)
	case c == 'n':
		b.WriteByte('\n')
	case c == 'r':
		b.WriteByte('\r')
	case c == 't':
		b.WriteByte('\t')
	case c == 'u' && i+4 < len(s):
		if r, ok := hex(s[i+1 : i+5]); ok {
			b.WriteRune(r)
			return i + 4
		}
		b.WriteByte(c)
	case c == 'x' && i+2 < len(s):
		if r, ok := hex(s[i+1 : i+3]); ok {
			b.WriteByte(byte(r))
			return i + 2
		}
		b.WriteByte(c)
	default:
		b.WriteByte(c)
	}
	return i
}

func hex(s string) (r rune, ok bool) {
	for _, c := range strings.ToLower(s) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | (c - '0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | (c - 'a' + 10)
		default:
			return 0, false
		}
	}
	return r, true
}
