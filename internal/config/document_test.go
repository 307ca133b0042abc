package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/config"
)

const introduction = `# Configuration

Every setting of ` + "`docket serve`" + ` has a default, a key in the configuration file, an environment variable and a flag; each wins over the one before. The file is TOML and is named by ` + "`--config FILE` or `DOCKET_CONFIG`" + `:

` + "```toml" + `
listen = "127.0.0.1:8080"
data = "/var/lib/docket"
workers = 4
trusted-proxies = ["10.0.0.0/8"]
` + "```" + `

A key that is no setting is refused with its line, and everything that is wrong, wherever it stands, is told at once. Lists are arrays in the file; in variables and flags they have commas. Settings take effect at the next start; a TLS certificate alone is read again while the server runs. Passwords belong into the file, readable to the server alone, or into a variable: everybody on the machine can read flags.
`

// docs/CONFIGURATION.md is made from the settings: make configuration.
func TestConfigurationIsDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString(introduction)
	for _, g := range config.Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| setting | variable | default | |\n|---|---|---|---|\n", g.Title)
		for _, s := range g.Settings {
			shown := s.Shown
			if shown == "" && s.Default != "" {
				shown = "`" + s.Default + "`"
			}
			fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Name, s.Env(), shown, strings.ReplaceAll(s.Usage, "|", `\|`))
		}
	}
	name := filepath.Join("..", "..", "docs", "CONFIGURATION.md")
	if os.Getenv("UPDATE_CONFIGURATION") != "" {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), b.String()); diff != "" {
		t.Errorf("docs/CONFIGURATION.md is not what the settings say; run make configuration:\n%s", diff)
	}
}
