package op

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"docket/internal/document"
	"docket/internal/job"
)

// recordsHead is the first entry of a PagesFile; the others are the records.
type recordsHead struct {
	Version int           `json:"version"` // of the records
	Info    document.Info `json:"info"`
}

// keep writes all records to a PagesFile, one at a time in memory.
func (r *records) keep(info document.Info, out io.Writer) error {
	head, err := json.Marshal(recordsHead{Version: document.RecordVersion, Info: info})
	if err != nil {
		return fmt.Errorf("encode the head of page records: %w", err)
	}
	entry := func(b []byte) error {
		_, err := out.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
		return err
	}
	if err := entry(head); err != nil {
		return fmt.Errorf("keep page records: %w", err)
	}
	for record, err := range r.all() {
		if err != nil {
			return err
		}
		if err := entry(record); err != nil {
			return fmt.Errorf("keep page records: %w", err)
		}
	}
	return nil
}

// adoptFor takes the pages as the job's source has read them, when all of them
// are wanted.
func (r *records) adoptFor(how Reading) (info document.Info, ok bool, err error) {
	if len(how.Pages) > 0 {
		return info, false, nil
	}
	if info, ok, err = r.adopt(); ok {
		err = how.takes(info)
	}
	return info, ok, err
}

// adopt takes the pages as the job's source has read them; false when there
// are none, or in a format of another version: then the document is read.
func (r *records) adopt() (info document.Info, ok bool, err error) {
	if len(r.task.Inputs) == 0 || r.task.Inputs[0].Pages == nil {
		return info, false, nil
	}
	head, file, err := r.openHanded()
	if err != nil {
		return info, false, err
	}
	if err := file.Close(); err != nil {
		return info, false, fmt.Errorf("close page records: %w", err)
	}
	if head.Version != document.RecordVersion {
		return info, false, nil
	}
	r.handed, r.pages = true, head.Info.Pages
	r.task.Progress(job.Progress{
		Stage: "reading", TotalFiles: len(r.task.Inputs), Percentage: 99, TotalPages: r.pages, PagesCompleted: r.pages,
	})
	return head.Info, true, nil
}

// openHanded opens the page records of the source behind their head.
func (r *records) openHanded() (head recordsHead, file io.ReadCloser, err error) {
	in, err := r.task.OpenPages(0)
	if err != nil {
		return head, nil, fmt.Errorf("open page records: %w", err)
	}
	buffered := &bufferedFile{bufio.NewReaderSize(in, 64<<10), in}
	each(buffered, func(first []byte, failed error) bool {
		if err = failed; err == nil {
			err = json.Unmarshal(first, &head)
		}
		return false
	})
	if err == nil {
		return head, buffered, nil
	}
	return head, nil, errors.Join(fmt.Errorf("read the head of page records: %w", err), in.Close())
}

// bufferedFile reads a file in larger pieces.
type bufferedFile struct {
	*bufio.Reader
	io.Closer
}
