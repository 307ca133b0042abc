package job

import "fmt"

// limitSetting is the setting of the server that a limit comes from, or empty
// for limits that no operator can change.
func limitSetting(limit string) string {
	switch limit {
	case "pages":
		return "--max-pages"
	case "file_size":
		return "--max-file"
	case "pixels":
		return "--max-picture-pixels"
	case "archive_entries":
		return "--max-archive-entries"
	case "unpacked_size":
		return "--max-unpacked"
	case "compression_ratio":
		return "--max-archive-ratio"
	case "xml_depth":
		return "--max-xml-depth"
	case "memory":
		return "--child-memory"
	case "address_space":
		return "--child-address-space"
	}
	return ""
}

// limitWords say which limit the document breaks, and whose it is.
func (f Failure) limitWords() (what, remedy string) {
	what, remedy = f.limitSentences()
	if s := limitSetting(f.text("limit", "")); s != "" {
		remedy += " The operator can raise the limit with " + s + "."
	}
	return what, remedy
}

func (f Failure) limitSentences() (what, remedy string) {
	const anew = "Save it anew in the program it comes from, with fewer or smaller parts, and submit that."
	switch f.text("limit", "") {
	case "pages":
		return fmt.Sprintf("The document has %s pages; the limit is %s.", f.text("pages", "too many"), f.text("max", "lower")),
			"Split it and submit the parts."
	case "jobs":
		return fmt.Sprintf("The filter picks %s jobs; a file of this format holds at most %s.", f.text("jobs", "too many"), f.text("max", "fewer")),
			"Narrow the filter, or export as jsonl or csv."
	case "documents":
		return fmt.Sprintf("The jobs that were to be the input have more than %s documents.", f.text("max", "the allowed")), "Name fewer of them."
	case "file_size":
		return "The file is larger than the limit of " + f.text("bytes", "this server") + " bytes.", "Split it and submit the parts."
	case "pixels":
		return fmt.Sprintf("The picture has %s by %s pixels; the limit is %s together.", f.text("width", "too many"), f.text("height", "too many"), f.text("max", "lower")),
			"Scale it down and submit that."
	case "columns":
		return fmt.Sprintf("A row of the table has %s columns; the limit is %s.", f.text("columns", "too many"), f.text("max", "lower")),
			"Split it and submit the parts."
	case "archive_entries":
		return "The file is an archive of more entries than the limit of " + f.text("max", "this server") + ".", anew
	case "unpacked_size":
		return "The file is larger, when it is unpacked, than the limit of " + f.text("bytes", "this server") + " bytes.", anew
	case "compression_ratio":
		return "The file is packed more tightly than documents are: over the limit of " + f.text("max", "this server") + " bytes out of one.", anew
	case "xml_depth", "depth", "parts":
		return "The file has parts that lie in each other deeper than the limit of " + f.text("max", "this server") + ".",
			"Save it anew in the program it comes from, and submit that."
	case "address_space":
		return "The document needs more memory than a job may reserve (address space, " + f.text("bytes", "limited") + " bytes)" + f.onPage() + ".",
			"Split it, or save it anew in a viewer, and submit that."
	default:
		return "The document needs more " + f.text("limit", "memory") + " than a job may use" + f.onPage() + ".",
			"Split it, or save it anew in a viewer, and submit that."
	}
}
