package diagnose

import (
	"slices"

	"authscope/jwtview"
)

// What the metadata offers, held against what is advised today (RFC 9700).

func pkcePlainOnly(r *reading) []Finding {
	methods, told := r.listed("code_challenge_methods_supported")
	if !told || len(methods) == 0 || slices.Contains(methods, "S256") {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Seen: "code_challenge_methods_supported lists " + list(methods, 5) + "."})
}

func pkceNotAdvertised(r *reading) []Finding {
	methods, told := r.listed("code_challenge_methods_supported")
	if r.document() == nil || told && len(methods) > 0 || !r.codeOffered() {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Seen: "The metadata has no code_challenge_methods_supported."})
}

// codeOffered reports whether a browser can be sent there for a code.
func (r *reading) codeOffered() bool {
	types, told := r.listed("response_types_supported")
	return r.Metadata() != nil && r.Metadata().AuthorizationEndpoint != "" && (!told || slices.Contains(types, "code"))
}

func unsignedOffered(r *reading) []Finding {
	algs, _ := r.listed("id_token_signing_alg_values_supported")
	if !slices.Contains(algs, "none") {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Seen: "id_token_signing_alg_values_supported has none, beside " + list(slices.DeleteFunc(slices.Clone(algs), func(a string) bool { return a == "none" }), 6) + "."})
}

func implicitOffered(r *reading) []Finding {
	types, _ := r.listed("response_types_supported")
	grants, _ := r.listed("grant_types_supported")
	var offered []string
	for _, t := range types {
		if hasWord(t, "token") {
			offered = append(offered, t)
		}
	}
	if len(offered) == 0 && !slices.Contains(grants, "implicit") {
		return nil
	}
	seen := "Access tokens in the URL are offered: response types " + list(offered, 6) + "."
	if len(offered) == 0 {
		seen = "grant_types_supported has implicit."
	}
	return r.published(r.document(), jwtview.Finding{Seen: seen})
}

func passwordOffered(r *reading) []Finding {
	grants, _ := r.listed("grant_types_supported")
	if !slices.Contains(grants, "password") {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Seen: "grant_types_supported has password."})
}

func refreshNotAdvertised(r *reading) []Finding {
	grants, grantsTold := r.listed("grant_types_supported")
	scopes, scopesTold := r.listed("scopes_supported")
	noGrant := grantsTold && !slices.Contains(grants, "refresh_token")
	noScope := scopesTold && !slices.Contains(scopes, "offline_access")
	if !r.codeOffered() || !noGrant && !noScope {
		return nil
	}
	f := jwtview.Finding{}
	switch {
	case noGrant && noScope:
		f.Seen = "grant_types_supported has no refresh_token, and scopes_supported no offline_access."
	case noGrant:
		f.Seen = "grant_types_supported has no refresh_token; scopes_supported has offline_access, or is absent."
	default:
		f.Seen = "scopes_supported has no offline_access; grant_types_supported has refresh_token, or is absent."
	}
	return r.published(r.document(), f)
}

func issNotAdvertised(r *reading) []Finding {
	if r.document() == nil || !r.codeOffered() || r.Metadata().IssParameter {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Seen: "authorization_response_iss_parameter_supported is not true."})
}
