package sandbox

import (
	"math"
	"time"

	"docket/internal/document"
)

const (
	mib = 1 << 20
	gib = 1 << 30
	// minAddressSpace is below what no child is held, whatever the machine
	// has: the Go runtime and the engine reserve 1.7 GiB of it untouched.
	minAddressSpace = 3 * gib
	// minMemory is what a child needs for documents of common size.
	minMemory = 512 * mib
)

// Limits bound what one child may use and one request may cost. A zero field
// is no limit, except where it says otherwise.
type Limits struct {
	// Deadline is the time a request may take before any page counts, and
	// PerPage what every page adds. Waiting for a child, for the caller's
	// reader and in the caller's functions is not counted.
	Deadline time.Duration
	PerPage  time.Duration
	// CPUFactor is how many seconds of processor time a child may use for
	// each second of its deadline. It ends a child whose parent is stopped.
	CPUFactor float64
	// Memory is the resident size in bytes above which a child is killed.
	Memory int64
	// AddressSpace is the virtual size in bytes that the kernel grants a
	// child, which includes 1.7 GiB that are reserved and never touched.
	AddressSpace int64
	// Pages is the greatest number of pages a document may have. Zero means
	// none at all.
	Pages int
	// FileBytes is the largest file. Zero means none at all.
	FileBytes int64
	// RecordBytes is the largest page record or chunk. Zero means none at all.
	RecordBytes int64
	// OutputBytes is the most that all records or chunks of a request may sum
	// up to.
	OutputBytes int64
	// RecycleAfter is the number of documents read after which a child is
	// replaced, RecycleMemory the resident size in bytes after a document.
	RecycleAfter  int
	RecycleMemory int64
	// Document bounds what the readers take from one document.
	Document document.Limits
}

// DefaultLimits are the limits for a pool of that many children on this
// machine. Memory is shared among the children when it is short.
func DefaultLimits(children int) Limits {
	share := memoryShare(totalMemory(), children)
	return Limits{
		Deadline:      30 * time.Second,
		PerPage:       500 * time.Millisecond,
		CPUFactor:     2,
		Memory:        max(minMemory, min(1536*mib, share)),
		AddressSpace:  max(minAddressSpace, min(4*gib, share)),
		Pages:         2000,
		FileBytes:     100 * mib,
		RecordBytes:   64 * mib,
		OutputBytes:   4 * gib,
		RecycleAfter:  200,
		RecycleMemory: 600 * mib,
		Document:      document.DefaultLimits(),
	}
}

// memoryShare is a child's part of 60 % of total bytes of memory. A total of
// 0 is unknown.
func memoryShare(total int64, children int) int64 {
	if total <= 0 {
		return math.MaxInt64
	}
	return total / 10 * 6 / int64(max(children, 1))
}

// heap is the soft limit of a child's Go heap in bytes, or 0 for none. It is
// below the limits that kill, so that garbage is collected first.
func (l Limits) heap() int64 {
	var soft int64 = math.MaxInt64
	if l.AddressSpace > 0 {
		soft = min(soft, l.AddressSpace/4)
	}
	if l.Memory > 0 {
		soft = min(soft, l.Memory/3*2)
	}
	if soft == math.MaxInt64 {
		return 0
	}
	return soft
}

// budget is the wall time for a request over that many pages.
func (l Limits) budget(pages int) time.Duration {
	if l.Deadline <= 0 {
		return math.MaxInt64
	}
	return l.Deadline + time.Duration(pages)*l.PerPage
}

// cpuSeconds is the processor time for a request over that many pages, or 0
// for no limit.
func (l Limits) cpuSeconds(pages int) int64 {
	if l.Deadline <= 0 || l.CPUFactor <= 0 {
		return 0
	}
	return int64(math.Ceil(l.budget(pages).Seconds() * l.CPUFactor))
}
