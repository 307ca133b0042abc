// Package service holds the verbs: it is the only code that changes a job.
// Everything else asks it or watches.
package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/event"
	"docket/internal/job"
	"docket/internal/op"
	"docket/internal/store"
)

// Service does what clients and workers ask for.
type Service struct {
	store      *store.Store
	blobs      *blob.Store
	hub        *event.Hub
	operations map[job.Operation]op.Operation
	pictures   *op.Pictures
	now        func() time.Time
	log        *slog.Logger
	secret     []byte
	keys       keyring
	acts       acts
	inUse      keysInUse
	pace       pace
	endpoints  listeners
	settings   Settings
	paused     atomic.Pointer[[]Paused]
	slots      atomic.Int64 // of all nodes; 0 until they were read
	pausing    sync.Mutex
	health     health
	begun      time.Time
	away       atomic.Bool   // the store of the documents did not answer last
	awaited    chan struct{} // somebody asks for a job that waits for its document
}

// Settings are the limits and promises of the service.
type Settings struct {
	MaxFile   int64         // bytes of one document
	MinFree   int64         // bytes of the disk below which nothing is taken
	Retention time.Duration // how long a final job is kept
	Workers   int           // jobs that run at the same time on this node
	Version   string        // of the program
	Sockets   int           // WebSockets that an account may have open on this node
	PublicURL string        // where the server is reached, for links in messages
	Loopback  bool          // only this machine reaches the server, so that it may be open
	SMTP      bool          // there is a mail server
	// MailDomains are those that e-mails may be sent to; all when empty.
	MailDomains []string
	MaxMails    int           // that an account may ask for in a day; 0: as many as it likes
	KeepActs    time.Duration // how long it is known who did what; 0: for ever
	// PrivateNetworks are those that documents may be fetched from and
	// messages sent to.
	PrivateNetworks []netip.Prefix
	// HideForeign says of what belongs to another account that it does not
	// exist, instead of that it may not be had.
	HideForeign bool
	Limits      account.Limits // of keys that have none of their own
}

// Parts are what a service is made of.
type Parts struct {
	Store      *store.Store
	Blobs      *blob.Store
	Hub        *event.Hub
	Operations []op.Operation
	Pictures   *op.Pictures // of pages
	Now        func() time.Time
	Log        *slog.Logger
}

// New makes the service; it reads the database's secret, or makes it, and the
// keys.
func New(ctx context.Context, p Parts, settings Settings) (*Service, error) {
	s := &Service{
		store: p.Store, blobs: p.Blobs, hub: p.Hub, operations: map[job.Operation]op.Operation{},
		pictures: p.Pictures, now: p.Now, log: p.Log, settings: settings, pace: pace{usual: map[job.Operation]time.Duration{}},
		inUse: keysInUse{use: map[[2]string]chan struct{}{}}, awaited: make(chan struct{}, 1),
	}
	s.begun = s.time()
	for _, o := range p.Operations {
		s.operations[o.Name()] = o
	}
	p.Store.Follow(p.Hub.Publish)
	p.Hub.Listen(func(e job.Event) bool { // as long as there is a hub
		s.pace.saw(e)
		return false
	})
	secret, err := p.Store.Setting(ctx, "secret", newSecret)
	if err != nil {
		return nil, err
	}
	if s.secret, err = hex.DecodeString(secret); err != nil {
		return nil, fmt.Errorf("read the database's secret: %w", err)
	}
	if err := s.LoadKeys(ctx); err != nil {
		return nil, err
	}
	if err := s.loadPaused(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// room is the error of code DiskFull when the disk has less room than is kept
// free for the jobs that run: they must end, and be cancelled and deleted, for
// which the database must be able to write. // contract J10
func (s *Service) room() error {
	free, err := s.blobs.Free()
	if err != nil {
		return &job.Error{Code: job.Unavailable, Err: err}
	}
	if free < s.settings.MinFree {
		return job.Errorf(job.DiskFull, nil, "%d bytes are free, and %d must be", free, s.settings.MinFree)
	}
	return nil
}

// MaxFile is the size in bytes of the largest document.
func (s *Service) MaxFile() int64 { return s.settings.MaxFile }

// MaxSockets is how many WebSockets an account may have open.
func (s *Service) MaxSockets() int { return s.settings.Sockets }

// Now is the time by the clock that all nodes of a database go by, of which
// what is stored has its times.
func (s *Service) Now() time.Time { return s.time() }

// time is now as it is stored: µs, UTC.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// expiring is the final job with its expiry.
func (s *Service) expiring(j job.Job) job.Job {
	j.ExpiresAt = j.Expiry(j.FinishedAt, s.settings.Retention)
	return j
}
