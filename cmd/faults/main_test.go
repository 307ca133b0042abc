package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChosenClusters(t *testing.T) {
	for _, test := range []struct {
		on, blobs string
		want      []string
		says      string
	}{
		{"both", "both", []string{onSQLite, onPostgres, onS3}, ""},
		{"sqlite", "s3", []string{onSQLite}, ""},
		{"postgres", "folder", []string{onPostgres}, ""},
		{"postgres", "s3", []string{onS3}, ""},
		{"mysql", "s3", nil, `-on is "mysql": it is sqlite, postgres or both`},
		{"postgres", "disk", nil, `-blobs is "disk": it is folder, s3 or both`},
	} {
		got, err := chosen(test.on, test.blobs)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if diff := cmp.Diff(test.want, got); diff != "" || said != test.says {
			t.Errorf("-on %s -blobs %s: %s, %q", test.on, test.blobs, diff, said)
		}
	}
}

// With another release, a node is that at first, and each of them in time; what
// is no release is refused before anything starts.
func TestReleases(t *testing.T) {
	old := filepath.Join(t.TempDir(), "docket")
	if err := os.WriteFile(old, []byte("#!/bin/sh\necho docket v0 $1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := releases(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{programs: p, random: rand.New(rand.NewPCG(1, 2)), started: map[string]int{}}
	var was []string
	for range 20 {
		next := n.next()
		n.started[next.name]++
		was = append(was, next.path)
	}
	if was[0] != old || !slices.Contains(was[1:], old) || !slices.Contains(was, p[0].path) || p[1].name != "the other release (docket v0 version)" {
		t.Errorf("it is %q one after the other", was)
	}
	for _, wrong := range []string{old + "-2", t.TempDir(), "/bin/false"} {
		if _, err := releases(t.Context(), wrong); err == nil || !strings.Contains(err.Error(), "-old is the binary of another release") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
