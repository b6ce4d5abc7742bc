package story

import (
	"strings"

	"authscope/jwtview"
)

// bodyRow describes a body that is no JSON object: by its title, or its first words.
func bodyRow(c *Call) Row {
	r := c.Response
	row := Row{Name: "body", Value: Excerpt(r.Body), Note: orElse(r.MediaType(), "no content type")}
	switch {
	case len(r.Body) == 0:
		row.Value, row.Short = "", "empty"
		row.Note = "nothing in it"
		row.Bad = c.Class != Revocation
	case c.Class == Revocation || c.Class == Unknown:
	default:
		row.Note, row.Bad = orElse(r.MediaType(), "no content type")+", where JSON was expected", true
	}
	if r.Err != "" {
		row.Note, row.Bad = "cut off: "+r.Err, true
	}
	return row
}

func keyRows(keys jwtview.Keys) (rows []Row) {
	for _, k := range keys {
		r := Row{Name: "key", Value: k.ID, Short: strings.TrimSpace(k.Type + " " + bits(k.Bits) + " " + k.Alg), Note: "verifies what names this kid"}
		if k.Use != "" && k.Use != "sig" {
			r.Note = "use: " + k.Use
		}
		if k.Problem != "" {
			r.Note = "cannot be used: " + k.Problem
		}
		rows = append(rows, r)
	}
	return rows
}
