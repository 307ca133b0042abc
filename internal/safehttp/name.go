package safehttp

import (
	"mime"
	"net/url"
	"path"

	"docket/internal/job"
)

// nameOf finds a name for the document: what the server calls it, else the
// last part of the path, preferably one with an extension. The original path
// is looked at too, as redirects often lead to the bare name of a blob. Without
// either it is the host.
func nameOf(disposition string, final, original *url.URL) string {
	if _, params, err := mime.ParseMediaType(disposition); err == nil {
		if name := job.FileName(params["filename"]); name != "" {
			return name
		}
	}
	last, first := job.FileName(path.Base(final.Path)), job.FileName(path.Base(original.Path))
	switch {
	case path.Ext(last) != "":
		return last
	case path.Ext(first) != "":
		return first
	case last != "":
		return last
	case first != "":
		return first
	}
	return job.AddressName(original.String())
}
