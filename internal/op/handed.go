package op

import (
	"encoding/json"
	"strings"

	"docket/internal/job"
)

// PagesFile is what the file of a result is called that holds the records of
// the pages that were read.
const PagesFile = "pages.records"

// HandsOn says that a job's result can be the input of another: that of a
// parse is its documents, which need not be read again, that of a split the
// documents it has made, that of a crawl its pages, that of an export its file.
// contract J6
func HandsOn(j job.Job) bool {
	switch Works(j) {
	case job.Parse, job.Split, job.WebCrawling, job.Export:
		return true
	}
	return false
}

// Works is what a job does with each of its documents, or its operation when
// it has none.
func Works(j job.Job) job.Operation {
	o, _ := onDocuments(j)
	return o
}

// OneDocument says that a job hands on exactly one document.
func OneDocument(j job.Job) bool {
	o, _ := onDocuments(j)
	return o == job.Parse && len(j.Inputs) == 1
}

// onDocuments is what a job does with each of its documents; many says that
// the files of its result are by document.
func onDocuments(j job.Job) (o job.Operation, many bool) {
	if j.Operation != job.DocumentProcessing {
		return j.Operation, len(j.Inputs) > 1
	}
	var p struct {
		Operation job.Operation `json:"operation"`
	}
	if err := json.Unmarshal(j.Parameters, &p); err != nil {
		return "", true
	}
	return p.Operation, true
}

// Handed gives the documents that a completed job hands on, of those whose
// result is files. Their files are its own; a document that it could not work
// on has a failure of code InputFailed.
func Handed(j job.Job) []job.Input {
	o, many := onDocuments(j)
	if o == job.Export {
		return exported(j)
	}
	var all []job.Input
	for n, in := range j.Inputs {
		prefix := ""
		if many {
			prefix = fileOf(n, "")
		}
		made := documents(j, o, in, prefix)
		if len(made) == 0 {
			f := job.Lacking(j.ID, string(j.Status))
			f.Facts["reason"] = "it could not " + string(o) + " " + in.Name
			made = []job.Input{{Name: in.Name, Failure: f}}
		}
		all = append(all, made...)
	}
	for n := range all {
		all[n].Source = j.ID
	}
	return all
}

// exported is the file of an export.
func exported(j job.Job) []job.Input {
	if j.Result == nil || len(j.Result.Files) == 0 {
		return nil
	}
	f := j.Result.Files[0]
	var said struct {
		SHA256 string `json:"sha256"`
	}
	if err := json.Unmarshal(j.Result.Summary, &said); err != nil {
		said.SHA256 = "" // nobody needs it but who looks for an equal job
	}
	return []job.Input{{Name: f.Name, SHA256: said.SHA256, File: f, Source: j.ID}}
}

// documents are those that came of one input.
func documents(j job.Job, o job.Operation, in job.Input, prefix string) []job.Input {
	if o == job.Parse {
		pages, ok := j.Result.File(prefix + PagesFile)
		if !ok || !in.Here() {
			return nil
		}
		return []job.Input{{Name: in.Name, Type: in.Type, SHA256: in.SHA256, File: in.File, Pages: &pages}}
	}
	var made []job.Input
	for _, f := range j.Result.Files {
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok || !strings.HasSuffix(name, ".pdf") {
			continue
		}
		made = append(made, job.Input{Name: name, Type: "application/pdf", File: f})
	}
	return made
}
