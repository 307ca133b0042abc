package job

import "strings"

// Operation is what a job does with its documents.
type Operation string

// The operations of this server.
const (
	Parse              Operation = "parse"
	Extract            Operation = "extract"
	Classify           Operation = "classify"
	Split              Operation = "split"
	DocumentProcessing Operation = "document_processing"
	WebCrawling        Operation = "web_crawling"
	BatchEmbedding     Operation = "batch_embedding"
	Export             Operation = "export"
	Import             Operation = "import"
)

// Type is the word that the Vision dialect has for the operation; an operation
// of the platform is its own word. // contract J3
func (o Operation) Type() string {
	switch o {
	case Parse:
		return "chunking"
	case Extract:
		return "extraction"
	case Classify:
		return "classification"
	case Split:
		return "splitting"
	default:
		return string(o)
	}
}

// ParseOperation reads an operation in either vocabulary, in any case; a word
// that is neither is an operation that this server may not have.
// contract J20
func ParseOperation(word string) Operation {
	word = strings.ToLower(word)
	for _, o := range []Operation{Parse, Extract, Classify, Split} {
		if word == o.Type() {
			return o
		}
	}
	return Operation(word)
}
