package app

import (
	"cmp"

	"docket/internal/config"
	"docket/internal/document"
	"docket/internal/op/importer"
	"docket/internal/sandbox"
)

// limits are those of the sandbox; one setting holds for every way in.
func limits(cfg config.Config) sandbox.Limits {
	l, s := sandbox.DefaultLimits(cfg.Workers), cfg.Sandbox
	l.FileBytes, l.Pages = cfg.MaxFile, s.Pages
	l.Deadline, l.PerPage, l.CPUFactor = s.DocumentTime, s.PageTime, s.CPUFactor
	l.Memory = cmp.Or(s.ChildMemory, l.Memory)
	l.AddressSpace = cmp.Or(s.ChildAddressSpace, l.AddressSpace)
	l.RecycleAfter, l.RecycleMemory = s.ChildDocuments, s.ChildRecycleMemory
	l.Document = document.Limits{
		PicturePixels: s.PicturePixels, PagePixels: s.PagePixels, PageCharacters: s.PageCharacters, PagePaths: s.PagePaths,
		ArchiveEntries: s.ArchiveEntries, Unpacked: s.Unpacked, ArchiveRatio: int64(s.ArchiveRatio), XMLDepth: s.XMLDepth,
	}
	return l
}

// importLimits are those of an import.
func importLimits(cfg config.Config) importer.Limits {
	return importer.Limits{Items: cfg.Sandbox.ImportDocuments, Bytes: cfg.Sandbox.ImportSize, Ratio: int64(cfg.Sandbox.ArchiveRatio)}
}
