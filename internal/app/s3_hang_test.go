package app_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"docket/internal/testkit"
)

// A bucket that takes requests and answers none keeps nobody from cancelling a
// job, and a server not from ending in time; the jobs go on later.
func TestHungBucketKeepsNobody(t *testing.T) {
	t.Parallel()
	data, g := dataFolder(t), testkit.NewGateway(t, "docs")
	s := serveS3(t, data, g, "--workers", "2")
	// However late the bucket hangs, the first of them has not been read to its end.
	ids := []string{s.submit("a.pdf", testkit.LongPDF(2000)), s.submit("b.pdf", testkit.LongPDF(600))}
	for _, id := range ids {
		s.await("it runs", func() bool {
			return at(s.get("/jobs/"+id).json(t), "progress", "pages_completed").(float64) > 20
		})
	}
	g.Hang()
	hung := make(chan struct{})
	go func() { // a document that is on its way when the server is to end
		defer close(hung)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/jobs?operation=parse", bytes.NewReader(large()))
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Content-Type", "application/pdf")
		if resp, err := s.client.Do(r); err == nil {
			_ = resp.Body.Close() // it says what the log says
		}
	}()
	s.await("both wait for the bucket", func() bool { return stands(s, ids) })
	began := time.Now()
	s.call("/jobs/" + ids[0] + "/cancel")
	if v := s.wait(ids[0]); v["status"] != "cancelled" || time.Since(began) > 40*time.Second {
		t.Errorf("the one that is cancelled is %v after %v", v["status"], time.Since(began))
	}
	s.stop() // while the bucket hangs; TestEndIsBounded says how long it may wait
	<-hung
	g.Stop()
	g.Start()
	s = serveS3(t, data, g, "--workers", "1")
	if v := s.wait(ids[1]); v["status"] != "completed" {
		t.Errorf("the other ended as %v", v)
	}
}

// stands says that the jobs do not go on any more.
func stands(s *server, ids []string) bool {
	pages := func() (all []any) {
		for _, id := range ids {
			all = append(all, at(s.get("/jobs/"+id).json(s.t), "progress", "pages_completed"))
		}
		return all
	}
	before := pages()
	for range 20 {
		s.pause()
	}
	after := pages()
	return before[0] == after[0] && before[1] == after[1]
}
