package app

import (
	"runtime/debug"
	"testing"
)

func TestCommit(t *testing.T) {
	const revision = "304793aedd9ecd949ef86c0dc42bd1908ebc0a17"
	for _, test := range []struct {
		name string
		info *debug.BuildInfo
		want string
	}{
		{"nothing known", nil, ""},
		{"no revision", &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.modified", Value: "true"}}}, ""},
		{"a revision", &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"}}}, "304793aedd9e"},
		{"and changes", &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"}}}, "304793aedd9e+"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := commit(test.info); got != test.want {
				t.Errorf("commit is %q, want %q", got, test.want)
			}
		})
	}
}
