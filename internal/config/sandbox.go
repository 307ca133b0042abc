package config

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Sandbox bounds what reading one document may take, and what a process that
// reads documents may use.
type Sandbox struct {
	Pages          int   // of one document
	PageCharacters int   // read of one page
	PagePaths      int   // lines and shapes, read of one page
	PagePixels     int64 // of the picture of a page
	PicturePixels  int64 // of a picture that is decoded
	ArchiveEntries int   // of an Office file
	Unpacked       int64 // bytes of an Office file
	ArchiveRatio   int   // unpacked to packed, of Office files and imports
	XMLDepth       int   // of elements of an Office file in each other

	ImportDocuments int   // of one import
	ImportSize      int64 // bytes of one import, unpacked

	DocumentTime time.Duration // for one document
	PageTime     time.Duration // that each page adds
	CPUFactor    float64       // seconds of processor time for each of those

	ChildMemory        int64 // bytes in memory; 0: by what the machine has
	ChildAddressSpace  int64 // bytes that are reserved; 0: by what the machine has
	ChildDocuments     int   // after which a child is replaced
	ChildRecycleMemory int64 // bytes in memory between two documents, above which a child is replaced
}

// sandboxSettings say what one document may cost.
func sandboxSettings() []Setting {
	return []Setting{
		{Name: "max-pages", Default: "2000", Usage: "pages that one document may have", set: count(1, 100_000, func(c *Config) *int { return &c.Sandbox.Pages })},
		{Name: "max-page-characters", Default: "200000", Usage: "characters that are read of one page of a PDF; a page with more is cut there, with a warning", set: count(1000, 5_000_000, func(c *Config) *int { return &c.Sandbox.PageCharacters })},
		{Name: "max-page-paths", Default: "20000", Usage: "lines and shapes that are read of one page of a PDF; a page with more is cut there, with a warning", set: count(100, 1_000_000, func(c *Config) *int { return &c.Sandbox.PagePaths })},
		{Name: "max-page-pixels", Default: "25000000", Usage: "pixels of the picture of a page, to be shown or recognized; one that would have more is made smaller", set: long(10_000, 100_000_000, func(c *Config) *int64 { return &c.Sandbox.PagePixels })},
		{Name: "max-picture-pixels", Default: "50000000", Usage: "pixels of a picture, width by height; larger ones are refused before they are decoded", set: long(10_000, 500_000_000, func(c *Config) *int64 { return &c.Sandbox.PicturePixels })},
		{Name: "max-archive-entries", Default: "10000", Usage: "entries of a DOCX, PPTX or XLSX file, which is an archive", set: count(20, 1_000_000, func(c *Config) *int { return &c.Sandbox.ArchiveEntries })},
		{Name: "max-unpacked", Default: "512MiB", Usage: "size of a DOCX, PPTX or XLSX file when it is unpacked, in bytes or with kB, MB, GB, MiB or GiB", set: size(1e6, 8<<30, func(c *Config) *int64 { return &c.Sandbox.Unpacked })},
		{Name: "max-archive-ratio", Default: "200", Usage: "how many bytes may come out of one, in Office files and imports", set: count(2, 100_000, func(c *Config) *int { return &c.Sandbox.ArchiveRatio })},
		{Name: "max-xml-depth", Default: "256", Usage: "how deep elements of a DOCX, PPTX or XLSX file may lie in each other", set: count(16, 10_000, func(c *Config) *int { return &c.Sandbox.XMLDepth })},
		{Name: "max-import-documents", Default: "100000", Usage: "documents of one import", set: count(1, 10_000_000, func(c *Config) *int { return &c.Sandbox.ImportDocuments })},
		{Name: "max-import-size", Default: "20GiB", Usage: "size of the documents of one import together when they are unpacked, in bytes or with kB, MB, GB, MiB or GiB", set: size(1e3, 1e15, func(c *Config) *int64 { return &c.Sandbox.ImportSize })},
		{Name: "document-time", Default: "30s", Usage: "time that reading a document may take, besides that of its pages", set: span(100*time.Millisecond, 24*time.Hour, func(c *Config) *time.Duration { return &c.Sandbox.DocumentTime })},
		{Name: "page-time", Default: "500ms", Usage: "time that each page adds", set: span(time.Millisecond, time.Hour, func(c *Config) *time.Duration { return &c.Sandbox.PageTime })},
		{Name: "cpu-factor", Default: "2", Usage: "seconds of processor time that a document may use for each second of its time", set: setCPUFactor},
		{Name: "child-memory", Shown: "`1536MiB`, or a worker's share of 60 % of the memory", Usage: "memory of a process that reads documents, above which it is killed, in bytes or with kB, MB, GB, MiB or GiB", set: unlessEmpty(size(256<<20, 1<<40, func(c *Config) *int64 { return &c.Sandbox.ChildMemory }))},
		{Name: "child-address-space", Shown: "`4GiB`, or a worker's share of 60 % of the memory, from `3GiB`", Usage: "addresses that such a process may reserve, of which 1.7 GiB are never used, in bytes or with kB, MB, GB, MiB or GiB", set: unlessEmpty(size(2<<30, 1<<42, func(c *Config) *int64 { return &c.Sandbox.ChildAddressSpace }))},
		{Name: "child-documents", Default: "200", Usage: "documents after which such a process is replaced", set: count(1, 1_000_000, func(c *Config) *int { return &c.Sandbox.ChildDocuments })},
		{Name: "child-recycle-memory", Default: "600MiB", Usage: "memory after a document above which such a process is replaced, in bytes or with kB, MB, GB, MiB or GiB", set: size(64<<20, 1<<40, func(c *Config) *int64 { return &c.Sandbox.ChildRecycleMemory })},
	}
}

