package report

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
)

// Bounds of a Mermaid diagram: its renderer refuses more than 50,000 characters.
const (
	mermaidFirst = 250 // steps from the beginning
	mermaidLast  = 150 // and from the end, where there are more
)

var mermaidNames = [...]string{story.Browser: "B", story.Client: "C", story.Server: "S", story.API: "P"}

// diagramMermaid writes the diagram for https://mermaid.js.org.
func diagramMermaid(b *strings.Builder, s *story.Story) {
	steps := s.Arrows()
	b.WriteString("sequenceDiagram\n")
	for i, name := range story.Parties {
		if story.Party(i) != story.API || HasAPI(steps) {
			fmt.Fprintf(b, "    participant %s as %s\n", mermaidNames[i], name)
		}
	}
	left := len(steps) - mermaidFirst - mermaidLast
	d := NewDiagramLayout(0, steps)
	for i, st := range steps {
		if left > 0 && i >= mermaidFirst && i < len(steps)-mermaidLast {
			if i == mermaidFirst {
				fmt.Fprintf(b, "    Note over C: %d steps are left out here\n", left)
			}
			continue
		}
		if title := d.margin(i); title != "" && st.Kind != story.ArrowResponse && st.Kind != story.ArrowNoAnswer {
			fmt.Fprintf(b, "    Note over C: %s\n", mermaidText(title))
		}
		fmt.Fprintf(b, "    %s%s%s: %s\n", mermaidNames[st.From], mermaidArrow(st.Kind), mermaidNames[st.To], mermaidText(s.Label(st)))
	}
}

// mermaidArrow is a solid arrow for what was asked, a dashed one for what was answered or not seen, and a cross where
// nothing came.
func mermaidArrow(k story.ArrowKind) string {
	switch k {
	case story.ArrowResponse:
		return "-->>"
	case story.ArrowPresumed:
		return "--)"
	case story.ArrowNoAnswer:
		return "--x"
	}
	return "->>"
}

// mermaidText writes text so that nothing in it is a command of the diagram's language.
func mermaidText(s string) string {
	return mermaidEscapes.Replace(safe.Line(s))
}

var mermaidEscapes = strings.NewReplacer("#", "#35;", ";", "#59;", "<", "#lt;", ">", "#gt;", "&", "#amp;", "%", "#37;", `"`, "#quot;", "`", "#96;", "\\", "#92;", "$", "#36;")
