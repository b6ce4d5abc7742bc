package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
)

// contract names every member of the JSON, in its order, by the path that leads to it; [] is any element. It is what the
// README documents: a change here is a change of what programs rely on.
var contract = map[string]string{
	"":                            "schema tenant settings stages calls tokens findings sessions clocks time experiments expectations",
	"tenant":                      "issuer provider embedded",
	"tenant.embedded":             "client access_lifetime_s note",
	"settings":                    "client_id client_auth client_auth_reason redirect_uri scope params token_params leeway_s preflight grant refresh_params response_mode post_logout_redirect_uri",
	"settings.params[]":           "name value",
	"stages[]":                    "id n status reason duration_ms checks error",
	"stages[].checks[]":           "id status want got detail spec",
	"calls[]":                     "id stage n kind class state via at request response proxy timings_ms error edited",
	"calls[].edited[]":            "where name change was now",
	"calls[].request":             "method url headers body body_encoding body_cut",
	"calls[].response":            "status proto headers body body_encoding body_cut",
	"calls[].timings_ms":          "dns connect tls wait receive total",
	"tokens[]":                    "kind generation format describe issued_at expires_at expires_from state state_reason header claims problems checks alias value",
	"tokens[].checks[]":           "id status want got detail spec",
	"findings[]":                  "id severity title seen means do spec catalogue provider stage n call of",
	"findings[].of":               "kind name token generation",
	"experiments[]":               "name n verdict real why expected known spec dead calls",
	"expectations[]":              "id status want got detail spec",
	"sessions[]":                  "n grant_id sid tied refreshes failures rotates sign_in_again_at turns",
	"sessions[].turns[]":          "generation call by at with failed access_life_spent tokens",
	"sessions[].turns[].tokens[]": "kind generation state proved known possible_cause uses refusals last_used_at last_used_by",
	"clocks[]":                    "what began_at ends_at source state left_s usual note",
	"time":                        "server_skew suspends next_refresh",
	"time.server_skew":            "offset_s error_s seen at",
	"time.suspends[]":             "at gap_s",
	"time.next_refresh":           "mode at why",
	"compare":                     "schema runs differences changed summary",
	"differences[]":               "where name a b part class note",
	"changed[]":                   "name a b",
	"summary":                     "different only_a only_b fresh not_known equal",
}

// enums are the values that a member may have.
var enums = map[string]string{
	"tenant.provider":                   "authgear unknown",
	"settings.client_auth":              "none client_secret_basic client_secret_post client_secret_basic_raw client_secret_jwt private_key_jwt tls_client_auth self_signed_tls_client_auth undecided",
	"stages[].id":                       "discover preflight authorize callback device device_poll client_credentials exchange verify userinfo call introspect refresh revoke logout experiment",
	"stages[].status":                   "passed failed skipped cancelled pending",
	"stages[].checks[].status":          "passed failed not_applicable",
	"calls[].kind":                      "request browser callback",
	"calls[].class":                     "discovery jwks authorization answer code_exchange token_refresh other_grant userinfo probe revocation unknown preflight device_authorization device_page device_token client_credentials introspection api logout logout_return other_metadata",
	"calls[].state":                     "held in_flight answered failed dropped abandoned",
	"calls[].edited[].where":            "url query form header body",
	"calls[].edited[].change":           "added changed removed",
	"calls[].via":                       "browser agent person listener paste relay",
	"calls[].request.body_encoding":     "utf-8 base64",
	"calls[].response.body_encoding":    "utf-8 base64",
	"tokens[].kind":                     "access_token id_token refresh_token",
	"tokens[].format":                   "jwt jwe opaque authgear_refresh uuid empty",
	"tokens[].state":                    "live expired dead replaced not_told",
	"tokens[].expires_from":             "expires_in exp refresh_expires_in",
	"findings[].severity":               "error warning info",
	"findings[].of.kind":                "token header claim signature metadata keys parameter clocks bytes",
	"experiments[].verdict":             "as_specified as_known weaker unsettled unclear",
	"expectations[].status":             "passed failed",
	"sessions[].turns[].tokens[].kind":  "access_token id_token refresh_token",
	"sessions[].turns[].tokens[].state": "live expired dead replaced not_told",
	"clocks[].state":                    "running run_out stopped not_told none",
	"time.next_refresh.mode":            "by_hand if_needed keep_alive",
}

func TestContract(t *testing.T) {
	withParam := web
	withParam.params = []trace.Param{{Name: "ui_locales", Value: "de"}}
	changed := full
	changed.edit = changeSome
	tried := full
	tried.experiment = "reuse"
	traces := play(t, full, openid, offline, withParam, changed, tried)
	seen := map[string]bool{}
	for _, events := range traces {
		walk(t, "", parse(t, print(t, asJSON(false), events)), seen)
	}
	last := traces[0][len(traces[0])-1]
	slept := append(slices.Clone(traces[0]), trace.Event{At: last.At.Add(time.Hour), Mono: last.Mono + time.Second, Data: trace.ClockRead{}})
	walk(t, "", parse(t, print(t, asJSON(false), slept)), seen)
	expected, err := report.ParseExpectation("rotation")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := report.JSON(&b, report.Make(traces[0], traces[0][len(traces[0])-1].At), report.Options{Expect: []report.Expectation{expected}}); err != nil {
		t.Fatal(err)
	}
	walk(t, "", parse(t, b.String()), seen)
	for path := range contract {
		switch {
		case path == "compare", path == "differences[]", path == "changed[]", path == "summary": // TestCompareContract has them
		case !seen[path]:
			t.Errorf("no report has %q: the contract promises it", path)
		}
	}
}

