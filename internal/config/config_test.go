package config_test

import (
	"strings"
	"testing"

	"docket/internal/config"
)

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	env := map[string]string{"DOCKET_WORKERS": "3", "DOCKET_LISTEN": "127.0.0.1:9000", "DOCKET_MAX_FILE": "2MB"}
	c, err := config.Load(map[string]string{"workers": "5"}, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{Listen: "127.0.0.1:9000", Data: "./data", Workers: 5, MaxFile: 2_000_000, MaxWebSockets: 10, MailFrom: "docket@localhost"}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestWrongValues(t *testing.T) {
	for name, values := range map[string][]string{
		"listen":         {"", "8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", "0.0.0.0:8080", ":8080", "192.0.2.1:80", "example.org:80"},
		"data":           {"", "  "},
		"workers":        {"", "-1", "1.5", "two", "100000"},
		"public-url":     {"example.com", "ftp://example.com", "https://", "https://user@example.com", "https://example.com?x=1"},
		"smtp":           {"mail.example.com:25", "http://mail.example.com", "smtp://"},
		"mail-from":      {"", "docket", "Docket <docket@example.com>", "a@b\r\nBcc: c@d"},
		"max-websockets": {"", "-1", "ten", "1000001"},
		"max-file":       {"", "0", "-5", "12TB", "MB", "9GB", "99999999999999999999"},
	} {
		for _, value := range values {
			_, err := config.Load(map[string]string{name: value}, func(string) (string, bool) { return "", false })
			if err == nil || !strings.HasPrefix(err.Error(), "--"+name+" ") {
				t.Errorf("--%s %q: %v", name, value, err)
			}
		}
	}
	for name, value := range map[string]string{"listen": "[::1]:0", "workers": "0", "max-file": "5GB", "data": "a b"} {
		if _, err := config.Load(map[string]string{name: value}, func(string) (string, bool) { return "", false }); err != nil {
			t.Errorf("--%s %q: %v", name, value, err)
		}
	}
}
