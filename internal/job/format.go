package job

// Format is a way to write a result.
type Format string

// Formats of results. An operation need not know all of them. // contract J16
const (
	FormatChunks   Format = "chunks" // the array that /parse/{id} answers with
	FormatJSON     Format = "json"   // the body of /jobs/{id}/result
	FormatMarkdown Format = "md"
	FormatHTML     Format = "html"
	FormatText     Format = "txt"
	FormatLines    Format = "jsonl" // a line of JSON for each item
	FormatCSV      Format = "csv"   // the tables; of an export, a row for each job
	FormatXLSX     Format = "xlsx"  // the same as a workbook
	FormatZip      Format = "zip"
)

// MediaType is what a response in the format says it is.
func (f Format) MediaType() string {
	switch f {
	case FormatMarkdown:
		return "text/markdown; charset=utf-8"
	case FormatHTML:
		return "text/html; charset=utf-8"
	case FormatText:
		return "text/plain; charset=utf-8"
	case FormatLines:
		return "application/x-ndjson"
	case FormatCSV:
		return "text/csv; charset=utf-8"
	case FormatXLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case FormatZip:
		return "application/zip"
	default:
		return "application/json"
	}
}
