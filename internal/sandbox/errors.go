package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"docket/internal/job"
)

var (
	// ErrDied says that a child ended while it worked on a document, or had
	// to be killed because it broke the protocol. The document is to be
	// charged; a second try may succeed.
	ErrDied = errors.New("sandbox child died")
	// ErrClosed is the error of requests to a pool that was closed.
	ErrClosed = errors.New("sandbox is closed")
)

// childError is an error that the child reported in good order.
type childError struct{ err *job.Error }

func (e *childError) Error() string { return e.err.Error() }

// callerError is an error of the caller's reader, writer or function.
type callerError struct{ err error }

func (e *callerError) Error() string { return e.err.Error() }

// exitCPU is how a child ends whose processor time is used up.
const exitCPU = 152

func timeoutError(budget time.Duration, page int, cause error) *job.Error {
	facts := job.Facts{"seconds": int((budget + time.Second - 1) / time.Second)}
	if page > 0 {
		facts["page"] = page
	}
	return &job.Error{Code: job.Timeout, Facts: facts, Err: cause}
}

func limitError(limit string, bytes int64, cause error) *job.Error {
	return &job.Error{Code: job.ResourceLimit, Facts: job.Facts{"limit": limit, "bytes": bytes}, Err: cause}
}

func pagesError(pages, most int) *job.Error {
	return job.Errorf(job.ResourceLimit, job.Facts{"limit": "pages", "pages": pages, "max": most}, "document of %d pages", pages)
}

// death explains why the child of c ended; cause is the failure of its pipe.
func (c *call) death(cause error) *job.Error {
	p := c.proc
	where := ""
	if c.page > 0 {
		where = fmt.Sprintf(" on page %d", c.page)
	}
	if errors.Is(cause, errProtocol) {
		return job.Errorf(job.Internal, nil, "%w%s: %w%s", ErrDied, where, cause, p.lastWords())
	}
	if p.state.ExitCode() == exitCPU {
		spent := timeoutError(c.clock.allowed(), c.page, errors.New("processor time used up"))
		spent.Facts["limit"] = "processor_time"
		return spent
	}
	died := fmt.Errorf("%w%s: %s%s", ErrDied, where, p.state, p.lastWords())
	if p.outOfMemory() {
		return limitError("address_space", c.limits.AddressSpace, died)
	}
	return &job.Error{Code: job.Internal, Err: died}
}

// outOfMemory recognizes the Go runtime's way to end when the address space
// is used up.
func (p *process) outOfMemory() bool {
	said := p.stderr.String()
	return p.state.ExitCode() == 2 &&
		(strings.Contains(said, "fatal error: runtime: out of memory") ||
			strings.Contains(said, "fatal error: out of memory") ||
			strings.Contains(said, "fatal error: runtime: cannot allocate memory"))
}
