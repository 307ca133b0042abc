package export

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/op/optest"
)

// account is the jobs that an export in a test can see.
type account struct {
	jobs    []job.Job
	results map[job.ID]string // as JSON
	texts   map[job.ID]string // as Markdown, of those that have it
	gone    map[job.ID]bool   // deleted after they were listed
	asked   []job.Filter
}

// newAccount has a job for each result: an extraction, or a parse when it has
// a text.
func newAccount(results ...string) *account {
	a := &account{results: map[job.ID]string{}, texts: map[job.ID]string{}, gone: map[job.ID]bool{}}
	for _, r := range results {
		a.add(r)
	}
	return a
}

func (a *account) add(result string, change ...func(*job.Job)) job.ID {
	n := len(a.jobs)
	at := time.Date(2024, 1, 15, 10, 0, n, 0, time.UTC)
	j := job.Job{
		ID: job.ID{1, 0, byte(n >> 16), byte(n >> 8), byte(n)}, Operation: job.Extract, Status: job.Completed, CreatedAt: at, FinishedAt: at.Add(time.Second),
		Inputs: []job.Input{{Name: fmt.Sprintf("%d.pdf", n), File: job.File{Blob: "b"}}}, Result: &job.Result{Summary: json.RawMessage(`{}`)},
	}
	for _, c := range change {
		c(&j)
	}
	a.jobs = append(a.jobs, j)
	a.results[j.ID] = result
	return j.ID
}

func (a *account) task(t testing.TB, parameters string) *optest.Work {
	t.Helper()
	checked, err := operation().Check(json.RawMessage(parameters))
	if err != nil {
		t.Fatal(err)
	}
	w := optest.New(t, nil, checked)
	w.Task.Inputs = nil
	w.Task.Jobs = func(f job.Filter) ([]job.Job, error) {
		a.asked = append(a.asked, f)
		after := slices.DeleteFunc(slices.Clone(a.jobs), func(j job.Job) bool { return !f.Past.ID.IsZero() && !j.CreatedAt.After(f.Past.At) })
		return after[:min(len(after), f.Limit)], nil
	}
	w.Task.Count = func(job.Filter) (int64, error) { return int64(len(a.jobs)), nil }
	w.Task.Result = func(id job.ID, format job.Format, out io.Writer) error {
		text, ok := a.texts[id]
		switch {
		case a.gone[id]:
			return job.Errorf(job.NotFound, nil, "gone")
		case format == job.FormatJSON:
			text = a.results[id]
		case !ok:
			return job.Errorf(job.InvalidRequest, nil, "no such format")
		}
		_, err := io.WriteString(out, text)
		return err
	}
	w.Task.Document = func(id job.ID, n int) (io.ReadCloser, error) {
		if a.gone[id] {
			return nil, job.Errorf(job.ResultGone, nil, "gone")
		}
		return io.NopCloser(strings.NewReader(fmt.Sprintf("document %d of %s", n, id))), nil
	}
	return w
}

func operation() *Operation { return New(job.Classify, job.Extract, job.Parse) }

// export runs an export and gives its file.
func (a *account) export(t testing.TB, parameters string) ([]byte, Summary) {
	t.Helper()
	w := a.task(t, parameters)
	r, err := operation().Run(context.WithoutCancel(t.Context()), w.Task)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := r.Summary.(Summary)
	b, ok := w.File(s.File)
	if sum := fmt.Sprintf("%x", sha256.Sum256(b)); !ok || s.Bytes != int64(len(b)) || s.SHA256 != sum {
		t.Errorf("the file has %d bytes and the sha256 %s: %+v", len(b), sum, s)
	}
	return b, s
}

func rows(t *testing.T, b []byte) (heading []string, all []map[string]string) {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for n, text := range line {
			if text != "" {
				row[lines[0][n]] = text
			}
		}
		all = append(all, row)
	}
	return lines[0], all
}

// mixed is an account with all that differs.
func mixed() *account {
	a := newAccount(`{"data":{"total":{"value":1234567.25,"score":0.9},"id":{"value":9007199254740993,"score":1},"paid":{"value":true,"score":1},"to":{"name":"Žižek & Söhne"},"items":[{"n":1}]},"page_count":2}`)
	a.texts[a.add(`{"total_chunks":1}`, func(j *job.Job) {
		j.Operation, j.Result.Summary, j.Tags, j.Metadata = job.Parse, json.RawMessage(`{"page_count":1}`), []string{"a", "b"}, json.RawMessage(`{"k":1}`)
	})] = "# Title\n\n請求書"
	a.add("", func(j *job.Job) {
		j.Status, j.Result, j.Failure = job.Failed, nil, &job.Failure{Code: job.FileCorrupted}
	})
	a.gone[a.add(`{"data":{}}`)] = true
	return a
}

