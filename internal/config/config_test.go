package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"docket/internal/config"
)

func none(string) (string, bool) { return "", false }

func environment(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

// write makes a configuration file.
func write(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "docket.toml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Defaults, then the file, then the environment, then flags.
func TestLaterSourcesWin(t *testing.T) {
	file := write(t, `
listen = "127.0.0.1:7000"
workers = 2
max-file = "1MB"
data = "/var/lib/docket"
trusted-proxies = ["10.1.2.3/8", "::1"]
allowed-origins = ["HTTPS://App.Example.com:443/", "http://localhost:3000"]
stop-delay = "3s"
`)
	env := map[string]string{"DOCKET_CONFIG": file, "DOCKET_WORKERS": "3", "DOCKET_LISTEN": "127.0.0.1:9000", "DOCKET_MAX_FILE": "2MB"}
	c, err := config.Load(map[string]string{"workers": "5"}, environment(env))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Listen: "127.0.0.1:9000", Data: "/var/lib/docket", Workers: 5, MaxFile: 2_000_000, MinFree: 64_000_000, Retention: 7 * 24 * time.Hour, MaxWebSockets: 10, MaxWaiting: 100_000, MaxReads: 1000, MaxBatchReads: 100, MaxLists: 60, MailFrom: "docket@localhost", MaxMails: 100, AuditRetention: 90 * 24 * time.Hour,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:3000"}, StopDelay: 3 * time.Second,
	}
	want.Blobs = config.Blobs{Presign: config.PresignUploads}
	want.Sandbox = config.Sandbox{
		Pages: 2000, PageCharacters: 200_000, PagePaths: 20_000, PagePixels: 25_000_000, PicturePixels: 50_000_000,
		ArchiveEntries: 10_000, Unpacked: 512 << 20, ArchiveRatio: 200, XMLDepth: 256, ImportDocuments: 100_000, ImportSize: 20 << 30,
		DocumentTime: 30 * time.Second, PageTime: 500 * time.Millisecond, CPUFactor: 2, ChildDocuments: 200, ChildRecycleMemory: 600 << 20,
	}
	want.Model = config.Model{Timeout: 2 * time.Minute, Retries: 2, Context: 16000, Budget: 500000}
	if diff := cmp.Diff(want, c, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
	flag := map[string]string{"config": write(t, `max-websockets = 4`)}
	if c, err := config.Load(flag, environment(env)); err != nil || c.MaxWebSockets != 4 || c.Data != "./data" {
		t.Errorf("--config did not win over the variable: %+v, %v", c, err)
	}
}

// A file is read to its end, and everything that is wrong is told.
func TestWrongFiles(t *testing.T) {
	for _, test := range []struct {
		name, content string
		says          []string
	}{
		{"unknown", "workers = 2\nworker = 3\n\n[server]\nport = 1\n", []string{`docket.toml:2: there is no setting "worker"`, `docket.toml:4: there is no setting "server"`}},
		{"unknown and wrong", "workers = \"two\"\nspeed = 9\n", []string{`:2: there is no setting "speed"`, `docket.toml: workers "two": must be a number`}},
		{"no TOML", "workers = 2\nlisten = 127.0.0.1\n", []string{"docket.toml:2:"}},
		{"twice", "workers = 2\nworkers = 3\n", []string{"docket.toml:2:"}},
		{"types", "workers = 1.5\ndata = [\"a\"]\nlisten = true\ntrusted-proxies = [1]\n", []string{"workers: must be a text or a whole number", "data: must be", "listen: must be", "trusted-proxies: must be a list of texts"}},
		{"password", "smtp = \"http://me:sesame@example.com\"\n", []string{"docket.toml: smtp \"…\""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Load(map[string]string{"config": write(t, test.content)}, none)
			if err == nil {
				t.Fatal("it was taken")
			}
			for _, says := range test.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("does not say %q:\n%v", says, err)
				}
			}
			if strings.Contains(err.Error(), "sesame") {
				t.Errorf("repeats the password: %v", err)
			}
		})
	}
	missing := filepath.Join(t.TempDir(), "none.toml")
	if _, err := config.Load(map[string]string{"workers": "x"}, environment(map[string]string{"DOCKET_CONFIG": missing})); err == nil ||
		!strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "--workers") {
		t.Errorf("a missing file and a wrong flag: %v", err)
	}
}

