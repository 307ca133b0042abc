package importer

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"docket/internal/job"
)

// exportOf is an archive as an export makes it, with these documents listed.
func exportOf(t *testing.T, listed []original, entries ...entry) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"docket_export": 1, "jobs": []any{map[string]any{"job_id": "job_1", "documents": listed}}})
	if err != nil {
		t.Fatal(err)
	}
	return zipOf(t, append(entries, entry{name: "results/job_1.json", content: "{}"}, entry{name: "manifest.json", content: string(b)})...)
}

func listedAs(path, name, content string) original {
	return original{Path: path, Name: name, Size: int64(len(content)), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(content)))}
}

// A document of an export is imported only as what the manifest says that it
// is; what differs costs itself alone. contract H131
func TestExportsAreChecked(t *testing.T) {
	const a, b = "documents/job_1/0-a.pdf", "documents/job_1/1-b.pdf"
	changed := listedAs(b, "b.pdf", "2")
	changed.SHA256 = strings.Repeat("0", 64)
	upper := listedAs(b, "b.pdf", "2")
	upper.SHA256 = strings.ToUpper(upper.SHA256)
	for _, test := range []struct {
		name         string
		listed       []original
		entries      []entry
		made, faults []string
	}{
		{"whole", []original{listedAs(a, "über/a.pdf", "1"), upper}, []entry{{name: a, content: "1"}, {name: b, content: "2"}}, []string{"über/a.pdf=1", "b.pdf=2"}, nil},
		{"another hash", []original{listedAs(a, "a.pdf", "1"), changed}, []entry{{name: a, content: "1"}, {name: b, content: "2"}}, []string{"a.pdf=1"}, []string{"b.pdf: it is not what the manifest"}},
		{"another content", []original{listedAs(a, "a.pdf", "1"), listedAs(b, "b.pdf", "2")}, []entry{{name: a, content: "1!"}, {name: b, content: "2"}}, []string{"b.pdf=2"}, []string{"a.pdf: it is not what the manifest"}},
		{"one that is missing", []original{listedAs(a, "a.pdf", "1"), listedAs(b, "b.pdf", "2")}, []entry{{name: a, content: "1"}}, []string{"a.pdf=1"}, []string{"b.pdf: the manifest of the export lists it"}},
		{"one too many", []original{listedAs(a, "a.pdf", "1")}, []entry{{name: a, content: "1"}, {name: "documents/evil.pdf", content: "?"}}, []string{"a.pdf=1"}, []string{"evil.pdf: the manifest of the export does not list it"}},
		{"one that climbs", []original{listedAs("../../a.pdf", "a.pdf", "1"), listedAs(b, "b.pdf", "2")}, []entry{{name: "../../a.pdf", content: "1"}, {name: b, content: "2"}}, []string{"b.pdf=2"}, []string{"a.pdf: its path climbs"}},
		{"a large one", []original{listedAs(a, "a.pdf", strings.Repeat("x", 200_000))}, []entry{{name: a, content: strings.Repeat("x", 200_000)}}, []string{"a.pdf=" + strings.Repeat("x", 200_000)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			made, faults, err := newRun(t, "export.zip", exportOf(t, test.listed, test.entries...), `{}`).run(t)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.made, made); diff != "" {
				t.Errorf("made:\n%s", diff)
			}
			if !slices.EqualFunc(faults, test.faults, strings.HasPrefix) {
				t.Errorf("faults %q, want %q", faults, test.faults)
			}
		})
	}
	_, _, err := newRun(t, "export.zip", exportOf(t, nil), `{}`).run(t)
	if f := job.FailureOf(err); f.Code != job.Unreadable || !strings.Contains(f.Message(), "export with include_documents") {
		t.Errorf("without documents: %v", err)
	}
	// Another program's file of that name makes no export of its archive.
	made, faults, err := newRun(t, "a.zip", zipOf(t, entry{name: "manifest.json", content: `{"name":"app"}`}, entry{name: "a.pdf", content: "1"}), `{}`).run(t)
	if diff := cmp.Diff([]string{`manifest.json={"name":"app"}`, "a.pdf=1"}, made); diff != "" || len(faults) > 0 || err != nil {
		t.Errorf("somebody else's manifest: %v %v\n%s", faults, err, diff)
	}
}

// A zip with records of 64 bits is one like any other, and a field that says
// more than there is is not believed.
func TestZip64(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for n := range 3 {
		// Without sizes ahead, a writer puts them behind as 64 bits where they need be.
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.pdf", n), Method: zip.Store, Extra: append([]byte{1, 0, 16, 0}, make([]byte, 16)...)})
		if err == nil {
			_, err = fmt.Fprint(f, n)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	made, faults, err := newRun(t, "a.zip", zip64End(b.Bytes()), `{}`).run(t)
	if diff := cmp.Diff([]string{"0.pdf=0", "1.pdf=1", "2.pdf=2"}, made); diff != "" || len(faults) > 0 || err != nil {
		t.Errorf("%v %v\n%s", faults, err, diff)
	}
	lies := zip64End(b.Bytes())
	at := bytes.Index(lies, []byte("PK\x06\x06"))
	copy(lies[at+24:], []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	if made, _, err := newRun(t, "a.zip", lies, `{}`).run(t); len(made) != 0 || job.CodeOf(err) != job.FileCorrupted {
		t.Errorf("with more entries than bytes: %v %v", made, err)
	}
}

// zip64End gives an archive the end of one with records of 64 bits.
func zip64End(b []byte) []byte {
	at := bytes.LastIndex(b, []byte("PK\x05\x06"))
	end := slices.Clone(b[at:])
	le := func(n uint64, size int) (out []byte) {
		for range size {
			out, n = append(out, byte(n)), n>>8
		}
		return out
	}
	number := func(at, size int) (n uint64) {
		for i := range size {
			n |= uint64(end[at+i]) << (8 * i)
		}
		return n
	}
	entries, size, start := number(10, 2), number(12, 4), number(16, 4)
	record := slices.Concat([]byte("PK\x06\x06"), le(44, 8), le(45, 2), le(45, 2), le(0, 8), le(entries, 8), le(entries, 8), le(size, 8), le(start, 8))
	locator := slices.Concat([]byte("PK\x06\x07"), le(0, 4), le(uint64(at), 8), le(1, 4))
	copy(end[8:], bytes.Repeat([]byte{0xff}, 12))
	return slices.Concat(b[:at], record, locator, end)
}
