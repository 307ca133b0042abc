package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// receive reads all that the parent sends, also during a request, since the
// end of the input must end the child at any time.
func (c *child) receive() {
	for {
		err := c.receiveRequest()
		switch {
		case errors.Is(err, io.EOF):
			os.Exit(0)
		case err != nil:
			fmt.Fprintln(os.Stderr, "sandbox child:", err)
			os.Exit(exitProtocol)
		}
	}
}

func (c *child) receiveRequest() error {
	k, payload, err := c.r.read(maxControl)
	if err != nil {
		return err
	}
	req := request{kind: k}
	switch k {
	case kindRead:
		if err := decode(payload, &req.read); err != nil {
			return err
		}
		if req.read.Size < 0 || req.read.Size > c.settings.Limits.FileBytes {
			return fmt.Errorf("file of %d bytes: %w", req.read.Size, errProtocol)
		}
		req.data = make(chan []byte, 1)
		c.requests <- req
		return c.receiveFile(req)
	case kindBuild:
		if err := decode(payload, &req.opts); err != nil {
			return err
		}
		req.records = make(chan []byte)
		c.requests <- req
		return c.receiveRecords(req.records)
	}
	return unexpected(k)
}

func (c *child) receiveFile(req request) error {
	data := make([]byte, 0, req.read.Size)
	for int64(len(data)) < req.read.Size {
		k, piece, err := c.r.read(maxPayload)
		if err != nil {
			return err
		}
		if k != kindData || len(piece) == 0 || len(piece) > cap(data)-len(data) {
			return unexpected(k)
		}
		data = append(data, piece...)
	}
	req.data <- data
	return nil
}

func (c *child) receiveRecords(records chan<- []byte) error {
	defer c.r.trim()
	for {
		k, payload, err := c.r.read(c.settings.Limits.RecordBytes)
		if err != nil {
			return err
		}
		switch k {
		case kindRecord:
			records <- append([]byte(nil), payload...)
		case kindEnd:
			close(records)
			return nil
		default:
			return unexpected(k)
		}
	}
}
