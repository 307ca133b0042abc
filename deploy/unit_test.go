package deploy_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sections reads a unit file: the values of each key of each section.
func sections(t *testing.T, text string) map[string]map[string][]string {
	t.Helper()
	all, name := map[string]map[string][]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, assigns := strings.Cut(line, "=")
		switch header := regexp.MustCompile(`^\[(\w+)\]$`).FindStringSubmatch(line); {
		case line == "" || line[0] == '#':
		case len(header) == 2 && all[header[1]] == nil:
			name = header[1]
			all[name] = map[string][]string{}
		case name != "" && assigns && regexp.MustCompile(`^[A-Za-z]+$`).MatchString(key):
			all[name][key] = append(all[name][key], value)
		default:
			t.Errorf("%q is not expected in a unit file", line)
		}
	}
	return all
}

func TestUnit(t *testing.T) {
	text := read(t, "docket.service")
	unit := sections(t, text)
	if got := slices.Sorted(maps.Keys(unit)); !slices.Equal(got, []string{"Install", "Service", "Unit"}) {
		t.Errorf("the sections are %v", got)
	}
	service := unit["Service"]
	for key, want := range map[string]string{
		"User": "docket", "ExecStart": "/usr/local/bin/docket serve", "EnvironmentFile": "/etc/docket/docket.env",
		"ProtectSystem": "strict", "NoNewPrivileges": "yes", "KillMode": "mixed", "KillSignal": "SIGTERM", "Restart": "always",
	} {
		if got := service[key]; !slices.Equal(got, []string{want}) {
			t.Errorf("%s=%v, want %s", key, got, want)
		}
	}
	if _, set := service["MemoryDenyWriteExecute"]; set {
		t.Error("the engine makes code in memory")
	}
	for key, values := range service {
		if len(values) != 1 {
			t.Errorf("%s is given %d times", key, len(values))
		}
	}
	state := service["StateDirectory"]
	if len(state) != 1 || !strings.Contains(read(t, "docket.env.example"), "\nDOCKET_DATA=/var/lib/"+state[0]+"\n") {
		t.Errorf("the service may write to /var/lib/%v, and the example keeps its data elsewhere", state)
	}
	verify(t, text)
}

// verify asks systemd where there is one. The program that is started must
// exist for it.
func verify(t *testing.T, text string) {
	t.Helper()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "docket.service")
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(text, "/usr/local/bin/docket", self)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", name).CombinedOutput(); err != nil || strings.Contains(string(out), "docket.service:") {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}
