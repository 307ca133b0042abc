package docs_test

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLinks follows every link of every document that leads to a file or into
// one, to the heading.
func TestLinks(t *testing.T) {
	all := documents(t)
	byPath := map[string]document{}
	for _, d := range all {
		byPath[d.path] = d
	}
	followed := 0
	for _, d := range all {
		for n, line := range d.prose {
			for _, target := range links(line) {
				followed++
				if problem := follow(byPath, d, target); problem != "" {
					t.Errorf("%s:%d: %s: %s", d.path, n+1, target, problem)
				}
			}
		}
	}
	if followed < 50 {
		t.Errorf("found %d links", followed)
	}
}

// links are the targets on a line that are in the repository.
func links(line string) []string {
	code := regexp.MustCompile("`[^`]*`")
	target := regexp.MustCompile(`\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|(?:src|href|srcset)="([^"]+)"`)
	var found []string
	for _, m := range target.FindAllStringSubmatch(code.ReplaceAllString(line, "code"), -1) {
		to := m[1] + m[2]
		if !strings.Contains(to, "://") && !strings.HasPrefix(to, "mailto:") {
			found = append(found, to)
		}
	}
	return found
}

// follow says what is wrong with a link, or nothing.
func follow(byPath map[string]document, from document, target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return err.Error()
	}
	to := from.path
	if u.Path != "" {
		to = path.Join(path.Dir(from.path), u.Path)
		if strings.HasPrefix(to, "..") {
			return "it leads out of the repository"
		}
		if _, err := os.Stat(filepath.Join(root, to)); err != nil {
			return "there is no such file"
		}
	}
	if u.Fragment == "" {
		return ""
	}
	d, ok := byPath[to]
	if !ok || !d.anchors()[u.Fragment] {
		return "there is no such heading"
	}
	return ""
}

func TestFollow(t *testing.T) {
	page := read("docs/PAGE.md", "# The `page`, in short\n## More\n## More\n```sh run\n# no heading\n```\n")
	byPath := map[string]document{page.path: page}
	for target, fine := range map[string]bool{
		"#the-page-in-short": true, "#more": true, "#more-1": true, "#more-2": false, "#no-heading": false,
		"../docs/QUICKSTART.md": true, "../README.md": true, "NONE.md": false, "../../README.md": false,
	} {
		if problem := follow(byPath, page, target); (problem == "") != fine {
			t.Errorf("%s: %q", target, problem)
		}
	}
	if got := links("[a](A.md) `[b](B.md)` [![c](c.png)](C.md#x) [d](https://d.example) <img src=\"e.svg\">"); strings.Join(got, " ") != "A.md c.png C.md#x e.svg" {
		t.Errorf("links are %q", got)
	}
}