func TestLines(t *testing.T) {
	b, s := mixed().export(t, `{"filter":{"status":"completed,failed"}}`)
	var got []item
	for line := range bytes.Lines(b) {
		var i item
		if err := json.Unmarshal(line, &i); err != nil {
			t.Fatal(err)
		}
		got = append(got, i)
	}
	if len(got) != 4 || s.Jobs != 4 || s.Results != 2 || s.Missing != 1 {
		t.Fatalf("%+v of %d lines", s, len(got))
	}
	if got[0].FileName != "0.pdf" || got[0].CompletedAt != "2024-01-15T10:00:01Z" || !strings.Contains(string(got[0].Result), "Žižek") || got[1].Operation != job.Parse || string(got[1].Metadata) != `{"k":1}` {
		t.Errorf("%+v", got)
	}
	if got[2].Details == nil || got[2].Details.ErrorType != job.FileCorrupted || got[3].Details == nil || got[3].Details.ErrorType != job.ResultGone || got[3].Result != nil {
		t.Errorf("%+v", got)
	}
}

// Numbers come as they are in the result, however long.
func TestTable(t *testing.T) {
	b, _ := mixed().export(t, `{"format":"csv","filter":{"status":["completed","failed"]}}`)
	heading, all := rows(t, b)
	if diff := cmp.Diff(append(fixed(), "result.total", "result.id", "result.paid", "result.to.name", "result.items", "result.page_count", "result.text", "result.more"), heading); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"job_id": all[0]["job_id"], "operation": "extract", "status": "completed", "file_name": "0.pdf", "created_at": "2024-01-15T10:00:00Z", "completed_at": "2024-01-15T10:00:01Z",
		"result.total": "1234567.25", "result.id": "9007199254740993", "result.paid": "true", "result.to.name": "Žižek & Söhne", "result.items": `[{"n":1}]`, "result.page_count": "2",
	}
	if diff := cmp.Diff(want, all[0]); diff != "" {
		t.Error(diff)
	}
	if all[1]["tags"] != "a, b" || all[1]["metadata"] != `{"k":1}` || all[1]["result.text"] != "# Title\n\n請求書" || all[2]["error_type"] != "file_corrupted" || all[3]["error_type"] != "result_gone" {
		t.Errorf("%v", all)
	}
}

func TestWorkbook(t *testing.T) {
	a := mixed()
	a.add("{\"data\":{\"total\":-5.5,\"control\":\"a\\u0001b\\u000bc\",\"long\":\"" + strings.Repeat("ü", 40_000) + "\"}}")
	b, _ := a.export(t, `{"format":"xlsx"}`)
	book, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	got, err := book.GetRows("Results", excelize.Options{RawCellValue: true})
	if err != nil || len(got) != 6 {
		t.Fatalf("%d rows %v", len(got), err)
	}
	cell := func(row int, name string) string {
		n := slices.Index(got[0], name)
		if n < 0 || n >= len(got[row]) {
			return ""
		}
		return got[row][n]
	}
	for _, test := range []struct {
		row        int
		name, want string
	}{
		{1, "result.total", "1234567.25"}, {1, "result.id", "9007199254740993"}, {1, "result.to.name", "Žižek & Söhne"}, {5, "result.total", "-5.5"}, {5, "result.long", strings.Repeat("ü", maxCell) + "…"},
	} {
		if text := cell(test.row, test.name); text != test.want {
			t.Errorf("row %d: %s is %.40q", test.row, test.name, text)
		}
	}
	if text := cell(5, "result.control"); !strings.HasPrefix(text, "a") || !strings.HasSuffix(text, "c") {
		t.Errorf("control characters: %q", text)
	}
}

