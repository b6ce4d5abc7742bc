package provider

import (
	"net/url"
	"slices"
	"strings"
)

// Recognise says which provider a run speaks with. A sign that is a provider's own counts more than one that several
// have; of those with likely signs the one with more of them is taken, and of equals none.
func (s *Set) Recognise(e Evidence) Match {
	if s == nil {
		return Match{}
	}
	for _, p := range s.presets {
		if by := p.own(e); by != "" {
			return Match{p, true, by}
		}
	}
	best, score, tie := Match{}, 0, false
	for _, p := range s.presets {
		by, n := p.likely(e)
		switch {
		case n > score:
			best, score, tie = Match{p, false, by}, n, false
		case n == score && n > 0:
			tie = true
		}
	}
	if tie {
		return Match{}
	}
	return best
}

// own returns a sign that only this provider has, or "".
func (p *Preset) own(e Evidence) string {
	for _, raw := range append([]string{e.Issuer}, values(e.Endpoints)...) {
		if host := hostOf(raw); host != "" && slices.ContainsFunc(p.Recognise.Hosts, func(h string) bool { return fits(h, host) }) {
			return "the host " + host
		}
	}
	for _, scope := range e.Scopes {
		if slices.ContainsFunc(p.Recognise.Scopes, func(b string) bool { return strings.HasPrefix(scope, b) }) {
			return "the scope " + scope
		}
	}
	for _, m := range p.Recognise.Members {
		if slices.Contains(e.Members, m) {
			return m + " in the metadata"
		}
	}
	for _, part := range p.Recognise.Texts {
		if slices.ContainsFunc(e.Texts, func(t string) bool { return strings.Contains(t, part) }) {
			return "its error text"
		}
	}
	return ""
}

// likely counts the signs that other providers may have too.
func (p *Preset) likely(e Evidence) (by string, n int) {
	if u, err := url.Parse(e.Issuer); err == nil {
		for _, part := range p.Recognise.Paths {
			if strings.Contains(u.Path+"/", part) {
				by, n = "the path of the issuer", n+3
			}
		}
	}
	all := len(p.Recognise.Endpoints) > 0
	for name, end := range p.Recognise.Endpoints {
		u, err := url.Parse(e.Endpoints[name])
		all = all && err == nil && strings.HasSuffix(u.Path, end)
	}
	if all {
		by, n = "the paths of its endpoints", n+len(p.Recognise.Endpoints)
	}
	for _, h := range p.Recognise.Headers {
		if slices.ContainsFunc(e.Headers, func(name string) bool { return strings.EqualFold(name, h) }) {
			by, n = "the header "+h, n+2
		}
	}
	return by, n
}

func values(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// fits compares a host with a pattern in which * stands for one or more characters.
func fits(pattern, host string) bool {
	head, tail, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == host
	}
	return len(host) > len(head)+len(tail) && strings.HasPrefix(host, head) && strings.HasSuffix(host, tail)
}
