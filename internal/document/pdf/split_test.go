package pdf_test

import (
	"bytes"
	"errors"
	"testing"

	"docket/internal/job"
	"docket/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

func TestSplitterWrites(t *testing.T) {
	e := newEngine(t)
	tests := map[string]struct {
		data     []byte
		password string
		pages    []int
		want     []string
	}{
		"one":       {testkit.PDF("Alpha", "Beta", "Gamma"), "", []int{2}, []string{"Beta"}},
		"run":       {testkit.PDF("Alpha", "Beta", "Gamma"), "", []int{1, 2, 3}, []string{"Alpha", "Beta", "Gamma"}},
		"apart":     {testkit.PDF("Alpha", "Beta", "Gamma", "Delta"), "", []int{1, 2, 4}, []string{"Alpha", "Beta", "Delta"}},
		"reordered": {testkit.PDF("Alpha", "Beta", "Gamma"), "", []int{3, 1}, []string{"Gamma", "Alpha"}},
		"encrypted": {testkit.EncryptedPDF("secret", "Alpha", "Beta"), "secret", []int{2}, []string{"Beta"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := e.OpenSplitter(test.data, test.password)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var out bytes.Buffer
			if err := s.Write(&out, test.pages); err != nil {
				t.Fatal(err)
			}
			d := open(t, e, out.Bytes())
			var got []string
			for n := 1; n <= d.Pages(); n++ {
				got = append(got, texts(read(t, d, n)))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if d.Info().Encrypted {
				t.Error("the new file is encrypted")
			}
		})
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestSplitterErrors(t *testing.T) {
	e := newEngine(t)
	if _, err := e.OpenSplitter(testkit.EncryptedPDF("secret", "Alpha"), "guess"); job.CodeOf(err) != job.PasswordProtected {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := e.OpenSplitter([]byte("plain text"), ""); job.CodeOf(err) != job.UnsupportedFormat {
		t.Errorf("no pdf: %v", err)
	}
	s, err := e.OpenSplitter(testkit.PDF("Alpha", "Beta"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	full := errors.New("disk full")
	if err := s.Write(brokenWriter{full}, []int{1}); !errors.Is(err, full) {
		t.Errorf("error %v, want that of the writer", err)
	}
	for name, pages := range map[string][]int{"none": nil, "zero": {0}, "beyond": {1, 3}} {
		if err := s.Write(&bytes.Buffer{}, pages); err == nil {
			t.Errorf("%s: pages %v were written", name, pages)
		}
	}
	// None of this is the engine's end.
	var out bytes.Buffer
	if err := s.Write(&out, []int{1}); err != nil || e.Dead() {
		t.Errorf("afterwards: %v, dead %t", err, e.Dead())
	}
}
