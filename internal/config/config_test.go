package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"docket/internal/config"
)

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	env := map[string]string{"DOCKET_WORKERS": "3", "DOCKET_LISTEN": "127.0.0.1:9000", "DOCKET_MAX_FILE": "2MB"}
	c, err := config.Load(map[string]string{"workers": "5"}, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{Listen: "127.0.0.1:9000", Data: "./data", Workers: 5, MaxFile: 2_000_000, MinFree: 64_000_000, Retention: 7 * 24 * time.Hour, MaxWebSockets: 10, MaxWaiting: 100_000, MaxReads: 1000, MaxBatchReads: 100, MaxLists: 60, MailFrom: "docket@localhost"}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestWrongValues(t *testing.T) {
	for name, values := range map[string][]string{
		"listen":           {"", "8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", "example.org:80"},
		"data":             {"", "  "},
		"workers":          {"", "-1", "1.5", "two", "100000"},
		"public-url":       {"example.com", "ftp://example.com", "https://", "https://user@example.com", "https://example.com?x=1"},
		"private-networks": {"10.0.0.1", "10.1.2.3/16", "x", "10.0.0.0/8;11.0.0.0/8"},
		"foreign-jobs":     {"", "401", "hide"},
		"smtp":             {"mail.example.com:25", "http://mail.example.com", "smtp://"},
		"mail-from":        {"", "docket", "Docket <docket@example.com>", "a@b\r\nBcc: c@d"},
		"retention":        {"", "7", "d", "0s", "-1d", "500ms", "1.5d", "3651d", "99999999999999999999d", "week"},
		"min-free":         {"", "0", "-1", "999kB", "9999999GB", "much"},
		"max-websockets":   {"", "-1", "ten", "1000001"},
		"max-waiting":      {"", "0", "-1", "many", "10000001"},
		"max-reads":        {"0", "1.5"},
		"max-batch-reads":  {"0", "x"},
		"max-lists":        {"0", "-60"},
		"max-file":         {"", "0", "-5", "12TB", "MB", "9GB", "99999999999999999999"},
	} {
		for _, value := range values {
			_, err := config.Load(map[string]string{name: value}, func(string) (string, bool) { return "", false })
			if err == nil || !strings.HasPrefix(err.Error(), "--"+name+" ") {
				t.Errorf("--%s %q: %v", name, value, err)
			}
		}
	}
	for name, value := range map[string]string{"listen": ":8080", "private-networks": "10.0.0.0/8, fd00::/8", "foreign-jobs": "404", "workers": "0", "max-file": "5GB", "retention": "3650d", "data": "a b"} {
		if _, err := config.Load(map[string]string{name: value}, func(string) (string, bool) { return "", false }); err != nil {
			t.Errorf("--%s %q: %v", name, value, err)
		}
	}
}
