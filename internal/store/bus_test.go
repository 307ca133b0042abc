//go:build postgres

package store_test

import (
	"context"
	"errors"
	"testing"

	"docket/internal/store"
	"docket/internal/testkit"
)

// What one node says, every node hears that listens. // design 5
func TestBus(t *testing.T) {
	address := testkit.Database(t)
	a, b := connect(t, address, store.PostgresOptions{}), connect(t, address, store.PostgresOptions{})
	ctx, stop := context.WithCancel(t.Context())
	ready, heard, ended := make(chan struct{}), make(chan string, 10), make(chan error)
	go func() {
		ended <- a.Bus().Hear(ctx, func() { close(ready) }, func(text string) { heard <- text })
	}()
	<-ready
	if err := b.Bus().Say(t.Context(), []string{"one", "two"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Bus().Say(t.Context(), []string{"three"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "two", "three"} {
		if got := <-heard; got != want {
			t.Errorf("heard %q, not %q", got, want)
		}
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
