package diagnose

import (
	"fmt"
	"strconv"

	"authscope/flow/story"
	"authscope/jwtview"
)

// publishedKeyRules speak of the JWK set as it is published, whatever was signed with it.
var publishedKeyRules = []rule{
	{id: "key-private-published", catalogue: "D48", read: privatePublished, Text: Text{
		Severity: jwtview.Error,
		Title:    "A private key is published",
		Means:    "Everybody who fetches the keys can sign tokens in this server's name: every token signed with it proves nothing any more.",
		Do:       "Replace the key now, take the private members out of what is published, and treat tokens and sessions as forged until then.",
		Spec:     "RFC 7517 §9.2, RFC 8725 §3.5",
	}},
	{id: "key-secret-published", catalogue: "D48", read: secretPublished, Text: Text{
		Severity: jwtview.Error,
		Title:    "A symmetric key is published",
		Means:    "Such a key is a secret, which signs as well as it verifies. Published, it lets everybody make tokens that it verifies.",
		Do:       "Take it out of the published set and replace it wherever it is used. A public set holds public keys only.",
		Spec:     "RFC 7518 §6.4, RFC 8414 §2, OpenID Connect Discovery 1.0 §3",
	}},
	{id: "key-rsa-short", catalogue: "D48", read: rsaShort, Text: Text{
		Severity: jwtview.Error,
		Title:    "An RSA key that is too short",
		Means:    "JWA demands 2048 bits or more. Shorter ones can be broken, and many libraries refuse them.",
		Do:       "Make a new key of 2048 bits or more, publish it beside the old one, then sign with it.",
		Spec:     "RFC 7518 §3.3, §4.2",
	}},
	{id: "keys-empty", catalogue: "D45", read: keysEmpty, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The key set is empty",
		Means:    "No signature of this server can be verified.",
		Causes:   []string{"the server has made no key yet;", "it signs with the clients' secrets alone (HS256);", "jwks_uri names the set of something else."},
		Do:       "Look at the server's settings for its signing key, and fetch the set again.",
		Spec:     "RFC 7517 §5",
	}},
	{id: "key-id-repeated", catalogue: "D45", read: keyIDRepeated, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Two keys have the same kid",
		Means:    "A token names its key by kid. Libraries take the first, or the last: half of the signatures may fail, and change with the order.",
		Do:       "Give each key a kid of its own, such as its thumbprint (RFC 7638).",
		Spec:     "RFC 7517 §4.5",
	}},
	{id: "key-id-missing", catalogue: "D46", read: keyIDMissing, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Several keys, and not all have a kid",
		Means:    "With several keys a token has to name its own. Without kid a library tries them all, or gives up.",
		Do:       "Give each key a kid, and name it in the header of the tokens.",
		Spec:     "OpenID Connect Core 1.0 §10.1, RFC 7517 §4.5",
	}},
	{id: "key-certificate-odd", catalogue: "D45", read: certificateOdd, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The certificate of a key does not fit",
		Means:    "The first certificate of x5c must be that of the key itself. Libraries that read x5c refuse the key, or verify with another one; others overlook it.",
		Do:       "Publish the certificate that belongs to the key, or leave x5c out.",
		Spec:     "RFC 7517 §4.7",
	}},
	{id: "key-unusable", catalogue: "D45", read: keyUnusable, Text: Text{
		Severity: jwtview.Info,
		Title:    "Keys that are not used here",
		Means:    "A library has to overlook keys that it does not understand, and use the others. Tokens signed with one of these cannot be verified here.",
		Do:       "Nothing, unless a token names one of them.",
		Spec:     "RFC 7517 §5",
	}},
}

// keysThat names the published keys that p holds of.
func (r *reading) keysThat(p func(k *story.PublishedKey) bool) (names []string) {
	set := r.Story.Tenant().KeySet
	if set == nil {
		return nil
	}
	for i := range set.Keys {
		if k := &set.Keys[i]; p(k) {
			names = append(names, keyName(k))
		}
	}
	return names
}

func keyName(k *story.PublishedKey) string {
	if k.ID == "" {
		return "the key number " + strconv.Itoa(k.N)
	}
	return "kid " + lit(k.ID)
}

// some joins at most n texts that are quoted already.
func some(texts []string, n int) string {
	out := ""
	for i, t := range texts {
		if i == n {
			return out + fmt.Sprintf(" and %d more", len(texts)-n)
		}
		if i > 0 {
			out += ", "
		}
		out += t
	}
	return out
}

