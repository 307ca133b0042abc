package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"docket/internal/account"
	"docket/internal/config"
	"docket/internal/service"
)

// firstKey makes a key when others than this machine reach the server and
// there is none, because without one nobody could use it.
func firstKey(ctx context.Context, svc *service.Service, cfg config.Config) (account.Secret, error) {
	if cfg.Loopback() || len(svc.Keys("")) > 0 {
		return "", nil
	}
	_, secret, err := svc.CreateKey(account.With(ctx, account.Operator()), service.KeySpec{Name: "first start", Scopes: account.Read | account.Write | account.Admin})
	return secret, err
}

// greet says where the server is and what to try.
func greet(w io.Writer, d *doors, cfg config.Config, open bool, first account.Secret) error {
	if d.main == nil {
		return greetWorker(w, d, cfg)
	}
	file := "examples/invoice.pdf"
	if _, err := os.Stat(file); err != nil {
		file = "document.pdf"
	}
	mode, key := "Open mode: there are no keys, and everyone on this machine may use it.", ""
	switch {
	case first != "":
		mode, key = "First start: this key may do everything, and is shown this once.\n\n  "+string(first)+"\n\nMake others with `docket keys create`.", "-H 'X-API-Key: "+string(first)+"' "
	case !open:
		mode, key = "Every request needs a key; `docket keys` manages them.", "-H 'X-API-Key: …' "
	}
	_, err := fmt.Fprintf(w, `Docket listens on %[1]s with %[2]s, data in %[3]s.
%[5]s

Look:    %[1]s/ui/
Try it:  curl %[6]s-F file=@%[4]s %[1]s/parse
Then:    curl %[6]s%[1]s/parse/{job_id}
`, d.url(), workersOf(cfg), cfg.Data, file, mode, key)
	if err == nil && d.health != nil {
		_, err = fmt.Fprintf(w, "Metrics: http://%s/metrics\n", reachable(d.health.Addr()))
	}
	if err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	return nil
}

// greetWorker says what a node without an API does.
func greetWorker(w io.Writer, d *doors, cfg config.Config) error {
	_, err := fmt.Fprintf(w, "Docket works with %s for %s, data in %s.\n", workersOf(cfg), cfg.PublicURL, cfg.Data)
	if err == nil && d.health != nil {
		_, err = fmt.Fprintf(w, "Metrics: http://%s/metrics\n", reachable(d.health.Addr()))
	}
	if err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	return nil
}

func workersOf(cfg config.Config) string {
	if cfg.Workers == 1 {
		return "1 worker"
	}
	return fmt.Sprintf("%d workers", cfg.Workers)
}

// reachable is an address that works when it is pasted on this machine.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return addr.String()
}
