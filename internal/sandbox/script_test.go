package sandbox

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"
	"syscall"

	"docket/internal/document"
	"docket/internal/job"
)

// scriptWork serves documents that are scripts: one word for each page, which
// says what the child does there.
func scriptWork() work {
	var h hoard
	return work{
		compile: func(context.Context, string) error { return nil },
		load: func(context.Context, settings) (tools, error) {
			return tools{read: h.readScripted, build: buildScripted}, nil
		},
	}
}

// hoard is the memory that scripts have the child keep.
type hoard [][]byte

// grow adds n bytes that are really there.
func (h *hoard) grow(n int) {
	b := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		b[i] = 1
	}
	*h = append(*h, b)
}

func (h *hoard) readScripted(t *task, req readCommand, data []byte) (bool, error) {
	words := strings.Fields(string(data))
	if len(words) > 0 && words[0] == "refuse" {
		return false, scriptError()
	}
	first, last := pageRange(len(words), req.FirstPage, req.MaxPages)
	if err := t.opened(document.Info{Format: "script", Pages: len(words)}, first, last); err != nil {
		return false, err
	}
	retire := false
	for n := first; n <= last; n++ {
		word, arg, _ := strings.Cut(words[n-1], ":")
		number, _ := strconv.Atoi(arg)
		if err := t.begin(n); err != nil {
			return false, err
		}
		record, err := h.actPage(t, n, word, number)
		if word == "say" {
			record = []byte(arg)
		}
		if err != nil {
			return retire, err
		}
		retire = retire || word == "retire"
		if err := t.page(n, record); err != nil {
			return retire, err
		}
	}
	return retire, nil
}

func scriptError() error {
	return fmt.Errorf("outside: %w", job.Errorf(job.PasswordProtected, job.Facts{
		"page": 3, "bytes": int64(7), "ratio": 0.5, "name": "a b", "fatal": true, "fonts": []string{"A", "B"},
	}, "inside"))
}

// actPage does what a page says and gives its record.
func (h *hoard) actPage(t *task, page int, word string, number int) ([]byte, error) {
	switch word {
	case "big":
		return bytes.Repeat([]byte{'x'}, number), nil
	case "pid":
		return []byte(strconv.Itoa(os.Getpid())), nil
	case "error":
		return nil, errors.New("plain failure")
	case "loop":
		for n := 0; ; n++ {
			number += n
		}
	case "hang":
		select {}
	case "exit":
		fmt.Fprintln(os.Stderr, "first words"+strings.Repeat("\nblah", 10000)+"\nlast words")
		os.Exit(number)
	case "panic":
		panic("decoder panicked")
	case "kill":
		return nil, syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "alloc":
		for {
			h.grow(16 * mib)
		}
	case "reserve":
		for {
			*h = append(*h, make([]byte, 256*mib))
		}
	case "keep":
		h.grow(number)
	case "garbage", "oversize", "unknown", "skip", "twice", "early", "mixed", "hello":
		if err := misbehave(t, page, word); err != nil {
			return nil, err
		}
		select {}
	case "env":
		return []byte(strings.Join(os.Environ(), ",")), nil
	case "escape":
		return []byte(strings.Join(escapes(), "\n")), nil
	}
	return []byte("record " + strconv.Itoa(page)), nil
}

// misbehave breaks the protocol.
func misbehave(t *task, page int, word string) error {
	var err error
	raw := func(size uint32, k byte) error {
		_, err := t.w.w.Write(append(binary.BigEndian.AppendUint32(nil, size), k))
		return err
	}
	switch word {
	case "garbage":
		_, err = t.w.w.WriteString("the quick brown fox jumps over the lazy dog")
	case "oversize":
		err = raw(maxPayload+1, byte(kindPage))
	case "unknown":
		err = raw(0, byte(kindLimit))
	case "skip":
		err = t.page(page+1, nil)
	case "twice":
		err = t.begin(page)
	case "early":
		err = t.w.sendJSON(kindDone, outcome{})
	case "mixed":
		err = errors.Join(raw(0, byte(kindPage)|moreFlag), raw(0, byte(kindBegin)))
	case "hello":
		err = t.w.send(kindHello)
	}
	return errors.Join(err, t.w.flush())
}

// buildScripted gives one chunk for each record.
func buildScripted(_ document.Options, records iter.Seq[[]byte]) (structure, error) {
	var chunks []string
	for record := range records {
		chunks = append(chunks, string(record))
		switch string(record) {
		case "fail":
			return nil, job.Errorf(job.Unreadable, job.Facts{"page": len(chunks)}, "scripted")
		case "hang":
			select {}
		case "exit":
			os.Exit(5)
		}
	}
	return func(t *task) (document.Summary, error) {
		for _, chunk := range chunks {
			if chunk == "hang at the end" {
				select {}
			}
			if err := t.chunk(map[string]string{"text": chunk}); err != nil {
				return document.Summary{}, err
			}
		}
		return document.Summary{Pages: len(chunks)}, nil
	}, nil
}