// ofKeys makes a finding that speaks of the JWK set.
func (r *reading) ofKeys(f jwtview.Finding) []Finding {
	return r.published(r.Story.Tenant().KeySet.Call, f)
}

func privatePublished(r *reading) []Finding {
	bad := r.keysThat(func(k *story.PublishedKey) bool { return len(k.Private) > 0 && !k.Secret })
	if len(bad) == 0 {
		return nil
	}
	return r.ofKeys(jwtview.Finding{Seen: "The JWK set has private members (such as d) of " + some(bad, 4) + ". They are not repeated here."})
}

func secretPublished(r *reading) []Finding {
	bad := r.keysThat(func(k *story.PublishedKey) bool { return k.Secret })
	if len(bad) == 0 {
		return nil
	}
	return r.ofKeys(jwtview.Finding{Seen: "The JWK set has a key of the type oct: " + some(bad, 4) + "."})
}

func rsaShort(r *reading) []Finding {
	bad := r.keysThat(func(k *story.PublishedKey) bool { return k.Type == "RSA" && k.Bits > 0 && k.Bits < 2048 })
	if len(bad) == 0 {
		return nil
	}
	return r.ofKeys(jwtview.Finding{Seen: "Less than 2048 bits: " + some(bad, 4) + "."})
}

func keysEmpty(r *reading) []Finding {
	set := r.Story.Tenant().KeySet
	if set == nil || len(set.Keys) > 0 {
		return nil
	}
	return r.ofKeys(jwtview.Finding{Seen: place(set.Call) + " is a JWK set without a key."})
}

// keyIDRepeated: keys of different types may share a kid, if they are alternatives for each other.
func keyIDRepeated(r *reading) []Finding {
	count := map[string]int{}
	id := func(k *story.PublishedKey) string { return k.ID + "\x00" + k.Type + "\x00" + k.Alg + "\x00" + k.Use }
	bad := r.keysThat(func(k *story.PublishedKey) bool {
		count[id(k)]++
		return k.ID != "" && count[id(k)] == 2
	})
	if len(bad) == 0 {
		return nil
	}
	return r.ofKeys(jwtview.Finding{Seen: "More than one key of the same type and use: " + some(bad, 4) + "."})
}

func keyIDMissing(r *reading) []Finding {
	signing := r.keysThat(func(k *story.PublishedKey) bool { return k.Use != "enc" && k.Problem == "" })
	bad := r.keysThat(func(k *story.PublishedKey) bool { return k.Use != "enc" && k.Problem == "" && k.ID == "" })
	if len(bad) == 0 || len(signing) < 2 {
		return nil
	}
	return r.ofKeys(jwtview.Finding{Seen: fmt.Sprintf("%d keys can verify signatures; without kid: %s.", len(signing), some(bad, 4))})
}

func certificateOdd(r *reading) []Finding {
	wrong := r.keysThat(func(k *story.PublishedKey) bool { return k.CertErr != "" })
	old := r.keysThat(func(k *story.PublishedKey) bool {
		return k.Cert != nil && k.CertErr == "" && r.now.After(k.Cert.NotAfter)
	})
	switch {
	case len(wrong) > 0:
		return r.ofKeys(jwtview.Finding{Seen: "x5c is unreadable, or the certificate of another key: " + some(wrong, 4) + "."})
	case len(old) > 0:
		return r.ofKeys(jwtview.Finding{Severity: jwtview.Info, Title: "The certificate of a key has expired",
			Seen:  "Past its time: the certificate of " + some(old, 4) + ".",
			Means: "Signatures are verified with the key, and few libraries look at its certificate.",
			Do:    "Replace it with the next change of keys."})
	}
	return nil
}

func keyUnusable(r *reading) []Finding {
	bad := r.keysThat(func(k *story.PublishedKey) bool { return k.Problem != "" && !k.Secret })
	if len(bad) == 0 {
		return nil
	}
	why := ""
	for _, k := range r.Story.Tenant().KeySet.Keys {
		if k.Problem != "" && !k.Secret {
			why = wire(k.Problem)
			break
		}
	}
	return r.ofKeys(jwtview.Finding{Seen: some(bad, 4) + ": " + why + "."})
}
