package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"docket/internal/config"
)

func TestModel(t *testing.T) {
	folder := t.TempDir()
	file := func(content string) string {
		path := filepath.Join(folder, "key-"+filepath.Base(t.Name())+content[:1])
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, two := file("sk-from-a-file\n"), file("one\ntwo\n")
	tests := map[string]struct {
		flags map[string]string
		key   string
		says  string // or what is wrong
	}{
		"none":         {map[string]string{}, "", ""},
		"no key":       {map[string]string{"model-url": "http://127.0.0.1:1/v1/", "model-name": "m"}, "", ""},
		"key":          {map[string]string{"model-url": "http://127.0.0.1:1/v1", "model-name": "m", "model-key": "sk-1"}, "sk-1", ""},
		"key file":     {map[string]string{"model-url": "http://127.0.0.1:1/v1", "model-name": "m", "model-key-file": key}, "sk-from-a-file", ""},
		"both":         {map[string]string{"model-url": "http://127.0.0.1:1/v1", "model-name": "m", "model-key-file": key, "model-key": "sk-1"}, "", "give one of them"},
		"no such file": {map[string]string{"model-key-file": filepath.Join(folder, "none")}, "", "--model-key-file"},
		"two lines":    {map[string]string{"model-key-file": two}, "", "on one line"},
		"no name":      {map[string]string{"model-url": "http://127.0.0.1:1/v1"}, "", "--model-name"},
		"no url":       {map[string]string{"model-name": "m"}, "", "--model-url"},
		"wrong key":    {map[string]string{"model-key": "sk very secret"}, "", `--model-key "…"`},
	}
	for name, test := range tests {
		c, err := config.Load(test.flags, none)
		if test.says != "" {
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || c.Model.Key != test.key || strings.HasSuffix(c.Model.URL, "/") {
			t.Errorf("%s: %+v, %v", name, c.Model, err)
		}
	}
}
