package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// promised is within what a server ends after SIGTERM, and the delay.
// docs/OPERATING.md
const promised = 10 * time.Second

// Whatever a server waits for when it is told to end, it ends in less than the
// time that is promised: work that never ends holds it for a while, and so does
// a database that is never closed. One that has nothing to wait for ends at once.
func TestEndIsBounded(t *testing.T) {
	never, at := time.Duration(1<<62), time.Duration(0)
	broken, gone := errors.New("the sandbox is broken"), errors.New("the database is gone")
	for name, test := range map[string]struct {
		work, closing time.Duration // how long they take
		delay         time.Duration // of the settings
		cause, closed error         // what ends it, unless it is told to, and how closing ends
		took          time.Duration // after the end of the context
		err           error
		says          string
	}{
		"nothing to wait for":             {at, at, 0, nil, nil, 0, nil, ""},
		"work that ends":                  {4 * time.Second, at, 0, nil, nil, 4 * time.Second, nil, ""},
		"work that never ends":            {never, at, 0, nil, nil, 7 * time.Second, nil, "stopped in the middle of work"},
		"a close that fails":              {at, time.Second, 0, nil, gone, time.Second, gone, ""},
		"a close that never ends":         {at, never, 0, nil, nil, 9 * time.Second, nil, "ended without closing"},
		"neither ever ends":               {never, never, 0, nil, nil, 9 * time.Second, nil, "ended without closing"},
		"neither ever ends, with a delay": {never, never, 6 * time.Second, nil, nil, 15 * time.Second, nil, "ended without closing"},
		"broken, and neither ever ends":   {never, never, 0, broken, nil, 9 * time.Second, broken, "ended without closing"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancelCause(t.Context())
				var said strings.Builder
				log := slog.New(slog.NewTextHandler(&said, nil))
				release := make(chan struct{})
				lasts := func(d time.Duration) {
					select {
					case <-time.After(d):
					case <-release:
					}
				}
				var left sync.WaitGroup
				left.Add(1)
				ended := make(chan error, 1)
				go func() {
					ended <- within(ctx, deadline(ctx, test.delay+stopAll), log, func() error {
						defer left.Done()
						var wg sync.WaitGroup
						late := deadline(ctx, test.delay+stopWork)
						wg.Go(func() { <-ctx.Done(); lasts(test.work) })
						<-ctx.Done()
						waitFor(&wg, late, log)
						lasts(test.closing)
						return test.closed
					})
				}()
				<-time.After(time.Hour)
				select {
				case err := <-ended:
					t.Fatalf("it ended by itself: %v", err)
				default:
				}
				told := time.Now()
				stop(test.cause)
				err := <-ended
				took := time.Since(told)
				if took != test.took || took >= promised+test.delay || !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
					t.Errorf("it ended after %v with %v", took, err)
				}
				if test.says == "" && said.Len() > 0 || !strings.Contains(said.String(), test.says) {
					t.Errorf("it says %q", said.String())
				}
				close(release)
				left.Wait()
			})
		})
	}
}

// What ends before it is told to is not waited for, and says why it ended.
func TestEndByItself(t *testing.T) {
	full := errors.New("the disk is full")
	late := deadline(t.Context(), stopAll)
	if err := within(t.Context(), late, slog.New(slog.DiscardHandler), func() error { return full }); !errors.Is(err, full) {
		t.Errorf("it ended with %v", err)
	}
}
