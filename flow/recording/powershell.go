package recording

import (
	"errors"
	"strings"
)

// readPowerShell reads what browsers call “Copy as PowerShell”: Invoke-WebRequest with its header in a table.
func readPowerShell(s string) (*exchange, error) {
	i := strings.Index(strings.ToLower(s), "invoke-")
	if i < 0 {
		return nil, errors.New("there is no Invoke-WebRequest in the command")
	}
	s = s[i:]
	x := &exchange{}
	target, data := "", ""
	for rest := s; rest != ""; {
		at := strings.IndexByte(rest, '-')
		if at < 0 {
			break
		}
		name, after, _ := strings.Cut(rest[at+1:], " ")
		rest = after
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "uri":
			target, rest = quoted(rest)
		case "method":
			x.method, rest = quoted(rest)
			x.method = strings.ToUpper(x.method)
		case "body":
			data, rest = quoted(rest)
		case "contenttype":
			var v string
			if v, rest = quoted(rest); v != "" {
				x.header = append(x.header, [2]string{"Content-Type", v})
			}
		case "headers":
			rest = x.table(rest)
		}
	}
	return x, x.command(target, data, false)
}

// table reads @{ "name"="value" … }.
func (x *exchange) table(s string) string {
	for strings.Contains(s, `"`) {
		if end := strings.IndexByte(s, '}'); end >= 0 && end < strings.IndexByte(s, '"') {
			return s[end:]
		}
		var name, value string
		name, s = quoted(s)
		value, s = quoted(s)
		if name != "" && name[0] != ':' && len(x.header) < maxHeader {
			x.header = append(x.header, [2]string{name, value})
		}
	}
	return s
}

// quoted reads the next text between double quotes, in which ` escapes, or the next bare word if that comes first.
func quoted(s string) (text, rest string) {
	s = strings.TrimLeft(s, " \t\r\n`=;")
	if s == "" || s[0] != '"' && s[0] != '\'' && s[0] != '@' && s[0] != '(' {
		word, rest, _ := strings.Cut(s, " ")
		return strings.TrimSpace(word), rest
	}
	i := strings.IndexAny(s, `"'`)
	if i < 0 {
		return "", ""
	}
	quote := s[i]
	var b strings.Builder
	for i++; i < len(s); i++ {
		switch {
		case s[i] == '`' && i+1 < len(s) && quote == '"':
			i++
			b.WriteByte(s[i])
		case s[i] == quote:
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}
