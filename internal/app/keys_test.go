package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/testkit"
)

// docket runs the command and gives what it printed; it must end well.
func docket(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, err := tryDocket(t, args...)
	if err != nil {
		t.Fatalf("docket %v: %v: %s", args, err, errs)
	}
	return out
}

func tryDocket(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	c := command(t, args...)
	c.Stdout, c.Stderr = &out, &errs
	err = c.Run()
	return out.String(), errs.String(), err
}

// newKey makes a key on the command line.
func newKey(t *testing.T, data, account, scopes string) (id, key string) {
	t.Helper()
	var k struct{ ID, Key string }
	if err := json.Unmarshal([]byte(docket(t, "keys", "create", "--data", data, "--account", account, "--scopes", scopes, "--json")), &k); err != nil {
		t.Fatal(err)
	}
	return k.ID, k.Key
}

// The first key ends open mode on a running server at once, and all three
// spellings of the header carry it. // contract H12, H14, H16, H17, J27
func TestKeysEndOpenMode(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data)
	job := s.as("your-api-key").submit("a.pdf", testkit.PDF("x")) // any credential will do
	id, key := newKey(t, data, "local", "read,write")
	for _, path := range []string{"/jobs", "/jobs/" + job, "/classify/" + job, "/v1/api/jobs"} {
		if a := s.get(path); a.StatusCode != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s without a key: %d %s", path, a.StatusCode, a.body)
		}
	}
	for name, value := range map[string]string{"X-API-Key": key, "api-key": key, "x-api-key": " " + key, "Authorization": "Bearer " + key, "authorization": "bearer  " + key} {
		if a := s.with("/jobs/"+job, name, value); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
	if a := s.with("/jobs", "X-API-Key", key, "api-key", key, "Authorization", "Basic Zm9vOmJhcg=="); a.StatusCode != http.StatusOK {
		t.Errorf("the same key twice, behind a proxy: %d %s", a.StatusCode, a.body)
	}
	if a := s.with("/jobs", "X-API-Key", key, "api-key", "another"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("two different keys: %d %s", a.StatusCode, a.body)
	}
	if a := s.get("/jobs?api_key=" + key); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a key in the address: %d %s", a.StatusCode, a.body)
	}
	mine := s.as(key)
	if a := mine.get("/session"); at(a.json(t), "account") != "local" || at(a.json(t), "key_id") != id || at(a.json(t), "open_mode") != false {
		t.Errorf("session: %s", a.body)
	}
	if v := mine.get("/jobs/" + at(mine.get("/jobs/"+job).json(t), "alias_id").(string)).json(t); v["user_id"] != "local" {
		t.Errorf("user_id: %v", v["user_id"])
	}
	s.stop()
	s = serve(t, data)
	if a := s.get("/jobs"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("after a restart: %d %s", a.StatusCode, a.body)
	}
	if strings.Contains(s.stderr.String(), key[15:]) || inFolder(t, data, key[15:]) {
		t.Error("the key is in the log or in the data folder")
	}
}

// inFolder says that a text is in a file of the folder.
func inFolder(t *testing.T, folder, text string) bool {
	t.Helper()
	found := false
	for _, name := range []string{"docket.db", "docket.db-wal"} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		found = found || bytes.Contains(b, []byte(text))
	}
	return found
}

// Keys are made, listed, rotated and revoked while a server runs and while
// none does.
func TestKeysCommand(t *testing.T) {
	data := dataFolder(t)
	id, first := newKey(t, data, "acme", "read,write,admin") // no server runs
	s := serve(t, data).as(first)
	if a := s.get("/jobs"); a.StatusCode != http.StatusOK {
		t.Errorf("a key made before the start: %d %s", a.StatusCode, a.body)
	}
	if list := docket(t, "keys", "list", "--data", data); !strings.Contains(list, id) || !strings.Contains(list, "read,write,admin") || strings.Contains(list, first) {
		t.Errorf("list:\n%s", list)
	}
	var rotated struct{ Key string }
	if err := json.Unmarshal([]byte(docket(t, "keys", "rotate", id, "--overlap", "1h", "--json", "--data", data)), &rotated); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{first, rotated.Key} {
		if a := s.as(key).get("/jobs"); a.StatusCode != http.StatusOK {
			t.Errorf("after a rotation with overlap: %d %s", a.StatusCode, a.body)
		}
	}
	docket(t, "keys", "rotate", id, "--data", data)
	for _, key := range []string{first, rotated.Key} {
		if a := s.as(key).get("/jobs"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("after a rotation without overlap: %d %s", a.StatusCode, a.body)
		}
	}
	other, key := newKey(t, data, "acme", "admin")
	docket(t, "keys", "revoke", other, "--data", data)
	if a := s.as(key).get("/jobs"); a.StatusCode != http.StatusUnauthorized || !strings.Contains(string(a.body), "Invalid API key") {
		t.Errorf("a revoked key: %d %s", a.StatusCode, a.body)
	}
	for _, wrong := range [][]string{
		{"keys", "create", "--scopes", "everything"}, {"keys", "create", "--account", "Big Corp"}, {"keys", "create", "--expires", "-1h"}, {"keys", "create", "x"},
		{"keys", "rotate", "key_nix"}, {"keys", "rotate"}, {"keys", "rotate", other}, {"keys", "rotate", id, "--overlap", "9000h"}, {"keys", "revoke", "key_nix"}, {"keys", "nix"},
	} {
		if out, errs, err := tryDocket(t, append(wrong, "--data", data)...); err == nil || errs == "" || out != "" {
			t.Errorf("docket %v: %v %q %q", wrong, err, out, errs)
		}
	}
	if _, errs, err := tryDocket(t, "keys", "list", "--data", filepath.Join(data, "nix")); err == nil || !strings.Contains(errs, "--data") {
		t.Errorf("without a data folder: %v %s", err, errs)
	}
}

