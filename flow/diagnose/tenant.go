package diagnose

import (
	"cmp"
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

// Tenant applies the rules that speak of the tenant alone, as of now: whether it can be reached and found, and what it publishes.
func (d Reader) Tenant(s *story.Story, now time.Time) []Finding {
	keys := slices.IndexFunc(claimRules, func(r rule) bool { return r.id == "keys-unreadable" })
	return d.apply(s, now, slices.Concat(discoveryRules, transportRules, claimRules[keys:keys+1], tenantRules), false)
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
	return about(member(missing[0]), r.published(r.document(), jwtview.Finding{Seen: "The OpenID Connect document has no " + list(missing, 5) + "."}))
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
	f := jwtview.Finding{}
	switch {
	case len(differ) > 0:
		f.Seen = "The documents of this issuer have different values for " + list(differ, 6) + "."
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
	return about(member(names[0]), r.published(r.document(), jwtview.Finding{Seen: "More than once in the document: " + list(names, 5) + "."}))
}

func memberOdd(r *reading) []Finding {
	var wrong, small []string
	var first [2]string // of what is wrong, and of what is small
	for _, m := range r.Story.Tenant().Members {
		switch {
		case m.Problem == "":
		case m.Value.Kind == jwtview.Null, m.Value.Kind == jwtview.Array && len(m.Value.Elems) == 0:
			small, first[1] = append(small, lit(m.Name)+": "+m.Problem), cmp.Or(first[1], m.Name)
		default:
			first[0] = cmp.Or(first[0], m.Name)
			wrong = append(wrong, lit(m.Name)+": "+m.Problem)
		}
	}
	f := jwtview.Finding{Seen: sentences(wrong, 4)}
	if len(wrong) == 0 {
		f.Severity, f.Title, f.Seen = jwtview.Info, "An empty member of the metadata", sentences(small, 4)
		f.Means, f.Do = "It reads like an absent one in most libraries; a few fail on it.", "Have the server leave it out."
	}
	if len(wrong)+len(small) == 0 {
		return nil
	}
	return about(member(cmp.Or(first[:]...)), r.published(r.document(), f))
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
	var seen, names []string
	for _, m := range r.Story.Tenant().Members {
		if near := r.Story.Tenant().Member(m.Near); m.Near != "" && (near == nil || near.Absent()) {
			names = append(names, m.Name)
			seen = append(seen, lit(m.Name)+" may be meant for "+lit(m.Near))
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return about(member(names[0]), r.published(r.document(), jwtview.Finding{Seen: sentences(seen, 4)}))
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
	return about(member(bad[0]), r.published(r.document(), jwtview.Finding{Seen: "With http in the metadata: " + list(bad, 5) + "."}))
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
	return about(member(byHost[hosts[0]][0]), r.published(r.document(), jwtview.Finding{Seen: sentences(seen, 3)}))
}
