package report

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// maxKeysShown bounds how many keys a text shows; --json has more.
const maxKeysShown = 20

// keySet writes the keys, each with what it is for and how old it is.
func (s *sheet) keySet(t Tenant) {
	set := t.KeySet
	if set == nil {
		return
	}
	s.title("keys", set.AgeText())
	for i := range set.Keys[:min(len(set.Keys), maxKeysShown)] {
		s.key(t, &set.Keys[i])
	}
	if n := len(set.Keys) + set.More - maxKeysShown; n > 0 {
		s.line(2, span{s.th.Dim, fmt.Sprintf("… %s more: --json has them", plural(n, "key"))})
	}
	if len(set.Keys) == 0 {
		s.line(2, span{s.th.Dim, "none: the set is empty"})
	}
}

func (s *sheet) key(t Tenant, k *story.PublishedKey) {
	mark := span{s.th.Dim, " "}
	const label = 13
	if len(k.Private) > 0 || k.Secret {
		mark = span{s.th.Bad, theme.Failed}
	} else if k.Problem != "" || k.CertErr != "" {
		mark = span{s.th.Warn, "!"}
	}
	s.line(0, mark, span{s.th.Text, " " + orText(k.ID, "no kid")}, span{s.th.Dim, "  " + k.Kind()})
	s.para(4, span{s.th.Dim, "thumbprint"}, label, s.th.Dim, k.Print)
	if k.Cert != nil {
		s.para(4, span{s.th.Dim, "certificate"}, label, s.th.Text, certificateText(k.Cert))
	}
	s.para(4, span{s.th.Dim, "age"}, label, s.th.Dim, k.Age(t.Now))
	s.para(4, span{s.th.Dim, "private"}, label, s.th.Bad, strings.Join(k.Private, ", "))
	s.para(4, span{s.th.Dim, "unusable"}, label, s.th.Text, join("; ", k.Problem, k.CertErr))
}

// certificateText describes a certificate in a line.
func certificateText(c *trace.Certificate) string {
	by := "by " + c.Issuer
	if c.SelfSigned {
		by = "signed by itself"
	}
	return fmt.Sprintf("%s, %s, from %s until %s", c.Subject, by, c.NotBefore.UTC().Format("2006-01-02"), c.NotAfter.UTC().Format("2006-01-02"))
}

// attempts lists every address that was asked, with what came.
func (s *sheet) attempts(as []story.Attempt) {
	if len(as) == 0 {
		return
	}
	s.title("addresses that were asked", "")
	const most = 24
	for _, a := range as[:min(len(as), most)] {
		mark, status := span{s.th.Dim, theme.Skipped}, "–"
		if r := a.Call.Response; r != nil {
			status = fmt.Sprint(r.Status)
		} else {
			mark = span{s.th.Bad, theme.Failed}
		}
		if a.Used {
			mark = span{s.th.OK, theme.Passed}
		}
		s.line(0, span{mark.style, "  " + mark.text + " "}, span{s.th.Text, safe.Pad(status, 4)}, span{s.th.Text, a.URL})
		result := a.Result
		if a.Used {
			result = Duration(a.Call.Duration())
		}
		s.para(8, span{}, 0, s.th.Dim, join(": ", string(a.Place), result))
		if a.Call.TLS != nil && a.Call.TLS.Server != nil && a.Call.Response == nil {
			s.para(8, span{}, 0, s.th.Text, "the server showed "+certificateText(a.Call.TLS.Server)+", SHA-256 "+a.Call.TLS.Server.Thumbprint)
		}
	}
	if n := len(as) - most; n > 0 {
		s.line(2, span{s.th.Dim, fmt.Sprintf("… %s more", plural(n, "address"))})
	}
}

// tenantVerdict is the last line.
func (s *sheet) tenantVerdict(t Tenant) {
	switch t.Verdict() {
	case TenantFine:
		s.para(0, span{s.th.OK, theme.Passed}, 2, s.th.OK, "no error in what this tenant publishes")
	case TenantErrors:
		n := 0
		for _, f := range t.Findings {
			if severities[f.Severity] == severities["error"] {
				n++
			}
		}
		s.para(0, span{s.th.Bad, theme.Failed}, 2, s.th.Bad, plural(n, "error")+" in what this tenant publishes")
	default:
		s.para(0, span{s.th.Bad, theme.Failed}, 2, s.th.Bad, "the metadata of "+orText(t.Asked, t.Issuer)+" could not be read")
	}
}
