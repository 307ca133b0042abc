package importer

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/classify"
	"docket/internal/op/optest"
	"docket/internal/op/parse"
)

// run imports a file, and gives the documents that became jobs and what is
// wrong with the others, in order.
type run struct {
	work      *optest.Work
	mu        sync.Mutex
	submitted map[int]string // name and content, by number
	stopAt    int            // the number of the item at which the server dies; below 0: never
}

var errDied = errors.New("the server died")

func newRun(t testing.TB, name string, content []byte, parameters string) *run {
	t.Helper()
	checked, err := small().Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	r := &run{work: optest.New(t, content, checked), submitted: map[int]string{}, stopAt: -1}
	r.work.Task.Inputs[0].Name = name
	r.work.Task.Submit = func(n int, child op.Child) (func() (job.Job, error), error) {
		if n == r.stopAt {
			return nil, errDied
		}
		text := child.URL
		if child.Body != nil {
			b, err := io.ReadAll(child.Body)
			if err != nil {
				return nil, fmt.Errorf("store a document: %w", err)
			}
			text = string(b)
		}
		return func() (job.Job, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.submitted[n] = child.Name + "=" + text
			return job.Job{ID: job.ID{byte(n), byte(n >> 8), 1}}, nil
		}, nil
	}
	return r
}

// small is an operation with limits that tests can reach.
func small() *Operation {
	return New(Limits{Items: 3000, Bytes: 8 << 20, Ratio: 200}, parse.New(nil), classify.New(nil, nil))
}

func (r *run) run(t testing.TB) ([]string, []string, error) {
	t.Helper()
	result, err := small().Run(context.WithoutCancel(t.Context()), r.work.Task)
	var made, faults []string
	for n := range 4000 {
		if s, ok := r.submitted[n]; ok {
			made = append(made, s)
		}
	}
	if s, ok := result.Summary.(Summary); ok {
		for _, f := range s.Faults {
			faults = append(faults, f.Name+": "+f.Details.Message)
		}
	}
	return made, faults, err
}

