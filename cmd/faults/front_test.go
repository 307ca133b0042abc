package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A front passes requests on as they are, refuses them, and loses the answers
// to writes alone.
func TestFront(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.Host+r.URL.RequestURI()+" "+string(body))
		if err == nil {
			_, err = io.WriteString(w, "done")
		}
		if err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	f, err := newFront(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	client := &http.Client{Timeout: time.Minute}
	for _, test := range []struct {
		state  frontState
		method string
		want   string // empty: the connection ends
		passes bool
	}{
		{serves, http.MethodPut, "200 done", true},
		{refers, http.MethodPut, "503 <Error><Code>SlowDown", false},
		{refers, http.MethodGet, "503 <Error><Code>SlowDown", false},
		{mutes, http.MethodPut, "", true},
		{mutes, http.MethodGet, "200 done", true},
		{serves, http.MethodDelete, "200 done", true},
	} {
		f.set(test.state)
		got = nil
		r, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+f.address()+"/docs/a%2Fb?x=1", strings.NewReader("bytes"))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "signed.example"
		said := ""
		if answer, err := client.Do(r); err == nil {
			body, err := io.ReadAll(answer.Body)
			if err != nil || answer.Body.Close() != nil {
				t.Error(err)
			}
			said = answer.Status[:4] + string(body)
		}
		if (test.want == "") != (said == "") || !strings.HasPrefix(said, test.want) {
			t.Errorf("state %d, %s: %q", test.state, test.method, said)
		}
		if passed := len(got) > 0 && got[0] == test.method+" signed.example/docs/a%2Fb?x=1 bytes"; passed != test.passes {
			t.Errorf("state %d, %s: the server got %q", test.state, test.method, got)
		}
	}
}
