package app

import "runtime/debug"

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
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) > 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
