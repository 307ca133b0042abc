package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"time"

	"docket/internal/job"
	"docket/internal/service"
)

// newNode is this process as the others see it.
func newNode(id, role string, slots int) job.Node {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return job.Node{ID: id, Host: host, Role: role, Version: version(), Slots: slots, Started: time.Now().UTC()}
}

// keepNode says that the node is there until the context ends, and then that
// it has left.
func keepNode(ctx context.Context, svc *service.Service, n job.Node, log *slog.Logger) {
	ticker := time.NewTicker(service.BeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := svc.Leave(context.WithoutCancel(ctx), n.ID); err != nil {
				log.Error("leave", "error", err)
			}
			return
		case <-ticker.C:
		}
		if err := svc.Beat(ctx, n, false); err != nil && ctx.Err() == nil {
			log.Error("say that this node is there", "error", err)
		}
	}
}

// nodeName names this process in leases; no other ever has the same.
func nodeName() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), hex.EncodeToString(b[:]))
}
