package load

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"docket/bench/harness"
)

// Serve lets a yardstick answer requests until the process is stopped.
func Serve(ctx context.Context, out io.Writer, h http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if _, err := fmt.Fprintln(out, harness.Ready+l.Addr().String()); err != nil {
		return fmt.Errorf("say where: %w", err)
	}
	return http.Serve(l, h) //nolint:gosec // a yardstick needs no time-outs
}
