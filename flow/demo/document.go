package demo

import (
	"html"
	"regexp"
	"strings"
	"sync"
)

// document is what the agent understands of a page: enough for the tenant's own.
type document struct {
	forms   []htmlForm
	refresh string // where a meta refresh points
	text    string
}

type htmlForm struct {
	method, action string
	fields         []htmlField
}

// htmlField is an input or a button; kind is its type.
type htmlField struct{ name, value, kind string }

// The patterns are compiled when a page is first read: a command that has no tenant starts without them.
var (
	htmlTag       = compiled(`(?s)<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>`)
	htmlAttribute = compiled(`(?s)([a-zA-Z][-a-zA-Z]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?`)
	htmlUnseen    = compiled(`(?is)<(script|style|title)\b.*?</(?:script|style|title)>`)
)

func compiled(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// readDocument reads a page in one pass over its tags.
func readDocument(body []byte) document {
	var d document
	page := string(body)
	open := -1
	for _, m := range htmlTag().FindAllStringSubmatch(page, -1) {
		name, closing := strings.ToLower(m[2]), m[1] == "/"
		attrs := readAttributes(m[3])
		switch {
		case name == "form" && closing:
			open = -1
		case name == "form":
			d.forms = append(d.forms, htmlForm{method: strings.ToUpper(orElse(attrs["method"], "get")), action: attrs["action"]})
			open = len(d.forms) - 1
		case (name == "input" || name == "button") && !closing && open >= 0:
			kind := strings.ToLower(orElse(attrs["type"], map[string]string{"button": "submit", "input": "text"}[name]))
			d.forms[open].fields = append(d.forms[open].fields, htmlField{attrs["name"], attrs["value"], kind})
		case name == "meta" && strings.EqualFold(attrs["http-equiv"], "refresh"):
			if _, target, ok := strings.Cut(attrs["content"], "url="); ok {
				d.refresh = target
			}
		}
	}
	d.text = html.UnescapeString(htmlTag().ReplaceAllString(htmlUnseen().ReplaceAllString(page, " "), " "))
	return d
}

func readAttributes(s string) map[string]string {
	attrs := map[string]string{}
	for _, m := range htmlAttribute().FindAllStringSubmatch(s, -1) {
		name := strings.ToLower(m[1])
		if _, ok := attrs[name]; !ok {
			attrs[name] = html.UnescapeString(m[2] + m[3] + m[4])
		}
	}
	return attrs
}
