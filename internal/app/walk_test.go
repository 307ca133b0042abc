package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"docket/internal/account"
	"docket/internal/api"
	"docket/internal/testkit"
)

// property is what an account has: one thing for each {id} of the route table.
type property struct {
	jobs     map[string][]string // both spellings by the first word of the route
	batch    string
	webhook  string
	delivery string
	key      string
}

// own makes one of everything.
func own(s *server, key string) property {
	s.t.Helper()
	r := listen(s.t)
	p := property{jobs: map[string][]string{}, key: key}
	hook := s.webhook(map[string]any{"url": r.URL})
	p.webhook = hook["id"].(string)
	file := string(testkit.PDF(letterText))
	for route, parts := range map[string][]part{
		"parse":    {{"file", "a.pdf", file}},
		"extract":  {{"pdf_file", "a.pdf", file}, {name: "schema_data", content: `{"type":"object","properties":{"name":{"type":"string"}}}`}},
		"classify": {{"pdf_file", "a.pdf", file}, {name: "categories", content: categories}},
		"splitter": {{"file", "a.pdf", file}, {name: "categories", content: categories}},
	} {
		id := s.post("/"+route, parts...).json(s.t)["job_id"].(string)
		s.wait(id)
		p.jobs[route] = []string{id, at(s.get("/jobs/"+id).json(s.t), "alias_id").(string)}
	}
	p.delivery = s.call("/webhooks/" + p.webhook + "/test").json(s.t)["id"].(string)
	contentType, body := form(part{name: "jobs", content: `[{"operation":"parse","file":"one"}]`}, part{"one", "a.pdf", file})
	p.batch = s.do(http.MethodPost, "/jobs/batch", contentType, body).json(s.t)["batch_id"].(string)
	return p
}

// paths fills in the ids of a pattern, each in every spelling.
func (p property) paths(pattern string) []string {
	words := strings.Split(strings.Trim(pattern, "/"), "/")
	pattern = strings.ReplaceAll(pattern, "{delivery}", p.delivery)
	fill := func(ids ...string) (all []string) {
		for _, id := range ids {
			all = append(all, strings.ReplaceAll(pattern, "{id}", id))
		}
		return all
	}
	switch {
	case !strings.Contains(pattern, "{id}"):
		return fill("")
	case words[0] == "webhooks":
		return fill(p.webhook)
	case words[0] == "keys":
		return fill(p.key)
	case words[0] == "jobs" && words[1] == "batch":
		return fill(p.batch)
	case words[0] == "v2":
		return fill(p.jobs[words[1]]...)
	case words[0] == "cite":
		return fill(p.jobs["extract"]...)
	case words[0] == "jobs" || words[0] == "v1":
		return fill(p.jobs["parse"]...)
	}
	return fill(p.jobs[words[0]]...)
}

// The whole route table, without a key, with bad ones, without the scope, and
// with the ids of another account. // contract H13, H18, H19, H88
func TestWalkOfAllRoutes(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1", "--private-networks", "127.0.0.0/8")
	ownKey, ownSecret := newKey(t, data, "owner", "read,write")
	_, stranger := newKey(t, data, "stranger", "read,write")
	_, reader := newKey(t, data, "owner", "read")
	_, writer := newKey(t, data, "owner", "write")
	revoked, gone := newKey(t, data, "owner", "read,write,admin")
	docket(t, "keys", "revoke", revoked, "--data", data)
	_, root := newKey(t, data, "ops", "admin")
	p := own(s.as(ownSecret), ownKey)
	wrong := ownSecret[:len(ownSecret)-7] + "0" + ownSecret[len(ownSecret)-6:]
	walked := 0
	for _, route := range (&api.API{}).Routes() {
		streams := route.Pattern == "/events" || route.Pattern == "/jobs/{id}/status" // they ask for read themselves
		if streams {
			route.Scope = account.Read
		}
		if route.Scope == 0 {
			continue
		}
		for _, path := range p.paths(route.Pattern) {
			walked++
			for name, key := range map[string]string{"no key": "", "a key that is none": "your-api-key", "a wrong key": wrong, "a revoked key": gone} {
				if a := s.as(key).do(route.Method, path, "", nil); a.StatusCode != http.StatusUnauthorized {
					t.Errorf("%s %s with %s: %d %s", route.Method, path, name, a.StatusCode, a.body)
				}
			}
			lacking := map[account.Scopes]string{account.Read: writer, account.Write: reader, account.Admin: ownSecret}[route.Scope]
			if a := s.as(lacking).do(route.Method, path, "", nil); a.StatusCode != http.StatusForbidden || !strings.Contains(string(a.body), route.Scope.String()) {
				t.Errorf("%s %s without the scope %s: %d %s", route.Method, path, route.Scope, a.StatusCode, a.body)
			}
			if !strings.Contains(route.Pattern, "{id}") || route.Scope == account.Admin {
				continue
			}
			if a := s.as(stranger).do(route.Method, path, "", nil); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s %s of another account: %d %s", route.Method, path, a.StatusCode, a.body)
			}
		}
	}
	if walked < 60 {
		t.Errorf("only %d paths were walked", walked)
	}
	// Nothing of that did anything; an admin may look at all of it, and end it.
	for route, ids := range p.jobs {
		for _, id := range ids {
			if a := s.as(root).get("/jobs/" + id); a.StatusCode != http.StatusOK || !strings.EqualFold(a.status(t), "completed") {
				t.Errorf("the %s job for an admin: %d %s", route, a.StatusCode, a.body)
			}
		}
	}
	p.listedForAdmins(s.as(root))
	if a := s.as(root).call("/jobs/" + p.jobs["parse"][0] + "/rerun"); a.StatusCode != http.StatusForbidden {
		t.Errorf("an admin makes a job for another account: %d %s", a.StatusCode, a.body)
	}
	if a := s.as(root).do(http.MethodDelete, "/jobs/"+p.jobs["parse"][0], "", nil); a.StatusCode != http.StatusOK {
		t.Errorf("an admin deletes: %d %s", a.StatusCode, a.body)
	}
	if v := s.as(root).get("/audit?action=job.deleted").json(t); at(v, "acts", 0, "account") != "owner" || at(v, "acts", 0, "caller") != "ops" {
		t.Errorf("the audit log of deletes: %v", v)
	}
}

