package jwtview

const (
	eat      = "RFC 9711 §4.2"
	cdni     = "RFC 9246 §2.1"
	ida      = "OpenID Connect for Identity Assurance Claims 1.0 §4"
	fed      = "OpenID Federation 1.0 §3.1"
	sdjwt    = "RFC 9901"
	registry = "RFC 7591 §2"
	nf       = "3GPP TS 29.510"
)

// registeredClaims are those of the IANA registry "JSON Web Token Claims" that claimMeanings does not have, and those that
// the specifications of the same tokens use beside them.
var registeredClaims = map[string]meaning{
	// SIP and telephone numbers
	"sip_from_tag":   {"tag of the From header of the SIP request", "RFC 8055 §5.1"},
	"sip_date":       {"Date header of the SIP request", "RFC 8055 §5.1"},
	"sip_callid":     {"Call-Id header of the SIP request", "RFC 8055 §5.1"},
	"sip_cseq_num":   {"number of the CSeq header of the SIP request", "RFC 8055 §5.1"},
	"sip_via_branch": {"branch of the Via header of the SIP request", "RFC 8055 §5.1"},
	"orig":           {"who calls", "RFC 8225 §5.2.1"},
	"dest":           {"who is called", "RFC 8225 §5.2.1"},
	"mky":            {"fingerprint of the media key", "RFC 8225 §5.2.2"},
	"rph":            {"priority that the call may claim", "RFC 8443 §3"},
	"sph":            {"SIP Priority header of the call", "RFC 9027 §3"},
	"attest":         {"how sure the carrier is of the caller: A, B or C", "RFC 8588 §4"},
	"origid":         {"where the call entered the network", "RFC 8588 §5"},
	"div":            {"number that the call was diverted from", "RFC 8946 §3"},
	"opt":            {"PASSporT from before the diversion", "RFC 8946 §6"},
	"jcard":          {"contact data in jCard", "RFC 9795"},
	"rcd":            {"name and picture to show for the call", "RFC 9795"},
	"rcdi":           {"hashes of what the rich call data refers to", "RFC 9795"},
	"crn":            {"reason of the call", "RFC 9795"},
	"msgi":           {"hash of a SIP message", "RFC 9475 §3.2"},
	"atc":            {"challenge of the authority over a telephone number", "RFC 9447 §3"},

	// events, subjects and trust
	"toe":    {"when the event happened", "RFC 8417 §2.2"},
	"txn":    {"id of the transaction behind the event", "RFC 8417 §2.2"},
	"sub_id": {"subject by a format of its own", "RFC 9493 §4.1"},
	"vot":    {"vector of trust: identity, credential, assertion", "RFC 8485 §3.1"},
	"vtm":    {"where the vector of trust is explained", "RFC 8485 §3.1"},

	// OAuth
	"at_use_nbr":          {"how many requests the token is good for", "ETSI GS NFV-SEC 022"},
	"ace_profile":         {"ACE profile to use the token with", "RFC 9200 §5.10"},
	"cnonce":              {"nonce of the resource server", "RFC 9200 §5.10"},
	"exi":                 {"seconds from when the server first sees it", "RFC 9200 §5.10.3"},
	"token_introspection": {"answer of the introspection", "RFC 9701 §5"},
	"htm":                 {"method of the request it is for", "RFC 9449 §4.2"},
	"htu":                 {"address of the request it is for", "RFC 9449 §4.2"},
	"ath":                 {"hash of the access token it goes with", "RFC 9449 §4.2"},

	// credentials
	"vc":                    {"verifiable credential", "W3C Verifiable Credentials Data Model 1.0 §6.3.1"},
	"vp":                    {"verifiable presentation", "W3C Verifiable Credentials Data Model 1.0 §6.3.1"},
	"_sd":                   {"digests of claims that can be disclosed", sdjwt + " §4.2.4.1"},
	"_sd_alg":               {"hash of the digests, sha-256 if absent", sdjwt + " §4.1.1"},
	"...":                   {"digest of an element that can be disclosed", sdjwt + " §4.2.4.2"},
	"sd_hash":               {"hash of the SD-JWT that is shown", sdjwt + " §4.3"},
	"vct":                   {"type of the credential", "SD-JWT VC §2.2.2"},
	"vct#integrity":         {"hash of the description of the type", "SD-JWT VC §6"},
	"status":                {"where to ask whether it is still valid", "Token Status List §6"},
	"status_list":           {"list of states of many tokens", "Token Status List §5"},
	"ttl":                   {"seconds that the list may be kept", "Token Status List §5"},
	"verified_claims":       {"claims with how they were verified", "OpenID Identity Assurance Schema 1.0 §5"},
	"place_of_birth":        {"where the person was born", ida},
	"nationalities":         {"countries the person is a citizen of", ida},
	"birth_family_name":     {"last name at birth", ida},
	"birth_given_name":      {"first name at birth", ida},
	"birth_middle_name":     {"middle name at birth", ida},
	"salutation":            {"how to address the person, Mr. or Mrs. or the like", ida},
	"title":                 {"title, Dr. or the like", ida},
	"msisdn":                {"mobile telephone number", ida},
	"also_known_as":         {"stage name, religious name or alias", ida},
	"rdap_allowed_purposes": {"what the person may query registries for", "RFC 9560 §3.1.5.1"},
	"rdap_dnt_allowed":      {"whether queries may ask not to be logged", "RFC 9560 §3.1.5.2"},
	"sig_val_claims":        {"outcome of validating a signature", "RFC 9321"},
	"geohash":               {"place as a geohash", "CTA-5009-A"},

	// attestation of devices
	"eat_nonce":    {"nonce of who asks for the attestation", "RFC 9711 §4.1"},
	"ueid":         {"id of the device, for its life", eat + ".1"},
	"sueids":       {"ids of the device that may change", eat + ".2"},
	"oemid":        {"maker of the hardware", eat + ".3"},
	"hwmodel":      {"model of the hardware", eat + ".4"},
	"hwversion":    {"version of the hardware", eat + ".5"},
	"swname":       {"name of the software", eat + ".6"},
	"swversion":    {"version of the software", eat + ".7"},
	"oemboot":      {"whether the maker authorized what was booted", eat + ".8"},
	"dbgstat":      {"whether debugging is disabled", eat + ".9"},
	"location":     {"where the device is", eat + ".10"},
	"uptime":       {"seconds since it started", eat + ".11"},
	"bootcount":    {"how often it was started", eat + ".12"},
	"bootseed":     {"random value of this start", eat + ".13"},
	"dloas":        {"certifications of the device", eat + ".14"},
	"manifests":    {"what software is installed", eat + ".15"},
	"measurements": {"measurements of the software", eat + ".16"},
	"measres":      {"measurements against what they should be", eat + ".17"},
	"submods":      {"attestations of parts of the device", eat + ".18"},
	"eat_profile":  {"profile of the attestation", "RFC 9711 §4.3.2"},
	"intuse":       {"what the attestation is meant for", "RFC 9711 §4.3.3"},

	// content delivery
	"cdniv":    {"version of the set of CDNI claims", cdni},
	"cdnicrit": {"CDNI claims that must be understood", cdni},
	"cdniip":   {"address of the client, encrypted", cdni},
	"cdniuc":   {"addresses of content that it permits", cdni},
	"cdniets":  {"seconds that a renewed token lives", cdni},
	"cdnistt":  {"how a renewed token travels", cdni},
	"cdnistd":  {"how deep into the path it is valid", cdni},

	// mobile networks
	"consumerPlmnId":         {"home network of who asks", nf},
	"consumerSnpnId":         {"private network of who asks", nf},
	"producerPlmnId":         {"home network of who serves", nf},
	"producerSnpnId":         {"private network of who serves", nf},
	"producerSnssaiList":     {"network slices of who serves", nf},
	"producerNsiList":        {"instances of network slices of who serves", nf},
	"producerNfSetId":        {"set of network functions of who serves", nf},
	"producerNfServiceSetId": {"set of services of who serves", nf},
	"sourceNfInstanceId":     {"network function that asked first", nf},
	"analyticsIdList":        {"analytics that it permits", nf},
	"resOwnerId":             {"owner of the resource", nf},

	// federation
	"jwks":                 {"keys of the entity", fed},
	"authority_hints":      {"who is above the entity", fed},
	"metadata":             {"what the entity supports", fed},
	"metadata_policy":      {"what those below must and may support", fed},
	"metadata_policy_crit": {"policy operators that must be understood", fed},
	"constraints":          {"limits on chains of trust", fed},
	"crit":                 {"claims that must be understood", fed},
	"trust_marks":          {"marks that others gave the entity", fed},
	"trust_mark_issuers":   {"who may give which mark", fed},
	"trust_mark_owners":    {"who owns which mark", fed},
	"source_endpoint":      {"where the statement was fetched", fed},
	"trust_anchor":         {"trust anchor that the answer is about", "OpenID Federation 1.0 §12"},
	"software_statement":   {"signed metadata of a client", registry},
	"software_id":          {"software of the client", registry},
	"redirect_uris":        {"redirect URIs of the client", registry},
	"client_name":          {"name of the client", registry},
}

