package extract

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"docket/internal/job"
	"docket/internal/op"
)

// Render writes the result: the object of the route's own, the body of
// /jobs/{id}/result, or a table with a row for each value.
func (o *Operation) Render(w io.Writer, r op.Rendering) (err error) {
	file, err := r.Open(resultFile)
	if err != nil {
		return fmt.Errorf("open the result: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var found node
	d := json.NewDecoder(file)
	d.UseNumber()
	if err := d.Decode(&found); err != nil {
		return fmt.Errorf("decode the result: %w", err)
	}
	var p Parameters
	if len(r.Job.Parameters) > 0 {
		if err := json.Unmarshal(r.Job.Parameters, &p); err != nil {
			return fmt.Errorf("decode parameters: %w", err)
		}
	}
	out := &writer{shape: shapeOf(&r.Job, &p), citations: p.EnableCitations}
	switch r.Format {
	case job.FormatChunks:
		err = out.root(&found, out.shape == citedShape)
	case job.FormatJSON:
		err = out.body(&found, r.Job)
	default:
		return op.WriteTable(w, r, o.Name(), []string{"field", "value", "score", "page"}, rows("", &found))
	}
	if err != nil {
		return err
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// body writes the body of /jobs/{id}/result. // contract A3, J18
func (w *writer) body(found *node, j job.Job) error {
	rest := struct {
		ProcessingTime float64     `json:"processing_time"` // seconds
		PageCount      int         `json:"page_count"`
		Method         string      `json:"method,omitempty"`
		Model          string      `json:"model,omitempty"`
		Tokens         *job.Tokens `json:"tokens,omitempty"`
		Warnings       []string    `json:"warnings,omitempty"`
	}{ProcessingTime: op.Seconds(j)}
	if j.Result != nil {
		var s Summary
		if err := json.Unmarshal(j.Result.Summary, &s); err != nil {
			return fmt.Errorf("decode summary: %w", err)
		}
		rest.PageCount, rest.Method, rest.Model, rest.Tokens, rest.Warnings = s.PageCount, j.Result.Method, j.Result.Model, j.Result.Tokens, j.Result.Warnings
	}
	w.WriteString(`{"data":`)
	if err := w.root(found, true); err != nil {
		return err
	}
	b, err := json.Marshal(rest)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	w.WriteByte(',')
	w.Write(b[1:])
	return nil
}

// rows lists the values under their paths: "seller.name", "lines[0].price".
func rows(path string, n *node) [][]string {
	if l := n.Leaf; l != nil {
		value, page := "", ""
		if l.Value != nil {
			value = fmt.Sprint(l.Value)
		}
		if l.Page > 0 {
			page = strconv.Itoa(l.Page)
		}
		return [][]string{{path, value, strconv.FormatFloat(l.Score, 'f', 2, 64), page}}
	}
	var all [][]string
	for i := range n.Fields {
		name := n.Fields[i].Name
		if path != "" {
			name = path + "." + name
		}
		all = append(all, rows(name, &n.Fields[i].Node)...)
	}
	for i := range n.List {
		all = append(all, rows(fmt.Sprintf("%s[%d]", path, i), &n.List[i])...)
	}
	return all
}
