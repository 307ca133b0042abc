package model

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	a := Answer{Text: ` {"a" : [ 1.50, {"b":null}], "ü":"x\n" , "c":true}`}
	v, err := a.Parse()
	if err != nil {
		t.Fatal(err)
	}
	spans := map[string]string{}
	var walk func(path string, v *Value)
	walk = func(path string, v *Value) {
		spans[path] = a.Text[v.From:v.To]
		for name, one := range v.Members {
			walk(path+"/"+name, one)
		}
		for _, one := range v.List {
			walk(path+"/*", one)
		}
	}
	walk("", v)
	want := map[string]string{
		"": strings.TrimSpace(a.Text), "/a": `[ 1.50, {"b":null}]`, "/a/*": `{"b":null}`, "/a/*/b": "null", "/ü": `"x\n"`, "/c": "true",
	}
	if diff := cmp.Diff(want, spans); diff != "" {
		t.Error(diff)
	}
	if n := v.Members["a"].List[0].Scalar; n != json.Number("1.50") {
		t.Errorf("%v", n)
	}
	for text, says := range map[string]string{
		"": "not a whole", `{"a"`: "not a whole", `{"a":"b`: "not a whole", `[1]`: "not a JSON object", `{} {}`: "follows",
		`{"a":}`: "not JSON", "sorry": "not JSON", strings.Repeat("[", 101): "nested", `{"a":` + strings.Repeat("[", 200): "nested",
	} {
		if _, err := (&Answer{Text: text}).Parse(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}
