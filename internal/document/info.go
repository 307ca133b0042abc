package document

// FormatPDF is the Format of PDF files in Info and Type.
const FormatPDF = "pdf"

// Info is what is known of a document before its pages are read.
type Info struct {
	// Format is the short name of the format, one of Formats.
	Format string `json:"format"`
	// MIME is the media type found from the content.
	MIME string `json:"mime"`
	// Pages is the number of pages.
	Pages int `json:"pages"`
	// Version is the version of the format the file claims, e.g. "1.7".
	Version string `json:"version,omitempty"`
	// Title, Author and Producer are from the file's own metadata.
	Title    string `json:"title,omitempty"`
	Author   string `json:"author,omitempty"`
	Producer string `json:"producer,omitempty"`
	// Encrypted says that the file is encrypted, with or without a password
	// needed to read it.
	Encrypted bool `json:"encrypted,omitempty"`
	// Attachments is how many files are embedded in it.
	Attachments int `json:"attachments,omitempty"`
}
