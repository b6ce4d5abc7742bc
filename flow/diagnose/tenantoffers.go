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
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Warning, Title: "PKCE without S256",
		Seen:  "code_challenge_methods_supported lists " + list(methods, 5) + ".",
		Means: "plain sends the verifier itself through the browser: whoever sees the request can use the code. S256 must be there where PKCE is.",
		Do:    "Try S256 all the same, as authscope does; if it is refused, have the server allow it.", Spec: "RFC 7636 §4.2, §7.2, RFC 9700 §2.1.1"})
}

func pkceNotAdvertised(r *reading) []Finding {
	methods, told := r.listed("code_challenge_methods_supported")
	if r.document() == nil || told && len(methods) > 0 || !r.codeOffered() {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Info, Title: "PKCE is not advertised",
		Seen:  "The metadata has no code_challenge_methods_supported.",
		Means: "By RFC 8414 that means no PKCE. Some servers have it all the same. An authorization server has to support it, and to say so.",
		Do:    "Send code_challenge always, as authscope does: a server that does not know it ignores it. Ask whoever runs the server to list S256.", Spec: "RFC 8414 §2, RFC 9700 §2.1.1"})
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
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Warning, Title: "Unsigned ID tokens are offered",
		Seen:  "id_token_signing_alg_values_supported has none, beside " + list(slices.DeleteFunc(slices.Clone(algs), func(a string) bool { return a == "none" }), 6) + ".",
		Means: "A client that is registered for it gets ID tokens that anybody could have written. Libraries that go by this list may accept one.",
		Do:    "Take none out of the server's list, and set the one algorithm that you expect in your library. authscope never accepts it.", Spec: "OpenID Connect Discovery 1.0 §3, RFC 8725 §3.2"})
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
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Info, Title: "The implicit grant is offered", Seen: seen,
		Means: "Tokens in the URL leak through histories, logs and referrers, and are bound to nobody. Servers keep it for old clients; it is no fault of a login with a code.",
		Do:    "Use response_type=code with PKCE, and switch the implicit grant off where no client needs it.", Spec: "RFC 9700 §2.1.2"})
}

func passwordOffered(r *reading) []Finding {
	grants, _ := r.listed("grant_types_supported")
	if !slices.Contains(grants, "password") {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Info, Title: "The password grant is offered",
		Seen:  "grant_types_supported has password.",
		Means: "With it an application takes the person's password itself, past second factors and passkeys. It must not be used any more.",
		Do:    "Let people sign in at the server, with a code; switch the grant off where no client needs it.", Spec: "RFC 9700 §2.4"})
}

func refreshNotAdvertised(r *reading) []Finding {
	grants, grantsTold := r.listed("grant_types_supported")
	scopes, scopesTold := r.listed("scopes_supported")
	noGrant := grantsTold && !slices.Contains(grants, "refresh_token")
	noScope := scopesTold && !slices.Contains(scopes, "offline_access")
	if !r.codeOffered() || !noGrant && !noScope {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Info, Title: "Refresh tokens are not advertised in full", Spec: "RFC 6749 §6, OpenID Connect Core 1.0 §11"}
	switch {
	case noGrant && noScope:
		f.Seen = "grant_types_supported has no refresh_token, and scopes_supported no offline_access."
	case noGrant:
		f.Seen = "grant_types_supported has no refresh_token; scopes_supported has offline_access, or is absent."
	default:
		f.Seen = "scopes_supported has no offline_access; grant_types_supported has refresh_token, or is absent."
	}
	f.Means = "Metadata may leave things out. " + candidates("there are no refresh tokens;", "they are given without that scope, or to some clients only;", "they are asked for in another way, such as access_type=offline.")
	f.Do = "Try it: authscope run with and without offline_access tells what this server does."
	return r.published(r.document(), f)
}

func issNotAdvertised(r *reading) []Finding {
	if r.document() == nil || !r.codeOffered() || r.Metadata().IssParameter {
		return nil
	}
	return r.published(r.document(), jwtview.Finding{Severity: jwtview.Info, Title: "Answers do not carry iss",
		Seen:  "authorization_response_iss_parameter_supported is not true.",
		Means: "A client that uses several authorization servers cannot see by the answer which one it is of, and a hostile one could have it send a code to the wrong place (mix-up). With one server this is of no concern.",
		Do:    "With several servers give each a redirect URI of its own, and check it.", Spec: "RFC 9207, RFC 9700 §4.4"})
}
