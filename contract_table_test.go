package docket_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	contractFile = "docs/CONTRACT.md"
	tableBegin   = "<!-- contract table -->\n"
	tableEnd     = "<!-- end of contract table -->\n"
)

// TestContractTable compares the table of docs/CONTRACT.md with the comments
// that name the contract; `make contract-table` rewrites it.
func TestContractTable(t *testing.T) {
	page, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(page), tableBegin)
	old, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", contractFile)
	}
	holders, err := findHolders(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	items := contractItems(before)
	for item := range holders {
		if !slices.Contains(items, item) {
			t.Errorf("%s names H%d, which is not in %s", strings.Join(holders[item], ", "), item, contractFile)
		}
	}
	table := contractTable(items, holders)
	if os.Getenv("UPDATE_CONTRACT_TABLE") != "" {
		if err := os.WriteFile(contractFile, []byte(before+tableBegin+table+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(table, old); diff != "" {
		t.Errorf("the table is out of date; run make contract-table:\n%s", diff)
	}
}

// contractItems lists the items of part H, in the order of the page.
func contractItems(page string) []int {
	var items []int
	for _, m := range regexp.MustCompile(`(?m)^- \*\*H(\d+)\.\*\*`).FindAllStringSubmatch(page, -1) {
		items = append(items, number(m[1]))
	}
	return items
}

// contractTable writes a row for each item that a test or example holds, and
// a line of those that none does.
func contractTable(items []int, holders map[int][]string) string {
	var b strings.Builder
	var none []string
	b.WriteString("\n| item | held by |\n|---|---|\n")
	for _, item := range items {
		if len(holders[item]) == 0 {
			none = append(none, fmt.Sprintf("H%d", item))
			continue
		}
		fmt.Fprintf(&b, "| H%d | %s |\n", item, strings.Join(holders[item], "<br>"))
	}
	if len(none) > 0 {
		fmt.Fprintf(&b, "\nNo test yet: %s.\n", strings.Join(none, ", "))
	}
	b.WriteString("\n")
	return b.String()
}