// entry is a file of an archive that a test makes.
type entry struct {
	name, content string
	mode          fs.FileMode
	flags         uint16
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Flags: e.flags}
		h.SetMode(e.mode | 0o600)
		f, err := w.CreateHeader(h)
		if err == nil && !strings.HasSuffix(e.name, "/") {
			_, err = io.WriteString(f, e.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		content := h.Linkname
		if h.Typeflag == tar.TypeReg {
			h.Size, h.Linkname = int64(len(content)), ""
		}
		h.Mode = 0o600
		err := w.WriteHeader(&h)
		if err == nil && h.Typeflag == tar.TypeReg {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is wrong with an entry costs that entry alone.
func TestEntriesOfArchives(t *testing.T) {
	file := func(name, content string) tar.Header {
		return tar.Header{Name: name, Typeflag: tar.TypeReg, Linkname: content}
	}
	packed := tarOf(t, file("a/one.pdf", "1"), tar.Header{Name: "dir/", Typeflag: tar.TypeDir},
		tar.Header{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, tar.Header{Name: "hard", Typeflag: tar.TypeLink, Linkname: "a/one.pdf"},
		tar.Header{Name: "dev", Typeflag: tar.TypeChar}, tar.Header{Name: "pipe", Typeflag: tar.TypeFifo}, file("../up.pdf", "x"), file("/abs.pdf", "x"), file("a/./one.pdf", "again"), file("b/one.pdf", "2"))
	ofTar := []string{"link: it is a link", "hard: it is a link", "dev: it is a link", "pipe: it is a link", "../up.pdf: its path climbs", "/abs.pdf: its path is absolute", "one.pdf: another entry has the same name"}
	broken := zipOf(t, entry{name: "good.pdf", content: "good"}, entry{name: "bad.pdf", content: strings.Repeat("this one will be broken ", 100)})
	at := bytes.Index(broken, []byte("bad.pdf")) + 20
	broken[at] ^= 0xff
	for _, test := range []struct {
		name, file   string
		content      []byte
		made, faults []string
	}{
		{"zip", "a.zip", zipOf(t, entry{name: "dir/"}, entry{name: "dir/b.pdf", content: "2"}, entry{name: "a.pdf", content: "1"}, entry{name: "__MACOSX/._a.pdf"}, entry{name: "dir/.DS_Store"}), []string{"b.pdf=2", "a.pdf=1"}, nil},
		{"climbing", "a.zip", zipOf(t, entry{name: "ok.pdf", content: "1"}, entry{name: "../../etc/passwd"}, entry{name: `..\up.pdf`}, entry{name: "/abs.pdf"}, entry{name: `C:\a.pdf`}, entry{name: "a/../b.pdf"}), []string{"ok.pdf=1"},
			[]string{"../../etc/passwd: its path climbs", `..\up.pdf: its path climbs`, "/abs.pdf: its path is absolute", `C:\a.pdf: its path is absolute`, "a/../b.pdf: its path climbs"}},
		{"links", "a.zip", zipOf(t, entry{name: "ok.pdf", content: "1"}, entry{name: "link.pdf", content: "/etc/passwd", mode: fs.ModeSymlink}, entry{name: "dev", mode: fs.ModeDevice}), []string{"ok.pdf=1"}, []string{"link.pdf: it is a link", "dev: it is a link"}},
		{"duplicates", "a.zip", zipOf(t, entry{name: "a.pdf", content: "1"}, entry{name: "a.pdf", content: "2"}, entry{name: "b/a.pdf", content: "3"}), []string{"a.pdf=1", "a.pdf=3"}, []string{"a.pdf: another entry"}},
		{"encrypted", "a.zip", zipOf(t, entry{name: "ok.pdf", content: "1"}, entry{name: "secret.pdf", content: "?", flags: 1}), []string{"ok.pdf=1"}, []string{"secret.pdf: it is encrypted"}},
		{"nested", "a.zip", zipOf(t, entry{name: "ok.pdf", content: "1"}, entry{name: "b.pdf", content: string(zipOf(t, entry{name: "c.pdf", content: "c"}))}, entry{name: "d.gz", content: string(gzipped(t, []byte("x")))}), []string{"ok.pdf=1"}, []string{"b.pdf: it is an archive inside", "d.gz: it is an archive inside"}},
		{"a bomb among others", "a.zip", zipOf(t, entry{name: "bomb.pdf", content: strings.Repeat("\x00", 4<<20)}, entry{name: "ok.pdf", content: "1"}), []string{"ok.pdf=1"}, []string{"bomb.pdf: it is packed more tightly"}},
		{"a broken entry", "a.zip", broken, []string{"good.pdf=good"}, []string{"bad.pdf: it is broken"}},
		{"tar", "a.bin", packed, []string{"one.pdf=1", "one.pdf=2"}, ofTar},
		{"tar.gz", "a.bin", gzipped(t, packed), []string{"one.pdf=1", "one.pdf=2"}, ofTar},
		{"control characters", "a.zip", zipOf(t, entry{name: "a\x07\n.pdf", content: "1"}), []string{"a.pdf=1"}, nil},
		{"an empty file", "a.zip", zipOf(t, entry{name: "empty.pdf"}), []string{"empty.pdf="}, nil},
		{"a document", "a.pdf", []byte("%PDF-1.7 document"), []string{"a.pdf=%PDF-1.7 document"}, nil},
		{"addresses", "list.txt", []byte("\xef\xbb\xbfhttps://a.example/x.pdf?q=1\r\n\r\n# remark\njobid://job_1\nnot one\n"), []string{"x.pdf=https://a.example/x.pdf?q=1", "job_1=jobid://job_1"}, []string{"not one: the line is no address"}},
		{"documents in lines", "list", []byte(`{"content":"%PDF-1.7 x"}` + "\n" + `{"content":"PK\u0003\u0004"}`), []string{"line-1=%PDF-1.7 x"}, []string{"line-2: it is an archive"}},
		{"JSON lines", "list.ndjson", []byte(`{"name":"../a.txt","content":"text"}` + "\n" + `{"content_base64":"AAE="}` + "\n" + `{"content_base64":"?"}` + "\n" + `{"url":"https://a.example/b"} {}` + "\n" + `{"content":"x","metadata":[]}` + "\n" + `{"content":"x","tags":["a,b"]}` + "\n" + `[]`),
			[]string{"a.txt=text", "line-2=\x00\x01"}, []string{"line-3: content_base64", "line-4: the line is not an object", "line-5: metadata", "line-6: tags", "line-7: the line is not an object"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			made, faults, err := newRun(t, test.file, test.content, `{}`).run(t)
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
}

// What is wrong with an archive as a whole is found before any job is made.
func TestArchivesAreRefused(t *testing.T) {
	many := make([]entry, 3001)
	for n := range many {
		many[n].name = fmt.Sprintf("%d.pdf", n)
	}
	good := zipOf(t, entry{name: "a.pdf", content: "1"})
	whole := tarOf(t, tar.Header{Name: "a.pdf", Typeflag: tar.TypeReg, Linkname: strings.Repeat("x", 5000)}, tar.Header{Name: "b.pdf", Typeflag: tar.TypeReg, Linkname: strings.Repeat("x", 5000)})
	large := zipOf(t, entry{name: "a.pdf", content: strings.Repeat("\x00", 9<<20)})
	var lying bytes.Buffer // says that it is small
	w := zip.NewWriter(&lying)
	for n := range 12 {
		var packed bytes.Buffer
		z := gzipped(t, bytes.Repeat([]byte{byte(n), 7, 9, 1}, 1<<18))
		packed.Write(z[10 : len(z)-8])
		f, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%d.pdf", n), Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil), CompressedSize64: uint64(packed.Len()), UncompressedSize64: 10})
		if err == nil {
			_, err = f.Write(packed.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, file string
		content    []byte
		code       job.Code
		says       string
	}{
		{"too many entries", "a.zip", zipOf(t, many...), job.ResourceLimit, "more than 3000 documents"},
		{"too many bytes", "a.zip", large, job.ResourceLimit, "larger than 8388608 bytes"},
		{"cut off", "a.zip", good[:len(good)-10], job.FileCorrupted, "it is broken"},
		{"no directory", "a.zip", append([]byte("PK\x03\x04"), make([]byte, 100)...), job.FileCorrupted, "it is broken"},
		{"an empty zip", "a.zip", zipOf(t), job.Unreadable, "no documents"},
		{"folders alone", "a.zip", zipOf(t, entry{name: "a/"}), job.Unreadable, "no documents"},
		{"a cut tar", "a.tar", whole[:7000], job.FileCorrupted, "broken or cut off"},
		{"a cut gzip", "a.tgz", gzipped(t, whole)[:60], job.FileCorrupted, "broken or cut off"},
		{"gzip of something else", "a.gz", gzipped(t, []byte("hello")), job.FileCorrupted, "broken or cut off"},
		{"a gzip bomb", "a.tgz", gzipped(t, tarOf(t, tar.Header{Name: "a", Typeflag: tar.TypeReg, Linkname: strings.Repeat("\x00", 9<<20)})), job.ResourceLimit, "larger than"},
		{"blank lines", "a.jsonl", []byte("\n\n \n"), job.Unreadable, "no documents"},
		{"nothing good", "a.jsonl", []byte("{}\n{}\n"), job.Unreadable, "no job could be made of any of its 2 items"},
		{"entries that lie", "a.zip", lying.Bytes(), job.Unreadable, "no job could be made"},
	} {
		t.Run(test.name, func(t *testing.T) {
			made, _, err := newRun(t, test.file, test.content, `{}`).run(t)
			f := job.FailureOf(err)
			if len(made) != 0 || f.Code != test.code || !strings.Contains(f.Message(), test.says) {
				t.Errorf("made %d jobs, failed as %s: %s (%v); want %s: %s", len(made), f.Code, f.Message(), err, test.code, test.says)
			}
		})
	}
}

// A directory with more entries than it admits is not read to its end.
func TestDirectoryIsNotReadToItsEnd(t *testing.T) {
	many := make([]entry, 20_000)
	for n := range many {
		many[n].name = fmt.Sprint(n)
	}
	b := zipOf(t, many...)
	d := &directory{ReaderAt: bytes.NewReader(b), most: 3000}
	if _, err := zip.NewReader(d, int64(len(b))); !errors.Is(err, errManyEntries) || d.seen > 5000 {
		t.Errorf("%d entries were read, %v", d.seen, err)
	}
}

// An import that is killed goes on where it was, and makes no child twice.
func TestImportGoesOn(t *testing.T) {
	var entries []entry
	for n := range 2500 {
		entries = append(entries, entry{name: fmt.Sprintf("%d.pdf", n), content: fmt.Sprint(n)})
	}
	r := newRun(t, "a.zip", zipOf(t, entries...), `{"operation":"parse"}`)
	r.stopAt = 2000
	if _, _, err := r.run(t); !errors.Is(err, errDied) {
		t.Fatalf("ended with %v", err)
	}
	before := len(r.submitted)
	r.stopAt, r.submitted = -1, map[int]string{}
	made, _, err := r.run(t)
	if err != nil || before < 1900 || len(made) > 2500-1024 || len(made) < 500 || made[len(made)-1] != "2499.pdf=2499" {
		t.Errorf("%d were made before and %d afterwards, %v", before, len(made), err)
	}
	lines, _ := r.work.File(itemsFile)
	if n := bytes.Count(lines, []byte("\n")); n != 2500 {
		t.Errorf("%d items are listed", n)
	}
}

// Whatever is sent, the import ends with a result or a reason.
func TestAnythingMayBeImported(t *testing.T) {
	seeds := [][]byte{
		zipOf(t, entry{name: "a.pdf", content: "1"}, entry{name: "b.pdf", content: strings.Repeat("2", 1000)}),
		tarOf(t, tar.Header{Name: "a.pdf", Typeflag: tar.TypeReg, Linkname: "1"}),
		gzipped(t, tarOf(t, tar.Header{Name: "a.pdf", Typeflag: tar.TypeReg, Linkname: "1"})),
		[]byte(`{"content":"x"}` + "\n" + `{"url":"https://a.example"}`),
	}
	rapid.Check(t, func(r *rapid.T) {
		b := slices.Clone(rapid.SampledFrom(seeds).Draw(r, "seed"))
		for range rapid.IntRange(0, 8).Draw(r, "changes") {
			b[rapid.IntRange(0, len(b)-1).Draw(r, "at")] = rapid.Byte().Draw(r, "to")
		}
		b = b[:rapid.IntRange(0, len(b)).Draw(r, "length")]
		_, _, err := newRun(t, "a.jsonl", b, `{}`).run(t)
		if err == nil {
			return
		}
		if e, ok := errors.AsType[*job.Error](err); !ok || e.Facts["archive"] == nil {
			r.Fatalf("failed without a reason: %v", err)
		}
	})
}
