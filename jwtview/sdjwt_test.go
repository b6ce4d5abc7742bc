package jwtview

import (
	"crypto/sha256"
	"strings"
	"testing"
)

func disclosure(parts string) (raw, digest string) {
	raw = b64(parts)
	sum := sha256.Sum256([]byte(raw))
	return raw, b64of(sum[:])
}

// The example of RFC 9901 §4.2.1 and §4.2.3: this disclosure has this digest.
func TestDisclosureOfSpecification(t *testing.T) {
	one := readDisclosure("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0", "sha-256", MaxSize)
	if one.Digest != "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0" || one.Name != "family_name" || one.Value.Text != "Möbius" {
		t.Errorf("read as %+v", one)
	}
}

func TestInspectSDJWT(t *testing.T) {
	family, familyDigest := disclosure(`["salt1","family_name","Doe"]`)
	country, countryDigest := disclosure(`["salt2","DE"]`)
	city, cityDigest := disclosure(`["salt3","city","Bonn"]`)
	address, addressDigest := disclosure(`["salt4","address",{"_sd":["` + cityDigest + `"]}]`)
	stranger, _ := disclosure(`["salt5","admin",true]`)
	issuer := token(`{"alg":"ES256","typ":"dc+sd-jwt"}`, `{"iss":"i","exp":1,"vct":"v","_sd_alg":"sha-256","_sd":["`+familyDigest+`","`+addressDigest+`","decoy"],"nationalities":[{"...":"`+countryDigest+`"}]}`, "s")
	shown := issuer + "~" + city + "~" + family + "~" + country + "~" + address + "~" + stranger + "~"
	sum := sha256.Sum256([]byte(shown))
	binding := token(`{"alg":"ES256","typ":"kb+jwt"}`, `{"aud":"v","nonce":"n","iat":1,"sd_hash":"`+b64of(sum[:])+`"}`, "s")

	in := Inspect(shown + binding)
	d := in.Disclosed
	if in.Shape != ShapeSDJWT || in.Role != RoleCredential || d == nil || len(d.Disclosures) != 5 {
		t.Fatalf("%s: %+v", in.Name, d)
	}
	for i, want := range []struct {
		name  string
		found bool
	}{{"city", true}, {"family_name", true}, {"", true}, {"address", true}, {"admin", false}} {
		if got := d.Disclosures[i]; got.Name != want.name || got.Found != want.found || (got.Problem == "") != want.found {
			t.Errorf("disclosure %d: %+v, want %+v", i, got, want)
		}
	}
	if d.Hidden != 1 {
		t.Errorf("%d digests are left, want the decoy", d.Hidden)
	}
	if d.Check.Status != Passed || d.KeyBinding == nil || Inspect(binding).Role != RoleKeyBinding {
		t.Errorf("key binding: %+v", d.Check)
	}
	if other := Inspect(issuer + "~" + family + "~" + binding).Disclosed; other.Check.Status != Failed {
		t.Errorf("a disclosure was taken away: %+v", other.Check)
	}
	if bare := Inspect(issuer + "~").Disclosed; bare == nil || bare.Check.Status != NotApplicable || bare.Hidden != 4 {
		t.Errorf("nothing disclosed: %+v", bare)
	}
	twice := Inspect(issuer + "~" + family + "~" + family + "~").Disclosed
	if !strings.Contains(twice.Disclosures[1].Problem, "twice") {
		t.Errorf("disclosed twice: %+v", twice.Disclosures[1])
	}
}

func TestDisclosuresThatAreNone(t *testing.T) {
	for raw, want := range map[string]string{
		"!": "not base64url", b64(`{}`): "no array", b64(`["s"]`): "no array", b64(`["s","n","v","x"]`): "no array", b64(`[1,"n","v"]`): "no array",
		b64(`["s","_sd",1]`): "name", b64(`["s","...",1]`): "name", b64(`["s",`): "not JSON",
	} {
		if one := readDisclosure(raw, "sha-256", MaxSize); !strings.Contains(one.Problem, want) {
			t.Errorf("%q: %+v, want %q", raw, one, want)
		}
	}
	if one := readDisclosure(b64(`["s","n",1]`), "md5", MaxSize); !strings.Contains(one.Problem, "not known") || one.Digest != "" {
		t.Errorf("md5: %+v", one)
	}
}
