package diagnose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// tenantRules speak of what a tenant publishes of itself, whoever signs in. In a login only their errors and warnings are told;
// [Tenant] tells their remarks too.
var tenantRules = slices.Concat([]rule{
	{"metadata-incomplete", "D63", false, metadataIncomplete},
	{"metadata-documents-differ", "D63", false, documentsDiffer},
	{"metadata-member-repeated", "D63", false, memberRepeated},
	{"metadata-member-odd", "D63", false, memberOdd},
	{"metadata-member-misspelt", "D63", true, memberMisspelt},
	{"endpoint-http", "D61", false, endpointHTTP},
	{"endpoint-elsewhere", "D63", false, endpointElsewhere},
	{"pkce-plain-only", "D23", false, pkcePlainOnly},
	{"pkce-not-advertised", "D63", false, pkceNotAdvertised},
	{"id-token-unsigned-offered", "D48", false, unsignedOffered},
	{"implicit-offered", "D63", false, implicitOffered},
	{"password-offered", "D63", false, passwordOffered},
	{"refresh-not-advertised", "D63", false, refreshNotAdvertised},
	{"iss-parameter-not-advertised", "D24", false, issNotAdvertised},
}, keyRules)

// Tenant applies the rules that speak of the tenant alone, as of now: whether it can be reached and found, and what it publishes.
func Tenant(s *story.Story, now time.Time) []Finding {
	return apply(s, now, slices.Concat(discoveryRules, transportRules, []rule{{"keys-unreadable", "D45", false, keysUnreadable}}, tenantRules), false)
}

// document returns the call that brought the metadata, or nil.
func (r *reading) document() *story.Call {
	if t := r.Story.Tenant(); t.Known() {
		return t.Documents[0].Call
	}
	return nil
}

// published makes a finding that speaks of what came with c. It belongs to discovery, where it can be read before anybody signs in.
func (r *reading) published(c *story.Call, f jwtview.Finding) []Finding {
	out := r.in(trace.Discover, f)
	if c != nil {
		out[0].Call = c.ID
	}
	return out
}

// listed returns the strings of a member, and whether it is there as a list.
func (r *reading) listed(name string) ([]string, bool) {
	m := r.Story.Tenant().Member(name)
	if m == nil || m.Absent() || m.Value.Kind != jwtview.Array {
		return nil, false
	}
	var out []string
	for _, e := range m.Value.Elems {
		if e.Kind == jwtview.String {
			out = append(out, e.Text)
		}
	}
	return out, true
}

// requiredByOIDC are members that an OpenID Provider must have, besides those that endpointMissing speaks of.
var requiredByOIDC = []string{"response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"}

func metadataIncomplete(r *reading) []Finding {
	t := r.Story.Tenant()
	if !t.Known() || t.Documents[0].Place != story.PlaceOIDC {
		return nil
	}
	var missing []string
	for _, name := range requiredByOIDC {
		if m := t.Member(name); m == nil || m.Absent() {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Warning, Title: "The metadata lacks required members",
		Seen:  "The OpenID Connect document has no " + list(missing, 5) + ".",
		Means: "OpenID Connect requires them. Strict libraries refuse the whole document without them, others do not notice.",
		Do:    "Have the server's settings add them; until then a library may have to be given its endpoints by hand.", Spec: "OpenID Connect Discovery 1.0 §3"})
}

// telling are members whose difference leads two clients to two places.
func telling(name string) bool {
	return name == "issuer" || name == "jwks_uri" || strings.HasSuffix(name, "_endpoint")
}

func documentsDiffer(r *reading) []Finding {
	t := r.Story.Tenant()
	var differ, lack []string
	for _, d := range t.Differences {
		switch {
		case d.A == nil || d.B == nil || !telling(d.Name):
			lack = append(lack, d.Name)
		default:
			differ = append(differ, d.Name)
		}
	}
	f := jwtview.Finding{Spec: "RFC 8414 §3, §5", Title: "Two metadata documents that differ"}
	switch {
	case len(differ) > 0:
		f.Severity = jwtview.Warning
		f.Seen = "The documents of this issuer have different values for " + list(differ, 6) + "."
		f.Means = "Libraries for OpenID Connect read the one, libraries for OAuth alone the other: they go to different places, or expect another name in tokens."
		f.Do = "Have both say the same; compare them in the view Tenant (5), or with authscope tenant URL."
	case len(lack) > 0:
		f.Severity = jwtview.Info
		f.Seen = "The documents of this issuer agree on issuer and endpoints, and differ in " + list(lack, 6) + "."
		f.Means = "That is allowed: a document for OAuth need not have what OpenID Connect adds. A client that reads the other one knows less, or something else."
		f.Do = "Nothing, unless a library misses one of these members: then give it the other document."
	default:
		return nil
	}
	return r.published(t.Documents[1].Call, f)
}

