package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The two databases have the same tables, columns and indexes: what is added to
// one is added to the other.
func TestMigrationsAgree(t *testing.T) {
	names, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations %v, %v", names, err)
	}
	types := strings.NewReplacer("BLOB", "bytea", "INTEGER", "bigint", "TEXT", `text COLLATE "C"`, ") STRICT, WITHOUT ROWID", ")", ") STRICT", ")")
	for _, name := range names {
		want := plain(t, name, types)
		if diff := cmp.Diff(want, plain(t, strings.Replace(name, "sqlite", "postgres", 1), strings.NewReplacer())); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// plain gives the statements of a migration, a line each, without comments and
// alignment.
func plain(t *testing.T, name string, types *strings.Replacer) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	for _, line := range strings.Split(types.Replace(string(b)), "\n") {
		line, _, _ = strings.Cut(line, "--")
		if strings.HasPrefix(line, "ALTER TABLE") { // how PostgreSQL keeps the rows
			continue
		}
		if line = strings.TrimSpace(regexp.MustCompile(` +`).ReplaceAllString(line, " ")); line != "" {
			statements = append(statements, line)
		}
	}
	return statements
}