// Admins manage keys over HTTP, and see who did what.
func TestKeysOverHTTP(t *testing.T) {
	data := dataFolder(t)
	_, root := newKey(t, data, "ops", "admin")
	s := serve(t, data).as(root)
	a := s.send("/keys", map[string]any{"account": "acme", "name": "nightly", "scopes": []string{"read"}, "expires_in": 3600, "limits": map[string]int{"reads": 5}})
	made := a.json(t)
	if a.StatusCode != http.StatusCreated || a.Header.Get("Location") != "/keys/"+fmt.Sprint(made["id"]) || made["state"] != "active" || at(made, "limits", "reads") != 5.0 || made["expires_at"] == nil {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	path := "/keys/" + made["id"].(string)
	if v := s.get(path).json(t); v["key"] != nil || v["name"] != "nightly" {
		t.Errorf("the key again: %v", v)
	}
	reader := s.as(made["key"].(string))
	if a := reader.get("/jobs"); a.StatusCode != http.StatusOK {
		t.Errorf("reading: %d %s", a.StatusCode, a.body)
	}
	if a := reader.send("/jobs", map[string]any{"operation": "parse", "url": "https://example.com/a.pdf"}); a.StatusCode != http.StatusForbidden || !strings.Contains(string(a.body), "write") {
		t.Errorf("writing: %d %s", a.StatusCode, a.body)
	}
	for _, body := range []string{
		`{"account":"A B"}`, `{"account":5}`, `{"scopes":["root"]}`, `{"scopes":5}`, `{"scopes":""}`, `{"expires_in":-5}`, `{"expires_in":"soon"}`, `{"expires_in":1e300}`, `{"limits":{"reads":0}}`,
		`{"limits":{"x":1}}`, `{"limits":[1]}`, `{"name":"a\nb"}`, `{"name":"` + strings.Repeat("x", 300) + `"}`, `{"colour":"red"}`, `[]`, ``,
	} {
		if a := s.do(http.MethodPost, "/keys", "application/json", strings.NewReader(body)); a.StatusCode != http.StatusBadRequest && (body != "" || a.StatusCode/100 != 4) {
			t.Errorf("%.80s: %d %s", body, a.StatusCode, a.body)
		}
	}
	if a := s.call(path + "/rotate"); a.StatusCode != http.StatusOK || a.json(t)["key"] == made["key"] {
		t.Errorf("rotate: %d %s", a.StatusCode, a.body)
	}
	if a := s.do(http.MethodDelete, path, "", nil); a.StatusCode != http.StatusOK || a.json(t)["state"] != "revoked" {
		t.Errorf("revoke: %d %s", a.StatusCode, a.body)
	}
	if a := s.call(path + "/rotate"); a.StatusCode != http.StatusConflict {
		t.Errorf("rotating a revoked key: %d %s", a.StatusCode, a.body)
	}
	if a := reader.get("/jobs"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked key: %d %s", a.StatusCode, a.body)
	}
	if v := s.get("/keys?account=nobody").json(t); len(v["keys"].([]any)) != 0 {
		t.Errorf("keys of nobody: %v", v)
	}
	log := s.get("/audit?account=acme").json(t)
	var actions []string
	for _, act := range log["acts"].([]any) {
		if at(act, "caller") == "ops" { // and not the uses, which are written now and then
			actions = append(actions, at(act, "action").(string))
		}
	}
	if diff := cmp.Diff([]string{"key.revoked", "key.rotated", "key.created"}, actions); diff != "" {
		t.Errorf("the audit log: %s", diff)
	}
}
