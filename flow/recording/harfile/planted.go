package harfile

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Plant is a value that stands at one place of a planted HAR, and nowhere else.
type Plant struct {
	Place string
	Value string
	Open  string // why it may be seen; "" for a secret
}

// Mark is what tells p's value from all others, beyond the four characters that may be seen of a secret.
func (p Plant) Mark() string { return p.Value[:10] }

// planter numbers the values.
type planter struct {
	all     []Plant
	entries []any
	at      time.Time
}

func (p *planter) secret(place string) string { return p.open(place, "") }

func (p *planter) open(place, why string) string {
	v := fmt.Sprintf("Zq%02dWv%04dKpLmRtYuHgBd", len(p.all)%100, len(p.all)*37)
	p.all = append(p.all, Plant{place, v, why})
	return v
}

// why the values at some places may be seen.
const (
	whyState    = "the state and the nonce tell which answer belongs to which request; they open nothing"
	wherePerson = "who signs in is what a login is about; --json and the screen say it as of one's own sessions"
	whyClaims   = "claims are what a token says; its signature, without which it opens nothing, is hidden"
	whyName     = "nothing tells that the field holds a secret, neither its name nor its shape"
	whyCause    = "what a server says of an error is what is looked for"
	whyPath     = "which address was asked is what a request is"
)

// fields makes the list of a HAR of names and values.
func fields(pairs ...string) (out []any) {
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, map[string]any{"name": pairs[i], "value": pairs[i+1]})
	}
	return out
}

// hidden are names of fields whose values are secrets, in the spellings of many programs.
var hidden = []string{"Cookie", "Proxy-Authorization", "DPoP", "X-Api-Key", "x-auth-token", "X-CSRF-Token", "X-Amz-Security-Token", "Ocp-Apim-Subscription-Key", "X-Session-Id", "X-Client-Secret"}

func (p *planter) requestHeader(where string, pairs ...string) []any {
	for _, name := range hidden {
		v := p.secret(where + ": " + name)
		if name == "Cookie" {
			v = "sid=" + v + "; theme=" + p.secret(where+": a second cookie")
		}
		pairs = append(pairs, name, v)
	}
	ref := "https://u:" + p.secret(where+": userinfo of Referer") + "@app.example/cb?code=" + p.secret(where+": code in Referer") + "&session_token=" + p.secret(where+": session token in Referer")
	return fields(append(pairs, "Referer", ref, "X-Note", p.open(where+": a field of no known name", whyName))...)
}

func (p *planter) responseHeader(where string, pairs ...string) []any {
	return fields(append(pairs, "Set-Cookie", "sid="+p.secret(where+": Set-Cookie")+"; Path=/", "X-Auth-Token", p.secret(where+": X-Auth-Token of the answer"), "X-Refresh-Token", p.secret(where+": X-Refresh-Token of the answer"),
		"Link", "<https://idp.example/next?access_token="+p.secret(where+": access_token in Link")+">")...)
}

// add writes an entry with a secret in each place that a HAR has besides.
func (p *planter) add(where, method, address string, status int, form string, header []any, location, body string) {
	req := map[string]any{"method": method, "url": address, "httpVersion": "HTTP/2", "headers": p.requestHeader(where+" request", "Accept", "*/*"), "bodySize": len(form),
		"cookies":     fields("sid", p.secret(where+": the request's list of cookies")),
		"queryString": fields("password", p.secret(where+": the list queryString")), "comment": p.secret(where + ": a comment")}
	req["headers"] = append(req["headers"].([]any), header...)
	if form != "" {
		kind := "application/x-www-form-urlencoded"
		if form[0] == '{' {
			kind = "application/json"
		}
		req["postData"] = map[string]any{"mimeType": kind, "text": form, "params": fields("password", p.secret(where+": the list of params beside a text"))}
	}
	res := map[string]any{"status": status, "httpVersion": "HTTP/2", "redirectURL": location, "headers": p.responseHeader(where+" answer", "Content-Type", "application/json"),
		"cookies": fields("sid", p.secret(where+": the answer's list of cookies")), "content": map[string]any{"size": len(body), "mimeType": "application/json", "text": body}}
	if location != "" {
		res["headers"] = append(res["headers"].([]any), fields("Location", location)...)
	}
	p.at = p.at.Add(200 * time.Millisecond)
	p.entries = append(p.entries, map[string]any{"startedDateTime": p.at.Format(time.RFC3339Nano), "time": 50, "request": req, "response": res, "timings": map[string]any{"wait": 50},
		"_initiator": map[string]any{"stack": p.secret(where + ": what began the request")}, "_webSocketMessages": []any{map[string]any{"data": p.secret(where + ": a message of a socket")}}})
}

// token makes a JWT whose signature is a secret.
func (p *planter) token(where string, claims map[string]any) string {
	claims["iss"], claims["aud"], claims["sub"], claims["iat"], claims["exp"] = "https://idp.example", "web", "ada", p.at.Unix(), p.at.Unix()+3600
	claims["note"] = p.open(where+": a claim", whyClaims)
	b, _ := json.Marshal(claims)
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + enc.EncodeToString(b) + "." + p.secret(where+": the signature") + "AA"
}

