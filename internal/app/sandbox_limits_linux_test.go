package app_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// A child is replaced after as many documents, or when it has grown.
func TestChildrenAreReplaced(t *testing.T) {
	s := serve(t, dataFolder(t), "--workers", "1", "--child-documents", "2")
	seen := map[string]bool{}
	for range 6 {
		if v := s.wait(s.submit("a.txt", []byte("fine"))); v["status"] != "completed" {
			t.Fatalf("ended as %v", v)
		}
		for _, pid := range s.children() {
			seen[pid] = true
		}
	}
	if len(seen) < 3 {
		t.Errorf("children %v read 6 documents, 2 each", seen)
	}
}

// children are the processes that the server has started.
func (s *server) children() []string {
	s.t.Helper()
	var all []string
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, task := range tasks {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", s.cmd.Process.Pid, task.Name()))
		if err == nil { // a thread may end meanwhile
			all = append(all, strings.Fields(string(b))...)
		}
	}
	slices.Sort(all)
	return all
}
