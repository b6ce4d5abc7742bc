package story

// preflightRequestRows explains the request of a look ahead. What travels in a login does not travel from here.
func (s *Story) preflightRequestRows(c *Call) (rows []Row) {
	if p := s.Preflight(); p != nil && p.Call == c && c.Request.Query().Get("state") != p.Params.Get("state") {
		return []Row{{Name: "url", Value: c.Request.URL, Note: "where the answer pointed to, on the same host"}}
	}
	for _, p := range params(c.Request.parsed) {
		r := s.authorizeRow(c, p[0], p[1])
		if r.Kind != "" {
			r.Kind, r.Note = "", "of this look alone, then thrown away"
		}
		rows = append(rows, r)
	}
	return rows
}

// preflightRows explains the answer to a look ahead.
func (s *Story) preflightRows(c *Call) (rows []Row) {
	p := s.Preflight()
	if p == nil || p.Call != c || c.Request.parsed == nil {
		return []Row{bodyRow(c)}
	}
	to, err := c.Request.parsed.Parse(c.Response.Header.Get("Location"))
	if c.Response.Status/100 != 3 || err != nil {
		r := bodyRow(c)
		r.Note, r.Bad = p.Why, p.Verdict == Refused
		return []Row{r}
	}
	at := *to
	at.RawQuery, at.Fragment, at.RawFragment = "", "", ""
	note := "the way to the sign-in"
	if leadsTo(to, p.Params.Get("redirect_uri")) {
		note = "the redirect URI; it was not asked"
	}
	rows = append(rows, Row{Name: "location", Value: at.String(), Note: note})
	for _, q := range pairs(to.RawQuery + "&" + to.EscapedFragment()) {
		r := row(q[0], q[1], meanings[q[0]])
		r.Kind, r.Bad = "", q[0] == "error" && p.Verdict == Refused
		switch q[0] {
		case "code":
			r.Note = "kept, never redeemed"
		case "state":
			r.Note = "of this look alone"
		}
		rows = append(rows, r)
	}
	return rows
}
