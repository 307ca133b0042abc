package deploy_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// scraping is what we look at of the configuration of Prometheus.
type scraping struct {
	Files   []string `json:"rule_files"`
	Configs []struct {
		Name   string `json:"job_name"`
		Static []struct {
			Targets []string `json:"targets"`
		} `json:"static_configs"`
		DNS []struct {
			Names []string `json:"names"`
			Port  int      `json:"port"`
		} `json:"dns_sd_configs"`
	} `json:"scrape_configs"`
}

// alerting is a file of rules.
type alerting struct {
	Groups []struct {
		Name  string `json:"name"`
		Rules []struct {
			Alert       string            `json:"alert"`
			Expr        string            `json:"expr"`
			For         string            `json:"for"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"rules"`
	} `json:"groups"`
}

// dashboard is what we look at of Grafana's.
type dashboard struct {
	Title  string `json:"title"`
	Panels []struct {
		ID      int    `json:"id"`
		Title   string `json:"title"`
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
}

// metric is one that the server shows.
type metric struct {
	histogram bool
	labels    []string
}

// ownMetrics finds the metrics in the source, with their labels.
func ownMetrics(t *testing.T) map[string]metric {
	t.Helper()
	made := regexp.MustCompile(`(?s)(Histogram|Counter|Gauge)(?:Opts)\{\s*Name: "(docket_\w+)"(.*?\n\s*\}[,)][^\n]*)`)
	described := regexp.MustCompile(`NewDesc\("(docket_\w+)"([^\n]*)`)
	label := regexp.MustCompile(`"([a-z_]+)"[,:}]`)
	labels := func(text string) (names []string) {
		for _, m := range label.FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
		return names
	}
	found := map[string]metric{}
	err := fs.WalkDir(os.DirFS("../internal"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		source := read(t, "../internal/"+name)
		for _, m := range made.FindAllStringSubmatch(source, -1) {
			found[m[2]] = metric{histogram: m[1] == "Histogram", labels: labels(m[3])}
		}
		for _, m := range described.FindAllStringSubmatch(source, -1) {
			found[m[1]] = metric{labels: labels(m[2])}
		}
		return nil
	})
	if err != nil || len(found) < 15 {
		t.Fatalf("found %v: %v", slices.Sorted(maps.Keys(found)), err)
	}
	return found
}

// known are all names under which values are stored: of the server, of Go and
// the process, and what Prometheus adds.
func known(t *testing.T, own map[string]metric) map[string]metric {
	t.Helper()
	all := map[string]metric{"up": {}}
	for name, m := range own {
		if !m.histogram {
			all[name] = m
			continue
		}
		for _, end := range []string{"_bucket", "_sum", "_count"} {
			all[name+end] = metric{labels: append(slices.Clone(m.labels), "le")}
		}
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		all[f.GetName()] = metric{}
	}
	return all
}

// wrong tells what an expression asks for that is not there.
func wrong(expr string, known map[string]metric) (problems []string) {
	text := regexp.MustCompile(`"[^"]*"`).ReplaceAllString(expr, `""`)
	if strings.Count(text, "(") != strings.Count(text, ")") || strings.Count(text, "{") != strings.Count(text, "}") {
		problems = append(problems, "the brackets do not match")
	}
	names, labels := 0, []string{"job", "instance"}
	for _, name := range regexp.MustCompile(`\b(?:docket|go|process)_\w+|\bup\b`).FindAllString(text, -1) {
		m, ok := known[name]
		if names++; !ok {
			problems = append(problems, "there is no metric "+name)
		}
		labels = append(labels, m.labels...)
	}
	if names == 0 {
		problems = append(problems, "it asks for no metric")
	}
	for _, m := range regexp.MustCompile(`\bby \(([^)]*)\)|(\w+)=~?""|(\w+)!=""`).FindAllStringSubmatch(text, -1) {
		for label := range strings.FieldsFuncSeq(m[1]+","+m[2]+","+m[3], func(r rune) bool { return r == ',' || r == ' ' }) {
			if !slices.Contains(labels, label) {
				problems = append(problems, "there is no label "+label)
			}
		}
	}
	return problems
}

func TestWrong(t *testing.T) {
	all := known(t, ownMetrics(t))
	for expr, want := range map[string]string{
		`rate(docket_job_duration_seconds_bucket{status="failed"}[5m])`:      "",
		`sum by (le, operation) (docket_job_wait_seconds_bucket)`:            "",
		`docket_watchers{kind!="sse"} + go_goroutines`:                       "",
		`docket_jobs{status=~"queued|docket_x", operation="parse"}`:          "",
		`docket_job_duration_seconds`:                                        "there is no metric docket_job_duration_seconds",
		`docket_jobs_bucket`:                                                 "there is no metric docket_jobs_bucket",
		`process_cpu_minutes`:                                                "there is no metric process_cpu_minutes",
		`docket_jobs{state="queued"}`:                                        "there is no label state",
		`sum by (operation, account) (docket_jobs)`:                          "there is no label account",
		`max(docket_paused`:                                                  "the brackets do not match",
		`vector(1)`:                                                          "it asks for no metric",
		`docket_sandbox_kills_total{operation="parse"}`:                      "there is no label operation",
		`docket_tls_certificate_expiry_timestamp_seconds{code="a"} - time()`: "there is no label code",
	} {
		if got := strings.Join(wrong(expr, all), "; "); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}

func TestAlerts(t *testing.T) {
	all, seen := known(t, ownMetrics(t)), map[string]bool{}
	for _, file := range parse[scraping](t, "prometheus/prometheus.yml").Files {
		for _, group := range parse[alerting](t, "prometheus/"+file).Groups {
			for _, rule := range group.Rules {
				for _, problem := range wrong(rule.Expr, all) {
					t.Errorf("%s: %s", rule.Alert, problem)
				}
				if rule.Alert == "" || seen[rule.Alert] || rule.Annotations["summary"] == "" || !slices.Contains([]string{"warning", "critical"}, rule.Labels["severity"]) {
					t.Errorf("%+v has no name of its own, no summary or no severity", rule)
				}
				if !regexp.MustCompile(`^(\d+[smh])?$`).MatchString(rule.For) {
					t.Errorf("%s: for %s", rule.Alert, rule.For)
				}
				seen[rule.Alert] = true
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("the alerts are %v", seen)
	}
}

// Every panel shows something that there is, and every metric of the server is
// shown or raises an alert.
func TestDashboard(t *testing.T) {
	own := ownMetrics(t)
	all, ids := known(t, own), map[int]bool{}
	text := read(t, "grafana/docket.json")
	var d dashboard
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Panels {
		if p.Title == "" || ids[p.ID] || len(p.Targets) == 0 {
			t.Errorf("%+v has no title, no number of its own or shows nothing", p)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			for _, problem := range wrong(target.Expr, all) {
				t.Errorf("%s: %s", p.Title, problem)
			}
		}
	}
	text += read(t, "prometheus/alerts.yml")
	for name := range own {
		if !strings.Contains(text, name) {
			t.Errorf("%s is neither shown nor watched", name)
		}
	}
}
