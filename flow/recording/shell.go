package recording

import "strings"

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
		case quote == 0 && !cmd && operator(s, i, b.String()):
			if c != '>' {
				return flush(out, &b, in)
			}
			i += redirect(s[i:])
			b.Reset()
			in = false
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			out = flush(out, &b, in)
			b.Reset()
			in = false
		default:
			b.WriteByte(c)
			in = true
		}
	}
	return flush(out, &b, in)
}

func flush(out []string, b *strings.Builder, in bool) []string {
	if in {
		out = append(out, b.String())
	}
	return out
}

// operator reports whether the command ends at i, behind the beginning of a word, or its output goes into a file there. People also bring what the shell would
// not take: an address with & that nobody quoted, or <tenant> to be filled in.
func operator(s string, i int, word string) bool {
	switch s[i] {
	case '|':
		return true
	case ';':
		return i+1 == len(s) || strings.IndexByte(" \t\r\n", s[i+1]) >= 0
	case '&':
		return word == ""
	case '>':
		return strings.Trim(word, "0123456789&") == "" // 2> too
	}
	return false
}

// redirect is how long a redirection with the name of its file is, but for its last character.
func redirect(s string) int {
	rest := strings.TrimLeft(s, ">& \t")
	n := strings.IndexAny(rest, " \t\r\n|;")
	if n < 0 {
		n = len(rest)
	}
	return len(s) - len(rest) + n - 1
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
