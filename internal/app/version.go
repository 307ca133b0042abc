package app

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func versionCommand(stdout io.Writer) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			system := runtime.GOOS + "/" + runtime.GOARCH
			info, _ := debug.ReadBuildInfo()
			if asJSON {
				return printJSON(stdout, map[string]string{"version": version(), "commit": commit(info), "go": runtime.Version(), "system": system})
			}
			from := runtime.Version() + ", " + system
			if c := commit(info); c != "" {
				from = "commit " + c + ", " + from
			}
			if _, err := fmt.Fprintf(stdout, "docket %s (%s)\n", version(), from); err != nil {
				return fmt.Errorf("print the version: %w", err)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// version is that of the program: of the module when it was installed, else of
// the revision that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	if c := commit(info); c != "" {
		return "devel-" + c
	}
	return "devel"
}

// commit is the beginning of the revision that the program was built from, with
// + when files were changed since; empty when that is not known. nil is nothing
// known.
func commit(info *debug.BuildInfo) string {
	if info == nil {
		return ""
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) > 12:
			revision = s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	if revision == "" {
		return ""
	}
	return revision + changed
}
