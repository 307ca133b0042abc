package document

// Limits bound what is taken from one document. They are settings of the
// server, and hold for every way in.
type Limits struct {
	// PicturePixels is the largest picture that is decoded; a larger one is
	// refused by its header.
	PicturePixels int64
	// PagePixels is the largest picture that is made of a page; one that would
	// be larger is made at a lower resolution.
	PagePixels int64
	// PageCharacters and PagePaths are how much is read of one page of a PDF.
	// A page with more is cut there and carries a warning.
	PageCharacters int
	PagePaths      int
	// ArchiveEntries, Unpacked (bytes of all entries together) and
	// ArchiveRatio (unpacked to packed) bound an Office file, counted while it
	// is read.
	ArchiveEntries int
	Unpacked       int64
	ArchiveRatio   int64
	// XMLDepth is how deep elements of an Office file may lie in each other.
	XMLDepth int
}

// DefaultLimits are those of a server on which nothing was set.
func DefaultLimits() Limits {
	return Limits{
		PicturePixels:  50_000_000,
		PagePixels:     25_000_000,
		PageCharacters: 200_000,
		PagePaths:      20_000,
		ArchiveEntries: 10_000,
		Unpacked:       512 << 20,
		ArchiveRatio:   200,
		XMLDepth:       256,
	}
}
