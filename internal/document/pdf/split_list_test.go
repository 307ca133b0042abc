package pdf

import "testing"

func TestPageList(t *testing.T) {
	for want, pages := range map[string][]int{
		"1": {1}, "1-3": {1, 2, 3}, "1-2,4": {1, 2, 4}, "3,1": {3, 1}, "2,2": {2, 2}, "5-6,1-2,9": {5, 6, 1, 2, 9},
	} {
		if got := pageList(pages); got != want {
			t.Errorf("pageList(%v) = %q, want %q", pages, got, want)
		}
	}
}
