package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"docket/internal/testkit"
)

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestParseCommand(t *testing.T) {
	locked := file(t, "locked.pdf", testkit.EncryptedPDF("sesame", "secret words"))
	for _, test := range []struct {
		name           string
		args           []string
		stdout, stderr string
		code           int
	}{
		{"markdown", []string{file(t, "a.pdf", testkit.PDF("Hello.", "Goodbye."))}, "Hello.\n\nGoodbye.\n", "", 0},
		{"html", []string{"--format", "html", file(t, "a.pdf", testkit.PDF("a < b"))}, "<p>a &lt; b</p>", "", 0},
		{"password", []string{"--password", "sesame", locked}, "secret words\n", "", 0},
		{"attachment", []string{file(t, "a.eml", []byte(letterWith("Offer", attach("a.txt", "text/plain", []byte("as agreed")))))}, "# Offer\n", "", 0},
		{"locked", []string{locked}, "", "submit it again with --password", 1},
		{"empty", []string{file(t, "a.pdf", nil)}, "", "The file is empty", 1},
		{"missing", []string{"nowhere.pdf"}, "", "nowhere.pdf: no such file", 1},
		{"folder", []string{t.TempDir()}, "", "not a file", 1},
		{"no file", nil, "", "takes one file", 2},
		{"format", []string{"--format", "docx", locked}, "", "choose md, html, txt, json, csv or xlsx", 2},
		{"flag", []string{"--colour", locked}, "", "unknown flag: --colour", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := command(t, append([]string{"parse"}, test.args...)...)
			var stderr strings.Builder
			c.Stderr = &stderr
			out, _ := c.Output()
			if code := c.ProcessState.ExitCode(); code != test.code || !strings.Contains(stderr.String(), test.stderr) || (test.stderr == "" && stderr.Len() > 0) {
				t.Errorf("ended with %d and said %q", code, stderr.String())
			}
			if !strings.HasPrefix(string(out), test.stdout) || (test.stdout == "" && len(out) > 0) {
				t.Errorf("printed %q", out)
			}
		})
	}
	t.Run("json", func(t *testing.T) {
		out, err := command(t, "parse", "--format", "json", file(t, "a.pdf", testkit.PDF("Hello."))).Output()
		var got struct {
			Status   string
			FileName string `json:"file_name"`
			Chunks   []struct{ Embed string }
		}
		if err != nil || json.Unmarshal(out, &got) != nil || got.Status != "Succeeded" || got.FileName != "a.pdf" || len(got.Chunks) != 1 || got.Chunks[0].Embed != "Hello." {
			t.Errorf("printed %s, %v", out, err)
		}
	})
}

func TestParseCommandEndsAtOnceWhenInterrupted(t *testing.T) {
	name := file(t, "long.pdf", testkit.LongPDF(2000))
	c := command(t, "parse", name)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for s := (&server{t: t}); !hasOpen(c.Process.Pid, name); {
		s.pause()
	}
	begin := time.Now()
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil || c.ProcessState.ExitCode() != 130 {
		t.Errorf("ended with %v", err)
	}
	if took := time.Since(begin); took > 40*time.Second {
		t.Errorf("ending took %v", took)
	}
}

// hasOpen reports whether a process has opened a file. While it starts, it dies
// of a signal that it would handle later.
func hasOpen(pid int, name string) bool {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	return slices.ContainsFunc(links, func(link string) bool {
		to, err := os.Readlink(link)
		return err == nil && to == name
	})
}
