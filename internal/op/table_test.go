package op

import (
	"bytes"
	"testing"
	"time"

	"docket/internal/job"
)

func TestWriteTable(t *testing.T) {
	heading, rows := []string{"name", "value"}, [][]string{{"a|b", "<i>\n1"}, {"c", "*d*"}}
	tests := map[job.Format]string{
		job.FormatMarkdown: "| name | value |\n| --- | --- |\n| a\\|b | &lt;i> 1 |\n| c | \\*d\\* |\n",
		job.FormatHTML:     "<table>\n<thead>\n<tr><th>name</th><th>value</th></tr>\n</thead>\n<tbody>\n<tr><td>a|b</td><td>&lt;i&gt;\n1</td></tr>\n<tr><td>c</td><td>*d*</td></tr>\n</tbody>\n</table>\n",
		job.FormatCSV:      "name,value\na|b,\"<i>\n1\"\nc,*d*\n",
		job.FormatText:     "name\tvalue\na|b\t<i> 1\nc\t*d*\n",
	}
	for format, want := range tests {
		var b bytes.Buffer
		if err := WriteTable(&b, Rendering{Format: format}, job.Extract, heading, rows); err != nil || b.String() != want {
			t.Errorf("%s: %v\n%q\n%q", format, err, b.String(), want)
		}
	}
	if err := WriteTable(&bytes.Buffer{}, Rendering{Format: "xml"}, job.Extract, heading, rows); job.CodeOf(err) != job.InvalidRequest {
		t.Errorf("xml: %v", err)
	}
}

func TestSeconds(t *testing.T) {
	at := time.Date(2024, 1, 15, 10, 30, 0, 0, time.UTC)
	for want, j := range map[float64]job.Job{
		0:     {},
		1.235: {StartedAt: at, FinishedAt: at.Add(1235678 * time.Microsecond)},
	} {
		if got := Seconds(j); got != want {
			t.Errorf("%g, want %g", got, want)
		}
	}
	if got := Seconds(job.Job{StartedAt: at}); got != 0 {
		t.Errorf("unfinished: %g", got)
	}
}
