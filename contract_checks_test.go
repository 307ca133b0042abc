package docket_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestItemsOf(t *testing.T) {
	tests := []struct {
		text string
		want []int
	}{
		{"contract H30", []int{30}},
		{"Holds it. // contract H30, H31–H33, J4", []int{30, 31, 32, 33}},
		{"contract A9, D, H90-H91: the shape of H1", []int{90, 91}},
		{"contract J4,\nH30", []int{30}},
		{"contract H3. And contract H2, H3", []int{2, 3}},
		{"contracts H3", nil},
		{"contract of H3", nil},
		{"contract J4", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, itemsOf(tt.text)); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestNoteGo(t *testing.T) {
	const source = `package a

// contract H1

// Before. // contract H2
func TestOne() {
	// contract H3
}

func TestTwo() {} // contract H4
`
	got := map[int]string{}
	err := noteGo("a_test.go", []byte(source), func(text, holder string) {
		for _, item := range itemsOf(text) {
			got[item] = holder
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]string{1: "`a_test.go`", 2: "`TestOne` in `a_test.go`", 3: "`TestOne` in `a_test.go`", 4: "`a_test.go`"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestContractTableText(t *testing.T) {
	got := contractTable([]int{1, 2, 3}, map[int][]string{2: {"`TestA` in `a_test.go`", "`b.py`"}})
	want := "\n| item | held by |\n|---|---|\n| H2 | `TestA` in `a_test.go`<br>`b.py` |\n\nNo test yet: H1, H3.\n\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Part H of the page is complete.
func TestContractItems(t *testing.T) {
	page, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	for item := 1; item <= 133; item++ {
		want = append(want, item)
	}
	if diff := cmp.Diff(want, contractItems(string(page))); diff != "" {
		t.Error(diff)
	}
	for part, n := range map[string]int{"A": 13, "B": 2, "D": 3, "E": 3, "I": 6, "J": 32} {
		got := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^- \*\*(`+part+`\d+)\.`).FindAllStringSubmatch(string(page), -1) {
			got[m[1]] = true
		}
		if len(got) != n {
			t.Errorf("part %s has %d items, want %d: %v", part, len(got), n, slices.Sorted(maps.Keys(got)))
		}
	}
}
