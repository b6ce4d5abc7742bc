package diagnose

import "authscope/flow/story"

// Compare lays two runs beside each other, with what was found in them.
func Compare(a, b *story.Story, inA, inB []Finding) story.Comparison {
	c := story.Compare(a, b)
	c.AddFindings(noted(inA), noted(inB))
	return c
}

func noted(found []Finding) []story.Noted {
	out := make([]story.Noted, len(found))
	for i, f := range found {
		out[i] = story.Noted{ID: f.ID, Title: f.Title, Severity: f.Severity, At: story.Evidence{Call: f.Call, Stage: f.Stage, N: f.N}}
	}
	return out
}