// count reads a whole number between two others.
func count(least, most int, field func(*Config) *int) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < least || n > most {
			return fmt.Errorf("must be a number from %d to %d", least, most)
		}
		*field(c) = n
		return nil
	}
}

func long(least, most int, field func(*Config) *int64) func(*Config, string) error {
	var n int
	set := count(least, most, func(*Config) *int { return &n })
	return func(c *Config, v string) error {
		if err := set(nil, v); err != nil {
			return err
		}
		*field(c) = int64(n)
		return nil
	}
}

func setCPUFactor(c *Config, v string) error {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || !(f >= 0.01 && f <= 100) {
		return errors.New("must be a number from 0.01 to 100")
	}
	c.Sandbox.CPUFactor = f
	return nil
}

// size reads a number of bytes between two others.
func size(least, most int64, field func(*Config) *int64) func(*Config, string) error {
	return func(c *Config, v string) error {
		n, err := bytes(v)
		if err != nil || n < least || n > most {
			return fmt.Errorf("must be a number of bytes from %s to %s, such as 512MiB", spellBytes(least), spellBytes(most))
		}
		*field(c) = n
		return nil
	}
}

// spellBytes gives a number of bytes in the largest unit that leaves no rest.
func spellBytes(n int64) string {
	best := strconv.FormatInt(n, 10)
	for suffix, f := range map[string]int64{"kB": 1e3, "MB": 1e6, "GB": 1e9, "MiB": 1 << 20, "GiB": 1 << 30} {
		if s := strconv.FormatInt(n/f, 10) + suffix; n%f == 0 && len(s) < len(best) {
			best = s
		}
	}
	return best
}

// span reads a time between two others.
func span(least, most time.Duration, field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, v string) error {
		d, err := time.ParseDuration(v)
		if err != nil || d < least || d > most {
			return fmt.Errorf("must be a time from %s to %s, such as 500ms, 30s or 5m", least, most)
		}
		*field(c) = d
		return nil
	}
}

// unlessEmpty leaves alone what is not set.
func unlessEmpty(set func(*Config, string) error) func(*Config, string) error {
	return func(c *Config, v string) error {
		if v == "" {
			return nil
		}
		return set(c, v)
	}
}

// check looks at what the limits say together.
func (s Sandbox) check() error {
	if s.ChildAddressSpace > 0 && s.ChildMemory > s.ChildAddressSpace {
		return errors.New("--child-memory: must not be more than --child-address-space")
	}
	return nil
}