// registeredHeaders are those of the IANA registry "JSON Web Signature and Encryption Header Parameters" that headerMeanings
// does not have.
var registeredHeaders = map[string]meaning{
	"iss":              {"issuer, repeated for who cannot decrypt", "RFC 7519 §5.3"},
	"sub":              {"subject, repeated for who cannot decrypt", "RFC 7519 §5.3"},
	"aud":              {"audience, repeated for who cannot decrypt", "RFC 7519 §5.3"},
	"ppt":              {"extension of the PASSporT", "RFC 8225 §8.1"},
	"svt":              {"signature validation tokens", "RFC 9321"},
	"trust_chain":      {"chain of statements up to a trust anchor", "OpenID Federation 1.0 §4.3"},
	"peer_trust_chain": {"chain of statements of the other side", "OpenID Federation 1.0 §4.4"},
	"iheSSId":          {"document submission that is signed", "IHE ITI Document Digital Signature"},
	"client_id":        {"client that sends the request", "OpenID for Verifiable Presentations 1.0"},
	"jwt":              {"attestation of the verifier", "OpenID for Verifiable Presentations 1.0"},
	"key_attestation":  {"attestation of the keys of a wallet", "OpenID for Verifiable Credential Issuance 1.0"},
	"vctm":             {"descriptions of the type of the credential", "SD-JWT VC §6"},
}
