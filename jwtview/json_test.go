package jwtview

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseJSONKeepsWhatWasReceived(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"order", `{"z":1,"a":2,"m":{"y":1,"b":2}}`, `{"z":1,"a":2,"m":{"y":1,"b":2}}`},
		{"duplicates", `{"a":1,"a":2}`, `{"a":1,"a":2}`},
		{"digits of a big integer", `12345678901234567890123`, `12345678901234567890123`},
		{"form of a number", `[1.0,1e400,-0,1E+2,0.10]`, `[1.0,1e400,-0,1E+2,0.10]`},
		{"white space", " {\t\"a\" :\r\n[ 1 , true ] } \n", `{"a":[1,true]}`},
		{"empty", `[{},[],"",null,false]`, `[{},[],"",null,false]`},
		{"escapes", `"\"\\\/\b\f\n\r\tA"`, `"\"\\/\u0008\u000c\n\r\tA"`},
		{"surrogate pair", `"\ud83d\ude00"`, `"😀"`},
		{"lone surrogates", `"\ud800x\udfff\ud83d\u0041"`, `"\ud800x\udfff\ud83dA"`},
		{"bytes that are not UTF-8", "\"a\xffb\"", "\"a\ufffdb\""},
		{"steering characters", "\"\u202e\u0085\u007f\ufeff\"", `"\u202e\u0085\u007f\ufeff"`},
		{"name with an escape", `{"\u0061":1}`, `{"a":1}`},
	}
	for _, tt := range tests {
		v, err := ParseJSON([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: ParseJSON(%q) failed: %v", tt.name, tt.in, err)
			continue
		}
		if got := v.String(); got != tt.want {
			t.Errorf("%s: ParseJSON(%q) came back as %s, want %s", tt.name, tt.in, got, tt.want)
		}
		if !json.Valid([]byte(v.String())) {
			t.Errorf("%s: %s is not JSON to encoding/json", tt.name, v)
		}
	}
}

func TestParseJSONKeepsInvalidUTF8Apart(t *testing.T) {
	texts := map[string]string{}
	for _, in := range []string{"\"\xff\"", "\"\xfe\"", `"\ufffd"`, `"\ud800"`, `"\ud801"`, `"\udc00"`} {
		v, err := ParseJSON([]byte(in))
		if err != nil {
			t.Fatalf("ParseJSON(%q): %v", in, err)
		}
		if other, ok := texts[v.Text]; ok {
			t.Errorf("%q and %q read alike: %q", in, other, v.Text)
		}
		texts[v.Text] = in
	}
}

func TestParseJSONRefuses(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "", "not JSON: the end of the text where a value should start at offset 0"},
		{"trailing", `{} x`, "not JSON: 'x' after the end of the value at offset 3"},
		{"trailing comma", `[1,]`, "not JSON: ']' where a value should start at offset 3"},
		{"trailing comma in object", `{"a":1,}`, "not JSON: '}' where a member name should start at offset 7"},
		{"no colon", `{"a" 1}`, "not JSON: '1' where a colon should follow the member name at offset 5"},
		{"cut object", `{"a":1`, "not JSON: the end of the text where a comma or the end of the object should be at offset 6"},
		{"cut string", `"abc`, "not JSON: the end of the text inside a string at offset 4"},
		{"leading zero", `01`, "not JSON: '1' after the end of the value at offset 1"},
		{"bare minus", `-`, "not JSON: the end of the text where a digit should be at offset 1"},
		{"bare point", `1.`, "not JSON: the end of the text where a digit should follow the decimal point at offset 2"},
		{"bare exponent", `1e+`, "not JSON: the end of the text where a digit of the exponent should be at offset 3"},
		{"plus", `+1`, "not JSON: '+' where a value should start at offset 0"},
		{"word", `nul`, "not JSON: 'n' where a value should start at offset 0"},
		{"NaN", `NaN`, "not JSON: 'N' where a value should start at offset 0"},
		{"control", "\"a\x01\"", `not JSON: '\x01' in a string, where control characters must be escaped at offset 2`},
		{"bad escape", `"\x"`, `not JSON: 'x' after a backslash, where one of "\/bfnrtu should be at offset 2`},
		{"bad hex", `"\u12g4"`, "not JSON: 'g' where a hexadecimal digit should be at offset 5"},
		{"control as hex", "\"\\u001\x11\"", `not JSON: '\x11' where a hexadecimal digit should be at offset 6`},
		{"bad second half", `"\ud800\u12"`, `not JSON: '"' where a hexadecimal digit should be at offset 11`},
		{"byte order mark", "\ufeff{}", "not JSON: a byte order mark where a value should start at offset 0"},
		{"garbage", "\xff", "not JSON: byte 0xff where a value should start at offset 0"},
		{"name is no string", `{1:2}`, "not JSON: '1' where a member name should start at offset 1"},
		{"missing comma", `[1 2]`, "not JSON: '2' where a comma or the end of the array should be at offset 3"},
		{"too deep", strings.Repeat("[", MaxDepth+1), "not JSON: more than 64 nested levels at offset 64"},
		{"too many", "[" + strings.Repeat("0,", MaxValues) + "0]", "not JSON: more than 262144 values at offset 524287"},
		{"too large", strings.Repeat(" ", MaxSize+1), "not read: 4194305 bytes of JSON, more than the 4194304 allowed"},
	}
	for _, tt := range tests {
		v, err := ParseJSON([]byte(tt.in))
		if err == nil {
			t.Errorf("%s: accepted as %.80s", tt.name, v)
			continue
		}
		if err.Error() != tt.want {
			t.Errorf("%s: error is\n %v\nwant\n %s", tt.name, err, tt.want)
		}
		var syntax *SyntaxError
		if len(tt.in) <= MaxSize && !errors.As(err, &syntax) {
			t.Errorf("%s: error is a %T, want *SyntaxError", tt.name, err)
		}
	}
	if _, err := ParseJSON([]byte(strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth))); err != nil {
		t.Errorf("%d levels refused: %v", MaxDepth, err)
	}
}

