package report_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authscope/jwtview"
	"authscope/ui/report"
)

// hush is the secret of the tokens here, and sixteen that of the encrypted ones.
const (
	hush    = "a secret of thirty-two characters"
	sixteen = `{"kty":"oct","k":"c2l4dGVlbiBieXRlcyBvaw"}`

	encryptedJWT    = "eyJhbGciOiJkaXIiLCJjdHkiOiJKV1QiLCJlbmMiOiJBMTI4R0NNIn0..yMpCncvPNDKKa0sL.bh8EriprauApRXChlXMWnekouDs9Qr3lzRNTnvGNbNtQnUj3NhXV_IAQpD3NgfkAWPl-bZTkSueIiVNoU5u62n621vaODf4TnyxVRyClnSt3IU41FCTlyK3esCMu2SjVpenQJaMfrF6VYoqyRjPwWqqyH5Dd8GYS04Z5RVnqaF6kDIApEvNXKaL4pHBpA0rNEX4RiQqHqz30mR_I7RC9oMrA4Q.vHKuJVD2eXiguQ_0ZdvWcA"
	encryptedClaims = "eyJhbGciOiJkaXIiLCJjdHkiOiJKV1QiLCJlbmMiOiJBMTI4R0NNIn0..ZUP2yPF9Se1h2K0O.aAMg8SIqch-S1g33s84SoAoN3hdsFPpFor-Go9XKz7i26d--FfRP5BXGcB0.yyDnud6TdfxW3YlgTbgmXQ"
	opaqueToken     = "Zk3v9QpLr8sTq2wXyBn5mCd7fGh1jKa4"
	grantToken      = "3f2b8c1e-7d4a-4e6f-9a1b-2c3d4e5f6a7b." + opaqueToken
)

// asOf is the instant that the tests judge by: an hour before the tokens expire.
var asOf = time.Date(2026, 11, 23, 20, 7, 49, 0, time.FixedZone("", 3600))

// sign makes a JWT of payload as it is, order and duplicates included.
func sign(t testing.TB, header, payload string) string {
	t.Helper()
	enc := base64.RawURLEncoding.EncodeToString
	signed := enc([]byte(header)) + "." + enc([]byte(payload))
	mac, err := jwt.SigningMethodHS256.Sign(signed, []byte(hush))
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + enc(mac)
}

const hs = `{"alg":"HS256","typ":"JWT"}`

func idToken(t testing.TB) string {
	return sign(t, `{"alg":"HS256","kid":"k1","typ":"JWT"}`, `{"iss":"https://my-app.authgear.cloud","aud":["workshop-spa"],"sub":"9e5d0f6c-7c7c-4f0a-9e1c-111111111111",`+
		`"iat":1795460869,"exp":1795464469,"auth_time":1795460800,"nonce":"n-0S6_WzA2Mj","amr":["pwd","otp"],"email":"ada@example.com","email_verified":true,`+
		`"https://authgear.com/claims/user/is_verified":true,"realm_access":{"roles":["admin","editor"]},"big":12345678901234567890,"text":"true"}`)
}

// sdJWT discloses one claim that was signed and one that was not.
func sdJWT(t testing.TB) string {
	disclosure := func(json string) (string, string) {
		raw := base64.RawURLEncoding.EncodeToString([]byte(json))
		sum := sha256.Sum256([]byte(raw))
		return raw, base64.RawURLEncoding.EncodeToString(sum[:])
	}
	name, digest := disclosure(`["salt1","given_name","Ada"]`)
	other, _ := disclosure(`["salt2","role","admin"]`)
	_, hidden := disclosure(`["salt3","birthdate","1815-12-10"]`)
	token := sign(t, `{"alg":"HS256","typ":"dc+sd-jwt"}`, `{"iss":"https://issuer.example","vct":"https://issuer.example/id","exp":1795464469,"_sd":["`+digest+`","`+hidden+`"],"_sd_alg":"sha-256"}`)
	return token + "~" + name + "~" + other + "~"
}

func demand(keys jwtview.Keys) report.Demand {
	d := report.Demand{Now: asOf}
	d.Leeway = 10 * time.Second
	if keys != nil {
		d.Keys, d.KeysKnown, d.Decides, d.KeysFrom = keys, true, true, "secret.txt"
	}
	return d
}

func secret() jwtview.Keys { return jwtview.ReadSecret([]byte(hush), jwtview.AnyReading) }

func encKeys(t testing.TB) jwtview.Keys {
	t.Helper()
	keys, err := jwtview.ReadKeys([]byte(sixteen))
	if err != nil {
		t.Fatal(err)
	}
	return append(keys, secret()...)
}

// samples are tokens of every kind, with what they are held against.
func samples(t testing.TB) map[string]report.Token {
	jwk, err := jwtview.ReadKeys([]byte(sixteen))
	if err != nil {
		t.Fatal(err)
	}
	long := sign(t, hs, `{"sub":"ada","exp":1795464469,"exp":1,"long":"`+strings.Repeat("lorem ipsum ", 200)+`","list":[`+strings.Repeat(`"a rather long element of a list",`, 40)+`1]}`)
	failing := demand(secret())
	failing.Audience, failing.Nonce, failing.Type = "another-api", "other", "at+jwt"
	return map[string]report.Token{
		"id":         report.ReadToken(idToken(t), demand(nil)),
		"id-holds":   report.ReadToken(idToken(t), demand(secret())),
		"id-fails":   report.ReadToken(idToken(t), failing),
		"opaque":     report.ReadToken(opaqueToken, demand(nil)),
		"grant":      report.ReadToken(grantToken+"\n", demand(nil)),
		"long":       report.ReadToken(long, demand(nil)),
		"sd":         report.ReadToken(sdJWT(t), demand(secret())),
		"sd-holds":   report.ReadToken(strings.Join(strings.Split(sdJWT(t), "~")[:2], "~")+"~", demand(secret())),
		"jwe":        report.ReadToken(encryptedJWT, demand(encKeys(t))),
		"jwe-claims": report.ReadToken(encryptedClaims, demand(jwk)),
		"jwe-closed": report.ReadToken(encryptedJWT, demand(nil)),
		"none":       report.ReadToken("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", demand(nil)),
		"payload":    report.ReadToken(sign(t, `{"alg":"HS256"}`, "any text\nin lines"), demand(nil)),
		"cut":        report.ReadToken(idToken(t)[:120], demand(nil)),
		"empty":      report.ReadToken(" \n", demand(nil)),
		"wrapped":    report.ReadToken("Authorization: Bearer "+idToken(t)[:60]+"\n  "+idToken(t)[60:], demand(nil)),
		"response":   report.ReadToken(`{"access_token":"`+idToken(t)+`","refresh_token":"x"}`, demand(nil)),
		"too-large":  report.TooLarge(demand(nil)),
	}
}
