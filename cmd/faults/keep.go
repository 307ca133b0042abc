package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"sync"
)

// askers look at the same time whether documents are kept.
const askers = 8

// documents fetches every document that was handed in.
func (c *clients) documents(ctx context.Context) error {
	owners := map[string]bool{}
	c.notes.note(func(r *Record) {
		for _, s := range r.Submits {
			if s.SHA256 != "" {
				owners[s.Job] = true
			}
		}
	})
	ids := make(chan string)
	var wg sync.WaitGroup
	for range askers {
		wg.Go(func() {
			for id := range ids {
				d := c.document(ctx, id)
				c.notes.note(func(r *Record) { r.Kept = append(r.Kept, d) })
			}
		})
	}
	for id := range owners {
		ids <- id
	}
	close(ids)
	wg.Wait()
	return context.Cause(ctx)
}

// document fetches the one of a job.
func (c *clients) document(ctx context.Context, id string) Document {
	d := Document{Job: id}
	body, _, err := c.patient.Open(ctx, "/jobs/"+id+"/input/1", nil)
	if err == nil {
		var data []byte
		data, err = io.ReadAll(body)
		err = errors.Join(err, body.Close())
		d.SHA256 = hash(data)
	}
	if err != nil {
		d.Err = err.Error()
	}
	return d
}

// hash is the sha256 in hexadecimals.
func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