// Planted writes a HAR of a login with all that may follow one. In every place of it stands a value of its own.
func Planted() (file []byte, all []Plant) {
	p := &planter{at: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
	state, nonce := p.open("state", whyState), p.open("nonce", whyState)
	const back = "&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
	ask := "client_id=web&response_type=code+id_token&scope=openid+offline_access" + back + "&state=" + state + "&nonce=" + nonce
	user := "https://ada:" + p.secret("password in the authorize URL") + "@idp.example"
	p.add("authorize", "GET", user+"/authorize?"+ask+"&login_hint="+p.open("login_hint", wherePerson)+"&id_token_hint="+p.token("id_token_hint", map[string]any{})+
		"&x_session_token="+p.secret("a session token in the authorize URL")+"&api_key="+p.secret("an API key in the authorize URL"), 302, "", nil, "https://idp.example/login?flow="+p.secret("the address of the sign-in page"), "")
	p.add("sign-in page", "POST", "https://idp.example/login?client_id=web&flow="+p.secret("the address of the page that was posted to"), 200, "username="+p.secret("the user name typed")+"&x_password="+p.secret("a password typed")+"&otp="+p.secret("a one-time code typed"), nil, "", p.secret("the sign-in page"))
	p.add("sign-in again", "POST", "https://idp.example/authorize?"+ask, 401, "passwd="+p.secret("a password posted to the authorization endpoint")+"&loginfmt="+p.secret("a user name posted to the authorization endpoint")+"&canary="+p.secret("a hidden field posted to it"), nil, "", "<p>"+p.open("the page of an error", whyCause))
	p.add("sign-in by script", "POST", "https://idp.example/idp/authn?client_id=web&state="+state, 200, `{"credentials":{"passcode":"`+p.secret("a passcode in JSON")+`"},"username":"`+p.secret("a user name in JSON")+`"}`, nil, "", `{"sessionToken":"`+p.secret("a session token in JSON")+`"}`)
	code := p.secret("code")
	fragment := "#code=" + code + "&state=" + state + "&id_token=" + p.token("id_token of the answer", map[string]any{"nonce": nonce})
	p.add("answer", "POST", "https://idp.example/login", 302, "password="+p.secret("the last password typed"), nil, "https://app.example/cb?session_code="+p.secret("session_code of the answer")+fragment, "")
	secret := p.secret("the client secret in Basic")
	exchange := "grant_type=authorization_code&code=" + code + back + "&code_verifier=" + p.secret("code_verifier") + "&client_secret=" + p.secret("client_secret") + "&client_assertion=" + p.token("client_assertion", map[string]any{}) +
		"&device_secret=" + p.secret("device_secret") + "&mfa_otp=" + p.secret("a one-time code of a token request")
	access, refresh := p.secret("access_token"), p.secret("refresh_token")
	p.add("token", "POST", "https://idp.example/token?apikey="+p.secret("apikey of the token endpoint"), 200, exchange, fields("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("web:"+secret))), "",
		`{"access_token":"`+access+`","refresh_token":"`+refresh+`","token_type":"Bearer","expires_in":3600,"scope":"openid","id_token":"`+p.token("id_token", map[string]any{"nonce": nonce})+`","session_token":"`+p.secret("session_token of an answer")+
			`","sessionSecret":"`+p.secret("sessionSecret of an answer")+`","deep":{"apiKey":"`+p.secret("an API key within an object")+`","list":[{"password":"`+p.secret("a password within a list")+`"}]}}`)
	p.all = append(p.all, Plant{"Basic of the token request", base64.StdEncoding.EncodeToString([]byte("web:" + secret))[6:], ""})
	p.add("userinfo", "GET", "https://idp.example/userinfo?access_token="+p.secret("access_token in a query"), 200, "", fields("Authorization", "Bearer "+access), "", `{"sub":"ada","email":"`+p.open("email", wherePerson)+`","api_token":"`+p.secret("api_token of a person")+`"}`)
	p.add("API", "POST", "https://api.example/things/"+p.open("a path", whyPath)+"?key="+p.secret("a parameter of an API")+"&sig="+p.secret("a signature of an API's address"), 200, `{"card":"`+p.secret("what was sent to an API")+`"}`, fields("Authorization", "Bearer "+access), "", `{"account":"`+p.secret("what an API answered")+`"}`)
	p.add("API refuses", "POST", "https://api.example/more?key="+p.secret("a parameter of an API that refuses"), 401, `{"card":"`+p.secret("what was sent to an API that refuses")+`"}`, fields("Authorization", "Bearer "+access), "", `{"error":"invalid_token","error_description":"`+p.open("error_description", whyCause)+`"}`)
	p.add("refresh", "POST", "https://idp.example/token", 400, "grant_type=refresh_token&client_id=web&refresh_token="+refresh, nil, "", `{"error":"invalid_grant","error_description":"token `+refresh+` is `+p.open("description of a refresh", whyCause)+`"}`)
	p.add("introspection", "POST", "https://idp.example/introspect", 200, "token="+access+"&client_secret="+p.secret("client_secret of an introspection"), nil, "", `{"active":true,"sub":"ada"}`)
	p.add("revocation", "POST", "https://idp.example/revoke", 200, "token="+refresh+"&client_id=web", nil, "", "")
	p.add("logout", "GET", "https://idp.example/end_session?post_logout_redirect_uri="+url.QueryEscape("https://app.example/bye")+"&id_token_hint="+p.token("id_token_hint of a logout", map[string]any{})+"&logout_token="+p.secret("logout_token"), 302, "", nil, "https://app.example/bye?ticket_token="+p.secret("a ticket behind a logout"), "")
	file, err := json.Marshal(map[string]any{"log": map[string]any{"creator": map[string]any{"name": "Chrome", "version": "1"}, "comment": p.secret("the comment of the file"),
		"pages": []any{map[string]any{"title": "https://app.example/?code=" + p.secret("the title of a page")}}, "entries": p.entries}})
	if err != nil {
		panic(err)
	}
	for _, v := range p.all {
		if strings.Count(string(file), v.Mark()) == 0 && v.Place != "the client secret in Basic" && v.Open == "" && !strings.Contains(v.Place, "signature") {
			panic("not planted: " + v.Place)
		}
	}
	return file, p.all
}
