// Package deploy_test holds what is deployed against what there is: settings,
// metrics, the version of Go. No image is built and no service is started.
package deploy_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"docket/internal/config"
)

// files gives the text of every file here that is deployed.
func files(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".go") {
			return err
		}
		b, err := os.ReadFile(name)
		texts[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every variable is a setting, also in comments.
func TestVariables(t *testing.T) {
	known := map[string]bool{config.FileEnv: true}
	for _, s := range config.Settings() {
		known[s.Env()] = true
	}
	found := 0
	for name, text := range files(t) {
		for _, variable := range regexp.MustCompile(`DOCKET_\w+`).FindAllString(text, -1) {
			found++
			if !known[variable] {
				t.Errorf("%s: there is no setting %s", name, variable)
			}
		}
	}
	if found < 30 {
		t.Errorf("found %d variables only", found)
	}
}

// load makes a configuration from variables.
func load(t *testing.T, env map[string]string) config.Config {
	t.Helper()
	c, err := config.Load(nil, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Error(err)
	}
	return c
}

// The example is accepted, as it is and with each of what it suggests.
func TestEnvironmentFile(t *testing.T) {
	plain, all := map[string]string{}, map[string]string{}
	for line := range strings.Lines(read(t, "docket.env.example")) {
		m := regexp.MustCompile(`^(#?)([A-Z0-9_]+)=(.*)\n$`).FindStringSubmatch(line)
		switch {
		case len(m) == 4:
			all[m[2]] = m[3]
			if m[1] == "" {
				plain[m[2]] = m[3]
			}
		case !strings.HasPrefix(line, "# ") && line != "\n":
			t.Errorf("%q is no assignment, no comment and not empty", line)
		}
	}
	if c := load(t, plain); c.Data == "" || c.TLSCert == "" || c.Database != "" {
		t.Errorf("a server of its own: %+v", c)
	}
	if c := load(t, all); c.Database == "" || c.Blobs.Bucket == "" || len(c.TrustedProxies) == 0 {
		t.Errorf("one of many: %+v", c)
	}
}

// instruction is one of a Dockerfile.
type instruction struct{ word, rest string }

// stages reads a Dockerfile: the instructions of each stage, by its name, after
// those of the stage that it starts from.
func stages(t *testing.T, text string) map[string][]instruction {
	t.Helper()
	text = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, "")
	all, name := map[string][]instruction{}, ""
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case word == "":
			continue
		case word == "FROM":
			from := strings.Fields(rest)
			if len(from) != 3 || from[1] != "AS" {
				t.Fatalf("%q is not FROM image AS name", line)
			}
			name = from[2]
			all[name] = append(slices.Clone(all[from[0]]), instruction{word, from[0]})
		case name == "" || !slices.Contains(words(), word):
			t.Fatalf("%q is not expected in a Dockerfile here", line)
		default:
			all[name] = append(all[name], instruction{word, rest})
		}
	}
	return all
}

func words() []string {
	return []string{"WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
}

// last is the instruction of that word which counts.
func last(stage []instruction, word string) string {
	for _, i := range slices.Backward(stage) {
		if i.word == word {
			return i.rest
		}
	}
	return ""
}

// variables are what an image sets.
func variables(stage []instruction) map[string]string {
	env := map[string]string{}
	for _, i := range stage {
		if i.word != "ENV" {
			continue
		}
		for pair := range strings.FieldsSeq(i.rest) {
			variable, value, _ := strings.Cut(pair, "=")
			env[variable] = value
		}
	}
	return env
}

func TestDockerfile(t *testing.T) {
	all := stages(t, read(t, "Dockerfile"))
	goes := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read(t, "../go.mod"))
	if from := last(all["build"], "FROM"); len(goes) != 2 || from != "golang:"+goes[1] {
		t.Errorf("built with %s, and go.mod says %v", from, goes)
	}
	for name, tesseract := range map[string]bool{"plain": false, "ocr": true} {
		stage := all[name]
		env := variables(stage)
		c := load(t, env)
		if c.Data == "" || last(stage, "VOLUME") != c.Data || c.Loopback() {
			t.Errorf("%s: the volume is %s, with the settings %v", name, last(stage, "VOLUME"), env)
		}
		if check := last(stage, "HEALTHCHECK"); !strings.Contains(check, `"http://`+c.MetricsListen+`/healthz"`) || c.MetricsListen == "" {
			t.Errorf("%s: %s, and the door is %s", name, check, c.MetricsListen)
		}
		for word, want := range map[string]string{"USER": "docket", "STOPSIGNAL": "SIGTERM", "ENTRYPOINT": `["docket"]`, "CMD": `["serve"]`} {
			if got := last(stage, word); got != want {
				t.Errorf("%s: %s %s, want %s", name, word, got, want)
			}
		}
		if has := slices.ContainsFunc(stage, func(i instruction) bool { return strings.Contains(i.rest, "tesseract-ocr") }); has != tesseract {
			t.Errorf("%s has tesseract: %v", name, has)
		}
	}
	if len(all) != 3 {
		t.Errorf("the stages are %v", slices.Sorted(maps.Keys(all)))
	}
}