// listedForAdmins: lists show others only when they are named. // contract J27
func (p property) listedForAdmins(root *server) {
	root.t.Helper()
	if v := root.get("/jobs").json(root.t); at(v, "pagination", "total") != 0.0 {
		root.t.Errorf("an admin's own list: %v", v)
	}
	if v := root.get("/jobs?account=owner").json(root.t); at(v, "pagination", "total") != 5.0 {
		root.t.Errorf("another account's list for an admin: %v", v)
	}
	if v := root.get("/usage?account=owner").json(root.t); at(v, "total", "submitted") != 5.0 || at(v, "total", "completed") == 0.0 {
		root.t.Errorf("another account's usage for an admin: %v", v)
	}
	if v := root.get("/v1/api/jobs?account=owner").json(root.t); at(v, "data", "pagination", "total") != 5.0 {
		root.t.Errorf("another account's list for an admin: %v", v)
	}
}

// With --foreign-jobs 404 a job of another account is as good as none.
func TestForeignJobsCanBeHidden(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "1", "--foreign-jobs", "404")
	_, mine := newKey(t, data, "mine", "read,write")
	_, other := newKey(t, data, "other", "read,write")
	id := s.as(mine).submit("a.pdf", testkit.PDF("x"))
	s.as(mine).wait(id)
	foreign, missing := s.as(other).get("/jobs/"+id), s.as(other).get("/jobs/job_01m81cqznvfcgbm28pxa9h2vrq")
	if foreign.StatusCode != http.StatusNotFound || missing.StatusCode != http.StatusNotFound {
		t.Fatalf("%d %d", foreign.StatusCode, missing.StatusCode)
	}
	plain := func(a answer, id string) string {
		return strings.NewReplacer(id, "ID", a.Header.Get("X-Request-Id"), "").Replace(string(a.body))
	}
	if a, b := plain(foreign, id), plain(missing, "job_01m81cqznvfcgbm28pxa9h2vrq"); a != b {
		t.Errorf("the answers differ:\n%s\n%s", a, b)
	}
	many := s.as(other).get("/jobs/status?job_ids=" + id).json(t)
	if at(many, "jobs", 0, "status") != "not_found" {
		t.Errorf("many: %v", many)
	}
	if a := s.as(other).get("/v1/api/jobs?account=mine"); a.StatusCode != http.StatusForbidden {
		t.Errorf("another account's list: %d %s", a.StatusCode, a.body)
	}
}

