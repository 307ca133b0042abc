// Command asynq puts jobs through asynq on a Redis server; what is on disk when
// a call returns is what that server's appendfsync says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hibiken/asynq"

	"docket/bench/peers/contestant"
)

// Names in Redis.
const (
	kind  = "no_op"
	queue = "default"
)

func main() { os.Exit(contestant.Main(open)) }

func open(ctx context.Context, r *contestant.Round) (*contestant.Queue, error) {
	redis := asynq.RedisClientOpt{Addr: r.Database, PoolSize: r.Clients + r.Workers}
	server := asynq.NewServer(redis, asynq.Config{Concurrency: r.Workers, LogLevel: asynq.ErrorLevel})
	inspector, counted := asynq.NewInspector(redis), contestant.NewCounted(r)
	work := func(_ context.Context, t *asynq.Task) error { return counted.Ran(string(t.Payload())) }
	if err := server.Start(asynq.HandlerFunc(work)); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		counted.Follow(ctx, func() (int, error) {
			info, err := inspector.GetQueueInfo(queue)
			if err != nil {
				return 0, err // there is no queue before the first job
			}
			return info.ProcessedTotal, nil
		})
	}()
	client := asynq.NewClient(redis)
	return &contestant.Queue{
		Submit: func(ctx context.Context, jobs []int) error {
			for _, n := range jobs {
				if _, err := client.EnqueueContext(ctx, asynq.NewTask(kind, []byte(contestant.Payload(n))), asynq.Queue(queue)); err != nil {
					return fmt.Errorf("enqueue: %w", err)
				}
			}
			return nil
		},
		Close: func() error {
			stop()
			<-followed
			server.Shutdown()
			return errors.Join(client.Close(), inspector.Close())
		},
	}, nil
}