func memberRepeated(r *reading) []Finding {
	var names []string
	for _, m := range r.Story.Tenant().Members {
		if m.Repeats && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Warning, Title: "A member of the metadata stands twice",
		Seen:  "More than once in the document: " + list(names, 5) + ".",
		Means: "Readers of JSON disagree about which one counts, so two libraries may use different values.",
		Do:    "Have the server write each member once.", Spec: "RFC 8259 §4"})
}

func memberOdd(r *reading) []Finding {
	var wrong, small []string
	for _, m := range r.Story.Tenant().Members {
		switch {
		case m.Problem == "":
		case m.Value.Kind == jwtview.Null, m.Value.Kind == jwtview.Array && len(m.Value.Elems) == 0:
			small = append(small, lit(m.Name)+": "+m.Problem)
		default:
			wrong = append(wrong, lit(m.Name)+": "+m.Problem)
		}
	}
	f := jwtview.Finding{Severity: jwtview.Warning, Title: "A member of the metadata is not as specified", Spec: "OpenID Connect Discovery 1.0 §3, RFC 8414 §2",
		Seen: sentences(wrong, 4), Means: "A library may refuse the document, or take the member for absent. authscope takes it for absent.",
		Do: "Correct it in the server's settings, or in what stands before the server and changes the document."}
	if len(wrong) == 0 {
		f.Severity, f.Title, f.Seen = jwtview.Info, "An empty member of the metadata", sentences(small, 4)
		f.Means, f.Do = "It reads like an absent one in most libraries; a few fail on it.", "Have the server leave it out."
	}
	if len(wrong)+len(small) == 0 {
		return nil
	}
	return r.published(r.document(), f)
}

// sentences joins at most n remarks.
func sentences(remarks []string, n int) string {
	more := ""
	if len(remarks) > n {
		more = fmt.Sprintf("; and %d more", len(remarks)-n)
	}
	return strings.Join(remarks[:min(len(remarks), n)], "; ") + more + "."
}

func memberMisspelt(r *reading) []Finding {
	var seen []string
	for _, m := range r.Story.Tenant().Members {
		if m.Near != "" && r.Story.Tenant().Member(m.Near).Absent() {
			seen = append(seen, lit(m.Name)+" may be meant for "+lit(m.Near))
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Info, Title: "A member of the metadata may be misspelt", Seen: sentences(seen, 4),
		Means: "The name is in no registry, and one that is differs little. Libraries overlook what they do not know.",
		Do:    "Compare the names with those of the specification.", Spec: "OpenID Connect Discovery 1.0 §3, RFC 8414 §2"})
}

// endpoints yields the addresses of the metadata by their names.
func (r *reading) endpoints(yield func(name string, u *url.URL)) {
	for _, m := range r.Story.Tenant().Members {
		if m.Absent() || m.Group != metadata.Endpoints || m.Name == "issuer" || m.Value.Kind != jwtview.String {
			continue
		}
		if u, err := url.Parse(m.Value.Text); err == nil && u.Host != "" {
			yield(m.Name, u)
		}
	}
}

func endpointHTTP(r *reading) []Finding {
	var bad []string
	r.endpoints(func(name string, u *url.URL) {
		if u.Scheme == "http" && !isLoopback(u.Hostname()) {
			bad = append(bad, name)
		}
	})
	if len(bad) == 0 {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Warning, Title: "An endpoint is reached without TLS",
		Seen:  "With http in the metadata: " + list(bad, 5) + ".",
		Means: "Codes, tokens and secrets travel readable there. Often a proxy ends TLS and does not tell the server, which then writes http.",
		Do:    "Set the server's public address with https, or have the proxy pass on X-Forwarded-Proto.", Spec: "RFC 8414 §2, RFC 6749 §3.1, §3.2"})
}

func endpointElsewhere(r *reading) []Finding {
	named, err := url.Parse(r.Story.Tenant().Named())
	if err != nil || named.Host == "" {
		return nil
	}
	byHost := map[string][]string{}
	var hosts []string
	r.endpoints(func(name string, u *url.URL) {
		if !strings.EqualFold(u.Host, named.Host) {
			if byHost[u.Host] == nil {
				hosts = append(hosts, u.Host)
			}
			byHost[u.Host] = append(byHost[u.Host], name)
		}
	})
	if len(hosts) == 0 {
		return nil
	}
	var seen []string
	for _, h := range hosts {
		seen = append(seen, lit(h)+" has "+list(byHost[h], 4))
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Info, Title: "Endpoints on another host than the issuer",
		Seen:  sentences(seen, 3),
		Means: "That is allowed, and usual with large providers. Elsewhere it may be an internal name, or that of another environment.",
		Do:    "Check that you know these hosts, and that your network and your content policy let them through.", Spec: "RFC 8414 §2"})
}