// No cell begins as a formula does, wherever its text comes from.
func TestFormulas(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "=HYPERLINK(\"http://x\")", "-2+3+cmd|' /C calc'!A0"} {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		a := newAccount()
		a.add(fmt.Sprintf(`{"data":{"v":%s,"w":{"value":%s,"score":1},"l":[%s],%s:"x"},"title":%s}`, quoted, quoted, quoted, quoted, quoted), func(j *job.Job) {
			j.Inputs[0].Name, j.Tags = text, []string{text}
		})
		for _, format := range []string{"csv", "xlsx"} {
			b, _ := a.export(t, `{"format":"`+format+`"}`)
			var cells []string
			if format == "csv" {
				lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				cells = slices.Concat(lines...)
			} else {
				book, err := excelize.OpenReader(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				lines, err := book.GetRows("Results")
				if err != nil {
					t.Fatal(err)
				}
				cells = slices.Concat(lines...)
			}
			n := 0
			for _, c := range cells {
				if strings.Contains(c, strings.TrimSpace(text)) {
					n++
				}
				if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") || strings.HasPrefix(c, "＝") {
					t.Errorf("%s of %q: a cell is %q", format, text, c)
				}
			}
			if n < 5 {
				t.Errorf("%s of %q: it is there %d times in %q", format, text, n, cells)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	a := mixed()
	b, _ := a.export(t, `{"format":"md","filter":{"status":"failed"}}`)
	text := string(b)
	for _, want := range []string{"# 0.pdf\n\n`" + a.jobs[0].ID.In(job.TypeID) + "` · extract · completed · 2024-01-15T10:00:01Z\n\n```json\n{", "# 1.pdf\n", "# Title\n\n請求書\n", "# 2.pdf", "> Failed to process PDF", "> The job was deleted"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	a = newAccount()
	a.add(`{}`, func(j *job.Job) { j.Inputs[0].Name = "a\n# b\n" })
	if b, _ := a.export(t, `{"format":"md"}`); !strings.HasPrefix(string(b), "# a # b\n") {
		t.Errorf("a name of two lines: %s", b)
	}
}

// Every file of an archive is where the manifest says, with the hash that it
// says; none lies outside, none over another.
func TestArchive(t *testing.T) {
	a := mixed()
	names := []string{"../../etc/passwd", `C:\Windows\system32\a.dll`, "same.pdf", "same.pdf", "SAME.pdf", "", ".", "..", "a/b/../c.pdf", "請求書 №7.pdf", "a\x00b\n.pdf", "con|in:ter?.pdf", strings.Repeat("ü", 300) + ".pdf"}
	a.add(`{"data":{"a":1}}`, func(j *job.Job) {
		j.Inputs = nil
		for _, name := range names {
			j.Inputs = append(j.Inputs, job.Input{Name: name, File: job.File{Blob: "b"}})
		}
	})
	b, s := a.export(t, `{"format":"zip","include_documents":true,"filter":{"status":"completed,failed"}}`)
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	var manifest struct {
		Export int      `json:"docket_export"`
		Jobs   []listed `json:"jobs"`
	}
	for n, f := range archive.File {
		content, err := fs.ReadFile(archive, f.Name)
		if err != nil || !fs.ValidPath(f.Name) || !filepath.IsLocal(f.Name) || sums[strings.ToLower(f.Name)] != "" {
			t.Fatalf("%q: %v", f.Name, err)
		}
		sums[strings.ToLower(f.Name)] = fmt.Sprintf("%x %d", sha256.Sum256(content), len(content))
		if (f.Name == ManifestFile) != (n == len(archive.File)-1) {
			t.Errorf("%s is entry %d of %d", f.Name, n, len(archive.File))
		}
		if f.Name == ManifestFile {
			if err := json.Unmarshal(content, &manifest); err != nil {
				t.Fatalf("%s: %v", content, err)
			}
		}
	}
	delete(sums, ManifestFile)
	if manifest.Export != 1 || len(manifest.Jobs) != 5 || s.Jobs != 5 || s.Missing != 1 || s.Results != 3 {
		t.Errorf("%d jobs, %+v", len(manifest.Jobs), s)
	}
	var back []string
	for _, j := range manifest.Jobs {
		files := j.Documents
		if j.ResultFile != nil {
			files = append(files, *j.ResultFile)
		}
		for _, f := range files {
			if key := strings.ToLower(f.Path); sums[key] != fmt.Sprintf("%s %d", f.SHA256, f.Size) {
				t.Errorf("%+v: it is %s", f, sums[key])
			} else {
				delete(sums, key)
			}
		}
		back = nil
		for _, d := range j.Documents {
			back = append(back, d.Name)
		}
	}
	if len(sums) > 0 {
		t.Errorf("the manifest lists none of %v", slices.Collect(maps.Keys(sums)))
	}
	if diff := cmp.Diff(names, back); diff != "" {
		t.Errorf("the names are others:\n%s", diff)
	}
}

func TestNothingToExport(t *testing.T) {
	for format, want := range map[string]string{"jsonl": "", "md": "", "csv": strings.Join(append(fixed(), "result.more"), ",") + "\n"} {
		if b, s := newAccount().export(t, `{"format":"`+format+`"}`); string(b) != want || s.Jobs != 0 {
			t.Errorf("%s: %q %+v", format, b, s)
		}
	}
	b, _ := newAccount().export(t, `{"format":"zip"}`)
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(archive.File) != 1 {
		t.Fatal(err)
	}
	content, err := fs.ReadFile(archive, ManifestFile)
	var manifest map[string]any
	if err != nil || json.Unmarshal(content, &manifest) != nil || len(manifest["jobs"].([]any)) != 0 {
		t.Errorf("%s %v", content, err)
	}
	b, _ = newAccount().export(t, `{"format":"xlsx"}`)
	if book, err := excelize.OpenReader(bytes.NewReader(b)); err != nil || len(book.GetSheetList()) != 1 {
		t.Errorf("xlsx: %v", err)
	}
}

// A result that is too long to be collected goes from the job to the file.
func TestLargeResults(t *testing.T) {
	long := strings.Repeat("x", maxKept)
	a := newAccount("{\n  \"data\": {\"text\": \""+long+"\"}\n}", `{"data":{"text":"short"}}`)
	for format, times := range map[string]int{"jsonl": 1, "md": 1, "zip": 0, "csv": 0, "xlsx": 0} {
		b, s := a.export(t, `{"format":"`+format+`"}`)
		if n := strings.Count(string(b), long); n != times || s.Results != 2 {
			t.Errorf("%s: it is there %d times, %d results", format, n, s.Results)
		}
		if format == "jsonl" && bytes.Count(b, []byte("\n")) != 2 {
			t.Errorf("%d lines", bytes.Count(b, []byte("\n")))
		}
		if format == "csv" && !strings.Contains(string(b), "too long for a table") {
			t.Errorf("%.300s", b)
		}
	}
	// One that goes while it is waited for is missing.
	w := a.task(t, `{}`)
	read := w.Task.Result
	asked := 0
	w.Task.Result = func(id job.ID, format job.Format, out io.Writer) error {
		if asked++; asked > 2 {
			return job.Errorf(job.NotFound, nil, "gone")
		}
		return read(id, format, out)
	}
	r, err := operation().Run(context.WithoutCancel(t.Context()), w.Task)
	if s, _ := r.Summary.(Summary); err != nil || s.Missing != 1 || s.Results != 1 {
		t.Errorf("%+v %v", r.Summary, err)
	}
}

// What an attempt has collected the next one does not read again.
func TestExportGoesOn(t *testing.T) {
	a := newAccount()
	for range 450 {
		a.add(`{"data":{"text":"` + strings.Repeat("x", 10_000) + `"}}`)
	}
	w := a.task(t, `{}`)
	read, died := w.Task.Result, errors.New("the server died")
	asked := 0
	w.Task.Result = func(id job.ID, format job.Format, out io.Writer) error {
		if asked++; asked == 400 {
			return died
		}
		return read(id, format, out)
	}
	if _, err := operation().Run(context.WithoutCancel(t.Context()), w.Task); !errors.Is(err, died) {
		t.Fatal(err)
	}
	r, err := operation().Run(context.WithoutCancel(t.Context()), w.Task)
	if s, _ := r.Summary.(Summary); err != nil || s.Jobs != 450 || s.Results != 450 || asked > 450+110 {
		t.Errorf("%d results were read for %+v, %v", asked, r.Summary, err)
	}
	lines, _ := w.File("export.jsonl")
	seen := map[string]bool{}
	for line := range bytes.Lines(lines) {
		seen[string(line[:50])] = true
	}
	if len(seen) != 450 {
		t.Errorf("%d different lines", len(seen))
	}
}

var _ op.DocumentChecker = (*Operation)(nil)