func TestCompareContract(t *testing.T) {
	traces := play(t, full, openid)
	var b strings.Builder
	a, z := traces[0], traces[1]
	err := report.CompareJSON(&b, report.Make(a, a[len(a)-1].At), report.Make(z, z[len(z)-1].At), report.Options{})
	if err != nil {
		t.Fatal(err)
	}
	doc := parse(t, b.String())
	members(t, "compare", doc)
	runs, _ := doc.Get("runs")
	if len(runs.Elems) != 2 {
		t.Fatalf("%d runs, want 2", len(runs.Elems))
	}
	walk(t, "", runs.Elems[1], map[string]bool{})
	diffs, _ := doc.Get("differences")
	var names []string
	for _, d := range diffs.Elems {
		members(t, "differences[]", d)
		where, _ := d.Str("where")
		name, _ := d.Str("name")
		names = append(names, where+"/"+name)
		if class, _ := d.Str("class"); !slices.Contains([]string{"different", "only_a", "only_b"}, class) {
			t.Errorf("%s/%s is listed as a difference with the class %q", where, name, class)
		}
	}
	changed, _ := doc.Get("changed")
	if len(changed.Elems) != 1 {
		t.Errorf("changed has %d settings, want the scope alone", len(changed.Elems))
	}
	for _, d := range changed.Elems {
		members(t, "changed[]", d)
	}
	summary, _ := doc.Get("summary")
	members(t, "summary", summary)
	for _, want := range []string{"authorization request/scope", "token response/refresh_token"} {
		if !slices.Contains(names, want) {
			t.Errorf("differences are %q, without %q", names, want)
		}
	}
}

func parse(t *testing.T, s string) jwtview.Value {
	t.Helper()
	v, err := jwtview.ParseJSON([]byte(s))
	if err != nil {
		t.Fatalf("the output is no JSON: %v", err)
	}
	return v
}

// walk holds every object against the contract and every enumerated member against its values.
func walk(t *testing.T, path string, v jwtview.Value, seen map[string]bool) {
	t.Helper()
	switch v.Kind {
	case jwtview.Object:
		if path == "tokens[].header" || path == "tokens[].claims" {
			return // the token's own
		}
		seen[path] = true
		members(t, path, v)
		for _, m := range v.Members {
			walk(t, strings.TrimPrefix(path+"."+m.Name, "."), m.Value, seen)
		}
	case jwtview.Array:
		for _, e := range v.Elems {
			walk(t, path+"[]", e, seen)
		}
	case jwtview.String:
		if values, ok := enums[path]; ok && !slices.Contains(strings.Fields(values), v.Text) {
			t.Errorf("%s is %q, want one of %s", path, v.Text, values)
		}
	}
}

func members(t *testing.T, path string, v jwtview.Value) {
	t.Helper()
	want, known := contract[path]
	if !known {
		t.Errorf("the contract does not know the object %q", path)
		return
	}
	var names []string
	for _, m := range v.Members {
		names = append(names, m.Name)
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("members of %q\n got: %s\nwant: %s", path, got, want)
	}
}

// TestEnumerations holds the values in the contract against those in the code, so that a new one is not forgotten.
func TestEnumerations(t *testing.T) {
	var ids []string
	for _, s := range trace.Stages {
		ids = append(ids, string(s.ID))
	}
	same := func(name string, code ...string) {
		if got := strings.Join(code, " "); got != enums[name] {
			t.Errorf("%s\n in the code: %s\nin the contract: %s", name, got, enums[name])
		}
	}
	same("stages[].id", ids...)
	same("stages[].status", string(trace.Passed), string(trace.Failed), string(trace.Skipped), string(trace.Cancelled), string(trace.Pending))
	same("stages[].checks[].status", string(jwtview.Passed), string(jwtview.Failed), string(jwtview.NotApplicable))
	same("calls[].class", string(story.Discovery), string(story.JWKS), string(story.Authorization), string(story.Answer), string(story.CodeExchange),
		string(story.TokenRefresh), string(story.OtherGrant), string(story.UserInfoCall), string(story.Probe), string(story.Revocation), string(story.Unknown), string(story.PreflightCall), string(story.DeviceRequest), string(story.DevicePage), string(story.DeviceToken), string(story.ClientToken),
		string(story.Introspection), string(story.APICall), string(story.LogoutPage), string(story.LogoutReturn), string(story.OtherMetadata))
	same("calls[].state", string(story.Held), string(story.InFlight), string(story.Answered), string(story.Broken), string(story.NotSent), string(story.Abandoned))
	same("tokens[].kind", string(story.AccessToken), string(story.IDToken), string(story.RefreshToken))
	same("tokens[].format", string(jwtview.FormatJWT), string(jwtview.FormatJWE), string(jwtview.FormatOpaque), string(jwtview.FormatAuthgearRefresh), string(jwtview.FormatUUID), string(jwtview.FormatEmpty))
	same("tokens[].state", string(story.Live), string(story.Expired), string(story.Dead), string(story.Replaced), string(story.NotTold))
	same("calls[].edited[].where", string(trace.InURL), string(trace.InQuery), string(trace.InForm), string(trace.InHeader), string(trace.InBody))
	same("calls[].edited[].change", string(trace.WasAdded), string(trace.WasChanged), string(trace.WasRemoved))
	same("findings[].of.kind", string(diagnose.OfToken), string(diagnose.OfHeader), string(diagnose.OfClaim), string(diagnose.OfSignature), string(diagnose.OfMetadata), string(diagnose.OfKeys), string(diagnose.OfParameter), string(diagnose.OfClocks), string(diagnose.OfBytes))
	same("findings[].severity", string(jwtview.Error), string(jwtview.Warning), string(jwtview.Info))
	var methods []string
	for _, m := range trace.AuthMethods {
		methods = append(methods, string(m))
	}
	same("settings.client_auth", append(methods, "undecided")...)
}
