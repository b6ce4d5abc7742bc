package diagnose

import "strings"

// Key is the key of the screen that does what a flag of the command line does, by the name of its command. A command
// without a key is found by its name, after a colon.
type Key struct {
	Flag, Key, Name string
	or              string // a key that does the same for what some findings ask for
}

// Keys are the flags that findings name and for which the screen has something. It is told behind what there is to do.
var Keys = []Key{
	{"--grant", "A", "another grant", ""},
	{"--scope", "s", "scopes", "o"},
	{"--param", "+", "parameters", "P"},
	{"--token-param", "+", "parameters", ""},
	{"--refresh-param", "R", "refresh with", ""},
	{"--revoke", "x", "revoke", ""},
	{"--issuer", "T", "tenants", ""},
	{"--client-id", "T", "tenants", ""},
	{"--client-auth", "T", "tenants", ""},
	{"--client-secret-file", "T", "tenants", ""},
	{"--client-key-file", "T", "tenants", ""},
	{"--client-cert-file", "T", "tenants", ""},
	{"--ca-file", "T", "tenants", ""},
	{"--redirect-uri", "T", "tenants", ""},
	{"--response-mode", ":", "answer by", ""},
	{"--no-preflight", ":", "look ahead", ""},
	{"--post-logout-uri", ":", "after logout", ""},
}

// withKeys says of the flags in a text which keys of the screen do that, where the text does not name them itself.
func withKeys(text string) string {
	if !strings.Contains(text, "--") {
		return text
	}
	var out []string
	for _, k := range Keys {
		said := "`" + k.Key + "` " + k.Name
		if !namesFlag(text, k.Flag) || namesKey(text, k.Key) || k.or != "" && namesKey(text, k.or) || len(out) > 0 && strings.HasSuffix(strings.Join(out, ", "), said) {
			continue
		}
		out = append(out, said)
	}
	if len(out) == 0 {
		return text
	}
	return text + " On the screen: " + strings.Join(out, ", ") + "."
}

// namesFlag reports whether a text names a flag, and not one that begins with it.
func namesFlag(text, flag string) bool {
	for {
		_, rest, found := strings.Cut(text, flag)
		if !found {
			return false
		}
		if rest == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz-", rune(rest[0])) {
			return true
		}
		text = rest
	}
}

// namesKey reports whether a key stands by itself in a text.
func namesKey(text, key string) bool {
	for _, word := range strings.Fields(text) {
		if strings.Trim(word, "(),.;:`") == key {
			return true
		}
	}
	return false
}