func TestWrongValues(t *testing.T) {
	for name, values := range map[string][]string{
		"listen":           {"", "8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", "example.org:80"},
		"private-networks": {"10.0.0.1", "10.1.2.3/16", "x", "10.0.0.0/8;11.0.0.0/8"},
		"foreign-jobs":     {"", "401", "hide"},
		"data":             {"", "  "},
		"database":         {"db.example.com", "mysql://a/b", "postgres://", "host=db user=a", "postgres://a:b?c#d@e/f"},
		"blobs": {
			"  ", "gs://bucket", "s3://", "s3:///prefix", "s3://Bucket", "s3://a_b_c", "s3://ab", "s3://bucket/../x", "s3://bucket/a//b", "s3://key:sesame@bucket", "s3://bucket?x=1", "s3://bucket?region=a&region=b",
			"s3://bucket?endpoint=localhost:9000", "s3://bucket?endpoint=ftp://a", "s3://bucket?endpoint=https://me@a", "s3://bucket?public_endpoint=x", "s3://bucket?path_style=maybe", "s3://bucket?endpoint=https://a/b&path_style=0", "s3://bucket?%zz", "s3://bucket#x",
		},
		"s3-presign":      {"", "yes", "downloads"},
		"workers":         {"", "-1", "1.5", "two", "100000"},
		"public-url":      {"example.com", "ftp://example.com", "https://", "https://user@example.com", "https://example.com?x=1"},
		"smtp":            {"mail.example.com:25", "http://mail.example.com", "smtp://"},
		"model-url":       {"127.0.0.1:11434", "ftp://example.com", "http://", "https://key@example.com/v1", "https://example.com/v1?key=x"},
		"model-name":      {" gpt", "a\nb"},
		"model-key":       {"a b", "a\nb", "schlüssel"},
		"model-timeout":   {"", "2", "0s", "2h"},
		"model-retries":   {"", "-1", "100"},
		"model-context":   {"", "100", "much"},
		"model-budget":    {"", "-1", "1e6"},
		"mail-domains":    {"a b", "@example.com", "x@y@z", "example.com;example.org"},
		"mail-from":       {"", "docket", "Docket <docket@example.com>", "a@b\r\nBcc: c@d"},
		"max-websockets":  {"", "-1", "ten", "1000001"},
		"max-waiting":     {"", "0", "-1", "many", "10000001"},
		"max-reads":       {"0", "1.5"},
		"max-batch-reads": {"0", "x"},
		"max-lists":       {"0", "-60"},
		"audit-retention": {"", "90", "0d", "3651d", "ever"},
		"max-mails":       {"", "0", "-1", "many"},
		"retention":       {"", "7", "d", "0s", "-1d", "500ms", "1.5d", "3651d", "99999999999999999999d", "week"},
		"min-free":        {"", "0", "-1", "999kB", "9999999GB", "much"},
		"max-file":        {"", "0", "-5", "12TB", "MB", "9GB", "99999999999999999999"},
		"trusted-proxies": {"proxy", "10.0.0.0/33", "10.0.0.1,nginx", "fe80::1%eth0"},
		"allowed-origins": {"app.example.com", "https://", "https://*.example.com", "https://app.example.com/app", "ftp://example.com", "https://u@example.com", "null"},
		"metrics-listen":  {"9090", "127.0.0.1:x"},
		"stop-delay":      {"", "5", "-1s", "1h"},
		"log-format":      {"", "xml"},
		"log-level":       {"", "loud", "INFO+1"},

		"max-pages":            {"", "0", "-1", "100001", "many", "1.5"},
		"max-page-characters":  {"999", "x"},
		"max-page-paths":       {"0"},
		"max-page-pixels":      {"25Mpx", "0", "100000001"},
		"max-picture-pixels":   {"9999", "50e6"},
		"max-archive-entries":  {"1"},
		"max-unpacked":         {"", "0", "512", "512mib", "9GiB", "-1MiB", "1.5GiB"},
		"max-archive-ratio":    {"1", "200:1"},
		"max-xml-depth":        {"0", "10001"},
		"max-import-documents": {"0"},
		"max-import-size":      {"", "999", "all"},
		"document-time":        {"", "30", "99ms", "25h", "0s"},
		"page-time":            {"", "0s", "-1s", "2h"},
		"cpu-factor":           {"0", "101", "NaN", "fast"},
		"child-memory":         {"100MiB", "2TiB", "much"},
		"child-address-space":  {"1GiB", "all"},
		"child-documents":      {"0"},
		"child-recycle-memory": {"0", "63MiB"},
	} {
		for _, value := range values {
			_, err := config.Load(map[string]string{name: value}, none)
			if err == nil || !strings.HasPrefix(err.Error(), "--"+name+" ") {
				t.Errorf("--%s %q: %v", name, value, err)
			}
		}
	}
	for name, value := range map[string]string{
		"listen": ":8080", "private-networks": "10.0.0.0/8, fd00::/8", "foreign-jobs": "404", "workers": "0", "max-file": "5GB", "retention": "3650d", "data": "a b", "trusted-proxies": " 10.0.0.0/8, ,192.0.2.7", "allowed-origins": "*", "metrics-listen": ":9090",
		"max-unpacked": "1GiB", "child-memory": "256MiB", "child-address-space": "", "document-time": "1m30s", "max-import-size": "1kB",
	} {
		if _, err := config.Load(map[string]string{name: value}, none); err != nil {
			t.Errorf("--%s %q: %v", name, value, err)
		}
	}
	if _, err := config.Load(map[string]string{"child-memory": "8GiB", "child-address-space": "4GiB"}, none); err == nil || !strings.Contains(err.Error(), "--child-memory") {
		t.Errorf("more memory than addresses: %v", err)
	}
	for _, one := range []string{"tls-cert", "tls-key"} {
		if _, err := config.Load(map[string]string{one: "a.pem"}, none); err == nil || !strings.Contains(err.Error(), "give both, or neither") {
			t.Errorf("--%s alone: %v", one, err)
		}
	}
}
