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
		return c.receiveFile(req, req.read.Size)
	case kindParse:
		var command parseCommand
		if err := decode(payload, &command); err != nil {
			return err
		}
		req.read, req.opts, req.back, req.records = command.Read, command.Build, command.Back, make(chan []byte)
		if err := c.receiveFile(req, req.read.Size); err != nil {
			return err
		}
		return c.receiveRecords(req.records)
	case kindSplit:
		if err := decode(payload, &req.split); err != nil {
			return err
		}
		return c.receiveFile(req, req.split.Size)
	case kindRender:
		if err := decode(payload, &req.render); err != nil {
			return err
		}
		return c.receiveFile(req, req.render.Size)
	case kindSite:
		if err := decode(payload, &req.site); err != nil {
			return err
		}
		return c.receiveFile(req, req.site.Size)
	case kindAttach:
		if err := decode(payload, &req.attach); err != nil {
			return err
		}
		return c.receiveFile(req, req.attach.Size)
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

// receiveFile hands the request on, and then its file of size bytes.
func (c *child) receiveFile(req request, size int64) error {
	if size < 0 || size > c.settings.Limits.FileBytes {
		return fmt.Errorf("file of %d bytes: %w", size, errProtocol)
	}
	req.data = make(chan []byte, 1)
	c.requests <- req
	data := make([]byte, 0, size)
	for int64(len(data)) < size {
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
