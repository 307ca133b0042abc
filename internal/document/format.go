package document

// The formats that can be read, as Info and Type name them.
const (
	FormatDOCX     = "docx"
	FormatPPTX     = "pptx"
	FormatXLSX     = "xlsx"
	FormatHTML     = "html"
	FormatMarkdown = "md"
	FormatEML      = "eml"
	FormatCSV      = "csv"
	FormatText     = "txt"
	FormatPNG      = "png"
	FormatJPEG     = "jpeg"
	FormatTIFF     = "tiff"
	FormatWebP     = "webp"
	FormatBMP      = "bmp"
	FormatGIF      = "gif"
)

// Formats are all formats that can be read.
func Formats() []string {
	types := mediaTypes()
	all := make([]string, len(types))
	for i, mime := range types {
		all[i] = formatOf(mime)
	}
	return all
}

// IsPicture says whether files of the format are pictures.
func IsPicture(format string) bool {
	switch format {
	case FormatPNG, FormatJPEG, FormatTIFF, FormatWebP, FormatBMP, FormatGIF:
		return true
	}
	return false
}

// FormatName is the name of a format for people, e.g. "PNG image".
func FormatName(format string) string {
	for _, mime := range mediaTypes() {
		if formatOf(mime) == format {
			return typeName(mime)
		}
	}
	return "file of an unknown kind"
}

// mediaTypes are those of all formats, in the order of Formats.
func mediaTypes() []string {
	return []string{
		"application/pdf", mimeDOCX, mimePPTX, mimeXLSX, "text/html", "text/markdown", "message/rfc822", "text/csv", "text/plain",
		"image/png", "image/jpeg", "image/tiff", "image/webp", "image/bmp", "image/gif",
	}
}

// formatOf is the format of a media type that needs no second look, or "".
func formatOf(mime string) string {
	switch mime {
	case "application/pdf":
		return FormatPDF
	case mimeDOCX:
		return FormatDOCX
	case mimePPTX:
		return FormatPPTX
	case mimeXLSX:
		return FormatXLSX
	case "text/html", "application/xhtml+xml":
		return FormatHTML
	case "text/markdown":
		return FormatMarkdown
	case "message/rfc822":
		return FormatEML
	case "text/csv", "text/tab-separated-values":
		return FormatCSV
	case "text/plain":
		return FormatText
	case "image/png":
		return FormatPNG
	case "image/jpeg":
		return FormatJPEG
	case "image/tiff":
		return FormatTIFF
	case "image/webp":
		return FormatWebP
	case "image/bmp":
		return FormatBMP
	case "image/gif":
		return FormatGIF
	}
	return ""
}

// typeName is the name of a media type for people, or "". A type without a
// name goes by that of its parent: every archive format ends as "ZIP archive",
// every text format as "plain text file".
func typeName(mime string) string {
	switch mime {
	case "application/pdf":
		return "PDF document"
	case "image/png":
		return "PNG image"
	case "image/jpeg":
		return "JPEG image"
	case "image/gif":
		return "GIF image"
	case "image/tiff":
		return "TIFF image"
	case "image/webp":
		return "WebP image"
	case "image/bmp":
		return "BMP image"
	case "image/svg+xml":
		return "SVG image"
	case "image/heic", "image/heif", "image/avif":
		return "HEIF image"
	case "application/zip":
		return "ZIP archive"
	case mimeDOCX:
		return "Word document (DOCX)"
	case mimeXLSX:
		return "Excel workbook (XLSX)"
	case mimePPTX:
		return "PowerPoint presentation (PPTX)"
	case mimeXLSB:
		return "binary Excel workbook (XLSB)"
	case "text/html", "application/xhtml+xml":
		return "HTML page"
	case "text/markdown":
		return "Markdown file"
	case "message/rfc822":
		return "e-mail message (EML)"
	case "text/csv":
		return "CSV file"
	case "text/rtf":
		return "RTF document"
	case "application/postscript":
		return "PostScript document"
	case "text/plain":
		return "plain text file"
	}
	return legacyName(mime)
}

// legacyName names documents of other makes and times.
func legacyName(mime string) string {
	switch mime {
	case "application/msword":
		return "legacy Word document (DOC)"
	case "application/vnd.ms-excel":
		return "legacy Excel workbook (XLS)"
	case "application/vnd.ms-powerpoint":
		return "legacy PowerPoint presentation (PPT)"
	case "application/vnd.ms-outlook":
		return "Outlook message (MSG)"
	case "application/x-ole-storage":
		return "legacy Office document"
	case "application/vnd.oasis.opendocument.text":
		return "OpenDocument text (ODT)"
	case "application/vnd.oasis.opendocument.spreadsheet":
		return "OpenDocument spreadsheet (ODS)"
	case "application/vnd.oasis.opendocument.presentation":
		return "OpenDocument presentation (ODP)"
	case "application/epub+zip":
		return "EPUB book"
	case mimeLocked:
		return "password-protected Office document"
	}
	return ""
}
