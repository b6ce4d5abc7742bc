package story

// absentRows says what is not in an answer and might be looked for.
func (s *Story) absentRows(c *Call) (rows []Row) {
	if !c.OK() {
		return nil
	}
	has := func(name string) bool { _, ok := c.Response.JSON.Get(name); return ok }
	add := func(r Row) {
		if !has(r.Name) {
			r.Absent = true
			rows = append(rows, r)
		}
	}
	switch c.Class {
	case CodeExchange:
		add(Row{Name: "refresh_token", Kind: "refresh_token", Note: "see why"})
	case TokenRefresh:
		add(Row{Name: "refresh_token", Kind: "refresh_token", Note: "keep the one you have", Normal: true})
		if c.Request.form.Has("scope") {
			add(Row{Name: "scope", Note: "absent means: as asked (RFC 6749 §5.1)", Normal: true})
		}
	case DeviceToken:
		scope, _ := s.scopeOf(c)
		if !asked(scope, "openid") {
			add(Row{Name: "id_token", Kind: "id_token", Note: "openid was not asked", Normal: true})
		}
		note := "offline_access was not asked"
		if asked(scope, "offline_access") {
			note = "asked for and not given"
		}
		add(Row{Name: "refresh_token", Kind: "refresh_token", Note: note, Normal: !asked(scope, "offline_access")})
	case ClientToken:
		add(Row{Name: "id_token", Kind: "id_token", Note: "no person signed in", Normal: true})
		add(Row{Name: "refresh_token", Kind: "refresh_token", Note: "the client asks again by itself (RFC 6749 §4.4.3)", Normal: true})
	case DeviceRequest:
		add(Row{Name: "interval", Note: "then it is 5 s (RFC 8628 §3.2)", Normal: true})
		add(Row{Name: "verification_uri_complete", Note: "optional: the code has to be typed in", Normal: true})
	case Introspection:
		if v, _ := c.Response.JSON.Get("active"); v.Text == "false" {
			return []Row{{Name: "scope, exp, sub, …", Absent: true, Normal: true, Note: "of a token that is not active nothing is told"}}
		}
		return rows
	}
	switch c.Class {
	case CodeExchange, TokenRefresh, DeviceToken, ClientToken:
		add(Row{Name: "expires_in", Note: "not said how long it lives"})
	}
	return rows
}
