package deploy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/yaml"
)

// service is what we look at of a service.
type service struct {
	Image       string         `json:"image"`
	Command     []string       `json:"command"`
	Environment map[string]any `json:"environment"`
	Volumes     []string       `json:"volumes"`
	Networks    []string       `json:"networks"`
	DependsOn   any            `json:"depends_on"`
	Init        bool           `json:"init"`
	ReadOnly    bool           `json:"read_only"`
	CapDrop     []string       `json:"cap_drop"`
	Build       struct {
		Context    string `json:"context"`
		Dockerfile string `json:"dockerfile"`
	} `json:"build"`
}

// composition is a compose file.
type composition struct {
	Services map[string]service `json:"services"`
	Volumes  map[string]any     `json:"volumes"`
	Networks map[string]struct {
		IPAM struct {
			Config []struct {
				Subnet netip.Prefix `json:"subnet"`
			} `json:"config"`
		} `json:"ipam"`
	} `json:"networks"`
}

// parse reads YAML.
func parse[T any](t *testing.T, name string) T {
	t.Helper()
	var v T
	b, err := yaml.YAMLToJSON([]byte(read(t, name)))
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// environment is that of a service over that of its image, with the variables
// of the example filled in.
func (s service) environment(image map[string]string) map[string]string {
	env := maps.Clone(image)
	for name, value := range s.Environment {
		env[name] = regexp.MustCompile(`\$\{\w+:\?[^}]*\}`).ReplaceAllString(fmt.Sprint(value), "filled")
	}
	return env
}

// dependencies are the services that must be there before.
func (s service) dependencies() []string {
	var names []string
	switch on := s.DependsOn.(type) {
	case []any:
		for _, name := range on {
			names = append(names, fmt.Sprint(name))
		}
	case map[string]any:
		for name := range on {
			names = append(names, name)
		}
	}
	return names
}

// The nodes have settings that the server takes, and are locked in.
func TestComposedNodes(t *testing.T) {
	c := parse[composition](t, "compose.yaml")
	image := variables(stages(t, read(t, "Dockerfile"))["ocr"])
	nodes := map[string]int{}
	for name, s := range c.Services {
		if s.Image != "docket" {
			continue
		}
		nodes[strings.Join(s.Command, " ")]++
		cfg := load(t, s.environment(image))
		if cfg.Database == "" || cfg.Blobs.Bucket != "docket" || cfg.Blobs.Endpoint.Hostname() != "s3" || cfg.PublicURL == "" || cfg.Loopback() || cfg.Workers < 1 {
			t.Errorf("%s runs with %+v", name, cfg)
		}
		if edge := c.Networks["edge"].IPAM.Config; len(edge) != 1 || !slices.Equal(cfg.TrustedProxies, []netip.Prefix{edge[0].Subnet}) {
			t.Errorf("%s trusts %v, and the network of the proxy is %v", name, cfg.TrustedProxies, edge)
		}
		if !s.Init || !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.Volumes, []string{"/tmp"}) {
			t.Errorf("%s: %+v", name, s)
		}
		if _, err := os.Stat(s.Build.Context + "/" + s.Build.Dockerfile); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if nodes["serve"] != 2 || nodes["worker"] != 1 || len(nodes) != 2 {
		t.Errorf("the nodes are %v", nodes)
	}
}

// What a service names is there: services, volumes, networks, files, and the
// variables of the example.
func TestComposition(t *testing.T) {
	c := parse[composition](t, "compose.yaml")
	for name, s := range c.Services {
		for _, other := range s.dependencies() {
			if _, ok := c.Services[other]; !ok {
				t.Errorf("%s depends on %s, which is no service", name, other)
			}
		}
		for _, network := range s.Networks {
			if _, ok := c.Networks[network]; !ok {
				t.Errorf("%s is in the network %s, which is not there", name, network)
			}
		}
		for _, volume := range s.Volumes {
			from, _, named := strings.Cut(volume, ":")
			_, declared := c.Volumes[from]
			if _, err := os.Stat(from); named && !declared && (err != nil || !strings.HasPrefix(from, "./")) {
				t.Errorf("%s mounts %s, which is neither a volume nor a file here", name, volume)
			}
		}
		if s.Image != "docket" && !regexp.MustCompile(`:v?\d`).MatchString(s.Image) {
			t.Errorf("%s: the image %s has no version", name, s.Image)
		}
	}
	example := read(t, "compose.env.example")
	for _, m := range regexp.MustCompile(`\$\{(\w+)`).FindAllStringSubmatch(read(t, "compose.yaml"), -1) {
		if !strings.Contains(example, "\n"+m[1]+"=") {
			t.Errorf("compose.env.example has no %s", m[1])
		}
	}
}

// Proxy and Prometheus ask the services at the ports at which they listen.
func TestComposedNames(t *testing.T) {
	c := parse[composition](t, "compose.yaml")
	image := variables(stages(t, read(t, "Dockerfile"))["ocr"])
	var servers, doors []string
	for name, s := range c.Services {
		if s.Image == "docket" {
			cfg := load(t, s.environment(image))
			doors = append(doors, strings.Replace(cfg.MetricsListen, "0.0.0.0", name, 1))
			if slices.Equal(s.Command, []string{"serve"}) {
				servers = append(servers, strings.Replace(cfg.Listen, "0.0.0.0", name, 1))
			}
		}
	}
	slices.Sort(servers)
	if line := "reverse_proxy " + strings.Join(servers, " ") + " {"; !strings.Contains(read(t, "Caddyfile"), line) {
		t.Errorf("the proxy has no %s", line)
	}
	for _, job := range parse[scraping](t, "prometheus/prometheus.yml").Configs {
		var asked []string
		for _, s := range job.Static {
			asked = append(asked, s.Targets...)
		}
		for _, d := range job.DNS {
			for _, name := range d.Names {
				asked = append(asked, fmt.Sprintf("%s:%d", name, d.Port))
			}
		}
		slices.Sort(asked)
		slices.Sort(doors)
		if !slices.Equal(asked, doors) {
			t.Errorf("Prometheus asks %v, and the nodes are %v", asked, doors)
		}
	}
}
