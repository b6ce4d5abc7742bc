package diagnose

import (
	"slices"

	"authscope/jwtview"
)

// tenantRules speak of what a tenant publishes of itself, whoever signs in. In a login only their errors and warnings are told;
// [Reader.Tenant] tells their remarks too.
var tenantRules = slices.Concat([]rule{
	{id: "metadata-incomplete", catalogue: "D63", read: metadataIncomplete, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The metadata lacks required members",
		Means:    "OpenID Connect requires them. Strict libraries refuse the whole document without them, others do not notice.",
		Do:       "Have the server's settings add them; until then a library may have to be given its endpoints by hand.",
		Spec:     "OpenID Connect Discovery 1.0 §3",
	}},
	{id: "metadata-documents-differ", catalogue: "D63", read: documentsDiffer, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Two metadata documents that differ",
		Means:    "Libraries for OpenID Connect read the one, libraries for OAuth alone the other: they go to different places, or expect another name in tokens.",
		Do:       "Have both say the same; compare them in the view Tenant (5), or with authscope tenant URL.",
		Spec:     "RFC 8414 §3, §5",
	}},
	{id: "metadata-member-repeated", catalogue: "D63", read: memberRepeated, Text: Text{
		Severity: jwtview.Warning,
		Title:    "A member of the metadata stands twice",
		Means:    "Readers of JSON disagree about which one counts, so two libraries may use different values.",
		Do:       "Have the server write each member once.",
		Spec:     "RFC 8259 §4",
	}},
	{id: "metadata-member-odd", catalogue: "D63", read: memberOdd, Text: Text{
		Severity: jwtview.Warning,
		Title:    "A member of the metadata is not as specified",
		Means:    "A library may refuse the document, or take the member for absent. authscope takes it for absent.",
		Do:       "Correct it in the server's settings, or in what stands before the server and changes the document.",
		Spec:     "OpenID Connect Discovery 1.0 §3, RFC 8414 §2",
	}},
	{id: "metadata-member-misspelt", catalogue: "D63", open: true, read: memberMisspelt, Text: Text{
		Severity: jwtview.Info,
		Title:    "A member of the metadata may be misspelt",
		Means:    "The name is in no registry, and one that is differs little. Libraries overlook what they do not know.",
		Causes:   []string{"a slip in the name;", "a member of this server's own."},
		Do:       "Compare the names with those of the specification.",
		Spec:     "OpenID Connect Discovery 1.0 §3, RFC 8414 §2",
	}},
	{id: "endpoint-http", catalogue: "D61", read: endpointHTTP, Text: Text{
		Severity: jwtview.Warning,
		Title:    "An endpoint is reached without TLS",
		Means:    "Codes, tokens and secrets travel readable there. Often a proxy ends TLS and does not tell the server, which then writes http.",
		Do:       "Set the server's public address with https, or have the proxy pass on X-Forwarded-Proto.",
		Spec:     "RFC 8414 §2, RFC 6749 §3.1, §3.2",
	}},
	{id: "endpoint-elsewhere", catalogue: "D63", read: endpointElsewhere, Text: Text{
		Severity: jwtview.Info,
		Title:    "Endpoints on another host than the issuer",
		Means:    "That is allowed, and usual with large providers. Elsewhere it may be an internal name, or that of another environment.",
		Do:       "Check that you know these hosts, and that your network and your content policy let them through.",
		Spec:     "RFC 8414 §2",
	}},
	{id: "pkce-plain-only", catalogue: "D23", read: pkcePlainOnly, Text: Text{
		Severity: jwtview.Warning,
		Title:    "PKCE without S256",
		Means:    "plain sends the verifier itself through the browser: whoever sees the request can use the code. S256 must be there where PKCE is.",
		Do:       "Try S256 all the same, as authscope does; if it is refused, have the server allow it.",
		Spec:     "RFC 7636 §4.2, §7.2, RFC 9700 §2.1.1",
	}},
	{id: "pkce-not-advertised", catalogue: "D63", read: pkceNotAdvertised, Text: Text{
		Severity: jwtview.Info,
		Title:    "PKCE is not advertised",
		Means:    "By RFC 8414 that means no PKCE. Some servers have it all the same. An authorization server has to support it, and to say so.",
		Do:       "Send code_challenge always, as authscope does: a server that does not know it ignores it. Ask whoever runs the server to list S256.",
		Spec:     "RFC 8414 §2, RFC 9700 §2.1.1",
	}},
	{id: "id-token-unsigned-offered", catalogue: "D48", read: unsignedOffered, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Unsigned ID tokens are offered",
		Means:    "A client that is registered for it gets ID tokens that anybody could have written. Libraries that go by this list may accept one.",
		Do:       "Take none out of the server's list, and set the one algorithm that you expect in your library. authscope never accepts it.",
		Spec:     "OpenID Connect Discovery 1.0 §3, RFC 8725 §3.2",
	}},
	{id: "implicit-offered", catalogue: "D63", read: implicitOffered, Text: Text{
		Severity: jwtview.Info,
		Title:    "The implicit grant is offered",
		Means:    "Tokens in the URL leak through histories, logs and referrers, and are bound to nobody. Servers keep it for old clients; it is no fault of a login with a code.",
		Do:       "Use response_type=code with PKCE, and switch the implicit grant off where no client needs it.",
		Spec:     "RFC 9700 §2.1.2",
	}},
	{id: "password-offered", catalogue: "D63", read: passwordOffered, Text: Text{
		Severity: jwtview.Info,
		Title:    "The password grant is offered",
		Means:    "With it an application takes the person's password itself, past second factors and passkeys. It must not be used any more.",
		Do:       "Let people sign in at the server, with a code; switch the grant off where no client needs it.",
		Spec:     "RFC 9700 §2.4",
	}},
	{id: "refresh-not-advertised", catalogue: "D63", read: refreshNotAdvertised, Text: Text{
		Severity: jwtview.Info,
		Title:    "Refresh tokens are not advertised in full",
		Means:    "Metadata may leave things out.",
		Causes:   []string{"there are no refresh tokens;", "they are given without that scope, or to some clients only;", "they are asked for in another way, such as access_type=offline."},
		Do:       "Try it: authscope run with and without offline_access tells what this server does.",
		Spec:     "RFC 6749 §6, OpenID Connect Core 1.0 §11",
	}},
	{id: "iss-parameter-not-advertised", catalogue: "D24", read: issNotAdvertised, Text: Text{
		Severity: jwtview.Info,
		Title:    "Answers do not carry iss",
		Means:    "A client that uses several authorization servers cannot see by the answer which one it is of, and a hostile one could have it send a code to the wrong place (mix-up). With one server this is of no concern.",
		Do:       "With several servers give each a redirect URI of its own, and check it.",
		Spec:     "RFC 9207, RFC 9700 §4.4",
	}},
}, publishedKeyRules)
