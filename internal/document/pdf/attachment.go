package pdf

import (
	"encoding/binary"

	"docket/internal/job"
)

// Attachments is how many files are embedded in the document.
func (d *Document) Attachments() int {
	return max(integer(d.e.call("FPDFDoc_GetAttachmentCount", d.handle)), 0)
}

// Attachment gives the name and the content of an embedded file, counted from
// 0. One that is larger than most bytes, or damaged, is an error of code
// ResourceLimit or FileCorrupted.
func (d *Document) Attachment(n int, most int64) (name string, data []byte, err error) {
	e := d.e
	file := uint64(uint32(e.call("FPDFDoc_GetAttachment", d.handle, uint64(n))))
	if file == 0 {
		return "", nil, d.attachmentFault(n, job.FileCorrupted, nil)
	}
	name = clean(decodeUTF16(e.longText("FPDFAttachment_GetName", file)))
	size, there := d.attachmentSize(file, 0, 0)
	switch {
	case !there:
		return name, nil, d.attachmentFault(n, job.FileCorrupted, nil)
	case size > most:
		return name, nil, d.attachmentFault(n, job.ResourceLimit, job.Facts{"limit": "file_size", "max": most})
	case size == 0:
		return name, []byte{}, nil
	}
	at := e.malloc(int(size))
	if at == 0 {
		return name, nil, d.attachmentFault(n, job.ResourceLimit, job.Facts{"limit": "memory", "bytes": MemoryLimit})
	}
	defer func() { e.free(at) }()
	if again, there := d.attachmentSize(file, at, size); !there || again != size {
		return name, nil, d.attachmentFault(n, job.FileCorrupted, nil)
	}
	data = append([]byte{}, e.read(at, int(size))...)
	return name, data, e.err
}

// attachmentSize is how many bytes an embedded file has, which are put at a
// place with room for so many.
func (d *Document) attachmentSize(file uint64, at uint32, room int64) (int64, bool) {
	e := d.e
	there := boolean(e.call("FPDFAttachment_GetFile", file, uint64(at), uint64(room), uint64(e.scratch)))
	return int64(binary.LittleEndian.Uint32(e.read(e.scratch, 4))), there && e.err == nil
}

// attachmentFault is the engine's own error when it has died of the file.
func (d *Document) attachmentFault(n int, code job.Code, facts job.Facts) error {
	if d.e.err != nil {
		return d.e.err
	}
	return job.Errorf(code, facts, "embedded file %d", n)
}
