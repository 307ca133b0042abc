// Command asynq puts jobs through asynq on a Redis server; what is on disk when
// a call returns is what that server's appendfsync says.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hibiken/asynq"

	"docket/bench/peers/contestant"
)

// Names in Redis.
const (
	kind  = "no_op"
	queue = "default"
)

// look is how often it is asked which jobs have ended.
const look = 20 * time.Millisecond

func main() { os.Exit(contestant.Main(open)) }

func open(ctx context.Context, r *contestant.Round) (*contestant.Queue, error) {
	redis := asynq.RedisClientOpt{Addr: r.Database, PoolSize: r.Clients + r.Workers}
	server := asynq.NewServer(redis, asynq.Config{Concurrency: r.Workers, LogLevel: asynq.ErrorLevel})
	e := &ends{round: r, inspector: asynq.NewInspector(redis), ran: make(chan int, 2*r.Jobs)}
	if err := server.Start(asynq.HandlerFunc(e.work)); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	followed := make(chan struct{})
	go func() { defer close(followed); e.follow(ctx) }()
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
			return errors.Join(client.Close(), e.inspector.Close())
		},
	}, nil
}

// ends says which jobs have ended. A handler returns before Redis knows that
// its job has ended, and asynq tells nobody of it; so of the jobs that have run
// as many have ended as Redis has counted.
type ends struct {
	round     *contestant.Round
	inspector *asynq.Inspector
	ran       chan int
}

func (e *ends) work(_ context.Context, t *asynq.Task) error {
	n, err := contestant.Number(string(t.Payload()))
	if err != nil {
		return err
	}
	e.ran <- n
	return nil
}

// follow asks Redis until the context ends.
func (e *ends) follow(ctx context.Context) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	var run []int
	told := 0
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-e.ran:
			run = append(run, n)
			continue
		case <-ticker.C:
		}
		info, err := e.inspector.GetQueueInfo(queue)
		if err != nil { // there is no queue before the first job
			continue
		}
		for ; told < min(len(run), info.ProcessedTotal); told++ {
			e.round.Ended(run[told])
		}
	}
}