func TestValueAccess(t *testing.T) {
	v, err := ParseJSON([]byte(`{"a":"first","a":"second","n":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := v.Str("a"); s != "first" || !ok {
		t.Errorf(`Str("a") = %q, %t, want the first member`, s, ok)
	}
	if s, ok := v.Str("n"); s != "" || ok {
		t.Errorf(`Str("n") of a number = %q, %t, want "", false`, s, ok)
	}
	if n, ok := v.Get("n"); !ok || n.Kind != Number || n.Text != "1" {
		t.Errorf(`Get("n") = %+v, %t, want the number 1`, n, ok)
	}
	if _, ok := v.Get("absent"); ok {
		t.Error(`Get("absent") found something`)
	}
	if got := (Value{}).String(); got != "null" {
		t.Errorf("zero Value is %s, want null", got)
	}
	if got := Object.String() + " " + Kind(9).String(); got != "object Kind(9)" {
		t.Errorf("kinds are called %q", got)
	}
}

func TestDuplicates(t *testing.T) {
	long := strings.Repeat("n", 200)
	tests := []struct {
		in   string
		want []string
	}{
		{`{"a":1,"b":2}`, nil},
		{`[1,1]`, nil},
		{`{"b":1,"a":1,"a":2,"b":2,"a":3}`, []string{"a", "b"}},
		{`{"address":{"country":1,"country":2},"k":[{"x":1},{"x":1,"x":2}]}`, []string{"address.country", "k[1].x"}},
		{`{"a":{"x":1},"a":{"x":1}}`, []string{"a"}},
		{`{"` + long + `":1,"` + long + `":2}`, []string{long[:64] + "…"}},
	}
	for _, tt := range tests {
		v, err := ParseJSON([]byte(tt.in))
		if err != nil {
			t.Fatalf("%s: %v", tt.in, err)
		}
		if got := v.Duplicates(); !slices.Equal(got, tt.want) {
			t.Errorf("duplicates of %s are %q, want %q", tt.in, got, tt.want)
		}
	}
	v, err := ParseJSON([]byte("[" + strings.TrimSuffix(strings.Repeat(`{"a":0,"a":0},`, 1000), ",") + "]"))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(v.Duplicates()); got != maxDuplicates {
		t.Errorf("%d duplicates reported of a thousand, want %d", got, maxDuplicates)
	}
}

func TestValueInEncodingJSON(t *testing.T) {
	const in = `{"claims":{"z":10000000000000000001,"a":[true,null],"z":"x"}}`
	var s struct {
		Claims Value `json:"claims"`
	}
	if err := json.Unmarshal([]byte(in), &s); err != nil {
		t.Fatalf("UnmarshalJSON: %v", err)
	}
	out, err := json.Marshal(s)
	if err != nil {
		t.Fatalf("MarshalJSON: %v", err)
	}
	if string(out) != in {
		t.Errorf("through encoding/json came %s, want %s", out, in)
	}
	if err := new(Value).UnmarshalJSON([]byte("{")); err == nil {
		t.Error("UnmarshalJSON took half an object")
	}
}
