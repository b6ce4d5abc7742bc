package story

import (
	"unicode/utf8"

	"authscope/flow/trace"
)

// edited folds a request that the person changed before it left. What was made is kept beside it.
func (s *Story) edited(c *Call, e trace.Event, d trace.Edited) {
	if c.Made == nil && !c.ReadyAt.IsZero() { // a damaged file may tell of a change alone
		made := c.Request
		c.Made = &made
	}
	if c.Made != nil {
		c.Edits = trace.Edits(c.MadeDraft(), trace.Draft{Front: d.Front, Method: d.Method, URL: d.URL, Header: d.Header, Body: d.Body})
	}
	s.ready(c, e, trace.Ready(d))
	if len(c.Edits) == 0 { // all was put back
		c.Made = nil
	}
}

func draftOf(front bool, r Request) trace.Draft {
	return trace.Draft{Front: front, Method: r.Method, URL: r.URL, Header: r.Header, Body: r.Body}
}

// Draft is the request as it stands.
func (c *Call) Draft() trace.Draft {
	d := draftOf(c.Front, c.Request)
	d.Call = c.ID
	return d
}

// MadeDraft is the request as authscope made it, before the person changed anything.
func (c *Call) MadeDraft() trace.Draft {
	d := c.Draft()
	if c.Made != nil {
		d = draftOf(c.Front, *c.Made)
		d.Call = c.ID
	}
	return d
}

// markEdits says in the rows of a request what the person changed; what has no row gets one.
func markEdits(rows []Row, edits []trace.Edit) []Row {
	for _, e := range edits {
		if r := editedRow(rows, e); r != nil {
			r.Edit = e.Change
			if !r.Bad { // what is usually to be said of it may not hold any more
				r.Note = ""
			}
			r.Note = join(EditNote(e), r.Note)
			continue
		}
		r := Row{Name: e.Name, Value: e.Now, Edit: e.Change, Note: join(EditNote(e), places[e.Where])}
		if e.Change != trace.WasRemoved {
			r.Secret = trace.SecretPart(e.Where, e.Name, e.Now)
			if e.Where != trace.InHeader {
				r.Kind = travels[e.Name]
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// places are the parts of a request that the rows do not show otherwise.
var places = map[trace.Where]string{trace.InQuery: "a parameter of the URL", trace.InHeader: "a header field", trace.InBody: "the whole body", trace.InURL: "where it is sent"}

// editedRow is the row of what was changed, or nil: of a header field a row shows a part only.
func editedRow(rows []Row, e trace.Edit) *Row {
	if e.Change == trace.WasRemoved {
		return nil
	}
	for i := range rows {
		r := &rows[i]
		if r.Edit == "" && r.Name == e.Name && (r.Value == e.Now || e.Where == trace.InHeader) {
			return r
		}
	}
	return nil
}

// maxWas bounds what a note says of a value that is not there any more, in characters.
const maxWas = 120

// EditNote says in a few words what the person changed, without a secret.
func EditNote(e trace.Edit) string {
	if e.Change == trace.WasAdded {
		return "added by you"
	}
	was := trace.MaskPart(e.Where, e.Name, e.Was)
	switch {
	case was == "":
		was = "empty"
	case utf8.RuneCountInString(was) > maxWas:
		was = string([]rune(was)[:maxWas]) + "…"
	}
	return string(e.Change) + " by you, was " + was
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
