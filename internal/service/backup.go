package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"docket/internal/account"
	"docket/internal/blob"
	"docket/internal/job"
	"docket/internal/store"
)

// Names inside a backup.
const (
	backupDatabase = "docket.db"
	backupBlobs    = "blobs"
	backupManifest = "manifest.json"
	backupFormat   = 1
)

// manifest is the list of what a backup consists of. It is written last: a
// folder without one is no backup.
type manifest struct {
	Format    int          `json:"format"`
	CreatedAt time.Time    `json:"created_at"`
	Files     []backupFile `json:"files"`
	// Documents is the bucket that has them; empty when they are in the backup.
	Documents string `json:"documents,omitempty"`
}

type backupFile struct {
	Name   string `json:"name"` // with slashes, below the folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Copied says how much was backed up or restored.
type Copied struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
	// Documents is the bucket that has the documents and results; empty when
	// they were copied.
	Documents string `json:"documents,omitempty"`
}

func (m manifest) copied() Copied {
	c := Copied{Files: len(m.Files), Documents: m.Documents}
	for _, f := range m.Files {
		c.Bytes += f.Size
	}
	return c
}

// Backup copies the database, as it is at one moment, and the documents and
// results that it names, into a folder that is empty or not there yet. Those
// in a bucket stay there, and are not copied. Work goes on meanwhile. After an
// error the folder is as it was.
func (s *Service) Backup(ctx context.Context, folder string) (Copied, error) {
	done, err := takeFolder(folder)
	if err != nil {
		return Copied{}, err
	}
	m, err := s.copyInto(ctx, folder)
	if err == nil {
		err = m.write(folder)
	}
	if err != nil {
		return Copied{}, errors.Join(fmt.Errorf("back up into %s: %w", folder, err), done(false))
	}
	if act, err := s.act(ctx, account.ServerBackedUp, account.From(ctx).ID, "server", ""); err == nil {
		if err := s.store.Write(ctx, &store.WriteActs{Acts: []account.Act{act}}); err != nil {
			s.log.Error("note a backup in the audit log", "error", err)
		}
	}
	return m.copied(), done(true)
}

// partial marks a folder that is being filled.
const partial = ".partial"

// takeFolder makes the folder, which must be empty, the caller's; done lets go
// of it, and empties it again when what was to be done failed.
func takeFolder(folder string) (done func(ok bool) error, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("look into the folder: %w", err)
	}
	for _, e := range entries {
		if e.Name() != "lost+found" { // of a disk of its own
			return nil, &job.Error{Code: job.Conflict, Facts: job.Facts{"problem": fmt.Sprintf("%s is not empty: it has %s", folder, e.Name())}}
		}
	}
	mark, err := os.OpenFile(filepath.Join(folder, partial), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write into the folder: %w", err)
	}
	return func(ok bool) error {
		errs := []error{mark.Close(), os.Remove(mark.Name())}
		if !ok {
			for _, name := range []string{backupManifest, backupManifest + partial, backupDatabase, backupDatabase + partial, backupBlobs} {
				errs = append(errs, os.RemoveAll(filepath.Join(folder, name)))
			}
		}
		return errors.Join(append(errs, blob.SyncTree(folder), blob.SyncFolder(filepath.Dir(folder)))...)
	}, nil
}

// copyInto fills the folder. While it does, no file of a job is removed: what
// the snapshot names is there until it has been copied.
func (s *Service) copyInto(ctx context.Context, folder string) (m manifest, err error) {
	release := s.blobs.Hold()
	defer func() { err = errors.Join(err, release()) }()
	m = manifest{Format: backupFormat, CreatedAt: s.time()}
	database := filepath.Join(folder, backupDatabase)
	if err := s.store.Snapshot(ctx, database); err != nil {
		return m, err
	}
	f, err := describe(ctx, database)
	if err != nil {
		return m, err
	}
	m.Files = append(m.Files, f)
	if s.blobs.Bucket() {
		m.Documents = s.blobs.Place()
		return m, nil
	}
	if err := s.copyMarkers(ctx, folder, &m); err != nil {
		return m, err
	}
	seen := map[string]bool{}
	err = store.JobsOf(ctx, database, func(j job.Job) error {
		for _, f := range j.Files() {
			if f.Inline || seen[f.Blob] {
				continue
			}
			seen[f.Blob] = true
			sum, err := s.blobs.Export(ctx, f, filepath.Join(folder, backupBlobs))
			if job.CodeOf(err) == job.ResultGone && !j.ExpiresAt.IsZero() && !m.CreatedAt.Before(j.ExpiresAt) {
				continue // nobody can read it any more, and its row goes next
			}
			if err != nil {
				return fmt.Errorf("job %s: %w", j.ID, err)
			}
			m.Files = append(m.Files, backupFile{Name: path.Join(backupBlobs, f.Blob), Size: f.Size, SHA256: sum})
		}
		return nil
	})
	return m, err
}

// copyMarkers copies what says whose the documents are.
func (s *Service) copyMarkers(ctx context.Context, folder string, m *manifest) error {
	markers, err := s.blobs.Markers(ctx)
	for _, f := range markers {
		var sum string
		if sum, err = s.blobs.Export(ctx, f, filepath.Join(folder, backupBlobs)); err != nil {
			break
		}
		m.Files = append(m.Files, backupFile{Name: path.Join(backupBlobs, f.Blob), Size: f.Size, SHA256: sum})
	}
	return err
}

// describe syncs the file and says what it is.
func describe(ctx context.Context, name string) (backupFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return backupFile{}, err
	}
	info, err := f.Stat()
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()) // it holds the secret that signs links
	if err != nil {
		return backupFile{}, err
	}
	sum, err := blob.SumFile(ctx, name, info.Size())
	return backupFile{Name: filepath.Base(name), Size: info.Size(), SHA256: sum}, err
}

// write puts the manifest into the folder, once everything else is on disk.
func (m manifest) write(folder string) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	if err := blob.SyncTree(folder); err != nil {
		return err
	}
	name := filepath.Join(folder, backupManifest)
	f, err := os.OpenFile(name+partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(name+partial, name)
}

// readManifest reads the list of a backup.
func readManifest(folder string) (m manifest, err error) {
	b, err := os.ReadFile(filepath.Join(folder, backupManifest))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s is no backup, or one that was not finished: it has no %s", folder, backupManifest)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("read %s: %w", backupManifest, err)
	}
	if m.Format != backupFormat {
		return m, fmt.Errorf("the backup has format %d, and this program knows format %d: use the program that wrote it, or a newer one", m.Format, backupFormat)
	}
	return m, nil
}