// A browser learns by the code of the close frame why it was refused; others
// by the status. A stream ends when its key does. // contract H2, J28
func TestStreamsNeedAKey(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	id, mine := newKey(t, data, "mine", "read,write")
	_, other := newKey(t, data, "other", "read")
	_, writer := newKey(t, data, "mine", "write")
	job := s.as(mine).submit("a.pdf", testkit.PDF("x"))
	path := "/jobs/" + job + "/status"
	for _, c := range []struct {
		key  string
		code int
	}{{"", 401}, {"your-api-key", 401}, {other, 403}, {writer, 403}} {
		if _, a := s.dial(path, "X-API-Key", c.key); a.Response == nil || a.StatusCode != c.code {
			t.Errorf("a program is answered %v, want %d", a.Response, c.code)
		}
		w, a := s.dial(path, "X-API-Key", c.key, "Origin", s.url)
		if w == nil {
			t.Fatalf("a browser is answered %d %s", a.StatusCode, a.body)
		}
		if _, closed := w.rest(); closed.Code != websocket.StatusCode(4000+c.code) || closed.Reason == "" {
			t.Errorf("closed with %v, want %d", closed, 4000+c.code)
		}
	}
	w, a := s.dial(path, "Authorization", "Bearer "+mine)
	if w == nil {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	w.next()
	ticket := s.as(mine).send("/tickets", map[string]string{"job_id": job}).json(t)["ticket"].(string)
	late := s.as(mine).call("/tickets").json(t)["ticket"].(string)
	byTicket, a := s.dial(path + "?ticket=" + ticket)
	if byTicket == nil {
		t.Fatalf("with a ticket: %d %s", a.StatusCode, a.body)
	}
	byTicket.next()
	docket(t, "keys", "revoke", id, "--data", data)
	_, boss := newKey(t, data, "mine", "read,write")
	s.as(boss).call("/jobs/" + job + "/cancel")
	for _, w := range []*socket{w, byTicket} {
		if frames, closed := w.rest(); closed.Code != 4401 || len(frames) > 0 {
			t.Errorf("after the key ended: %v, then %v", frames, closed)
		}
	}
	if _, a := s.dial(path + "?ticket=" + late); a.Response == nil || a.StatusCode != http.StatusForbidden {
		t.Errorf("a ticket of a key that ended: %v", a.Response)
	}
}

// The dashboard's cookie stands for a key, for this server's own pages.
// contract J28
func TestSession(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--workers", "0")
	id, key := newKey(t, data, "mine", "read,write")
	if a := s.send("/session", map[string]string{"key": "docket_nix"}); a.StatusCode != http.StatusUnauthorized || len(a.Cookies()) > 0 {
		t.Errorf("with a bad key: %d %v", a.StatusCode, a.Cookies())
	}
	a := s.send("/session", map[string]string{"key": key})
	if a.StatusCode != http.StatusCreated || len(a.Cookies()) != 1 || at(a.json(t), "account") != "mine" {
		t.Fatalf("%d %s %v", a.StatusCode, a.body, a.Cookies())
	}
	c := a.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/" || strings.Contains(c.Value, key) {
		t.Errorf("the cookie %v", c)
	}
	cookie := c.Name + "=" + c.Value
	job := s.as(key).submit("a.pdf", testkit.PDF("x"))
	for _, from := range [][]string{{}, {"Origin", s.url}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}} {
		if a := s.with("/jobs/"+job, append(from, "Cookie", cookie)...); a.StatusCode != http.StatusOK {
			t.Errorf("from %v: %d %s", from, a.StatusCode, a.body)
		}
	}
	for _, from := range [][]string{{"Origin", "http://127.0.0.1:1"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}} {
		if a := s.with("/jobs/"+job, append(from, "Cookie", cookie)...); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("from %v: %d %s", from, a.StatusCode, a.body)
		}
	}
	if w, a := s.dial("/jobs/"+job+"/status", "Cookie", cookie, "Origin", s.url); w == nil {
		t.Errorf("a WebSocket with the cookie: %d %s", a.StatusCode, a.body)
	}
	for _, forged := range []string{"x", c.Value + "x", c.Value[:60] + strings.Map(func(r rune) rune { return r ^ 1 }, c.Value[60:61]) + c.Value[61:], strings.Repeat("A", 100)} {
		if a := s.with("/jobs", "Cookie", c.Name+"="+forged); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("a forged cookie %q for %q: %d %s", forged, c.Value, a.StatusCode, a.body)
		}
	}
	if a := s.do(http.MethodDelete, "/session", "", nil); a.StatusCode != http.StatusOK || len(a.Cookies()) != 1 || a.Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign out: %d %v", a.StatusCode, a.Cookies())
	}
	docket(t, "keys", "revoke", id, "--data", data)
	if a := s.with("/jobs", "Cookie", cookie); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("after the key ended: %d %s", a.StatusCode, a.body)
	}
}

// A server that others reach is never open: it makes a key at its first start
// and shows it once. // contract J27
func TestFirstStartBeyondLoopback(t *testing.T) {
	data := dataFolder(t)
	s := serve(t, data, "--listen", "0.0.0.0:0")
	if a := s.get("/jobs"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a key: %d %s", a.StatusCode, a.body)
	}
	key := s.said(`\bdocket_[0-9A-Za-z]{49}\b`)
	if a := s.as(key).get("/keys"); a.StatusCode != http.StatusOK {
		t.Errorf("with the key that was shown: %d %s", a.StatusCode, a.body)
	}
	var list []struct{ Account, State string }
	if err := json.Unmarshal([]byte(docket(t, "keys", "list", "--json", "--data", data)), &list); err != nil || len(list) != 1 || list[0].Account != "local" {
		t.Errorf("keys: %v, %v", list, err)
	}
	s.stop()
	s = serve(t, data, "--listen", "0.0.0.0:0")
	s.said(`/parse/{job_id}`)
	if strings.Contains(s.stdout.String(), key) {
		t.Error("the key is shown again")
	}
}
