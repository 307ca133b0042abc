package service

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"docket/internal/blob"
)

// Restore copies a backup into a data folder that is empty or not there yet,
// and checks every file of it by size and sha256. The database comes last:
// without it the folder is none that a server takes for its own. After an
// error the folder is as it was.
func Restore(ctx context.Context, backup, data string) (Copied, error) {
	m, err := readManifest(backup)
	if err != nil {
		return Copied{}, err
	}
	if err := m.check(); err != nil {
		return Copied{}, err
	}
	done, err := takeFolder(data)
	if err != nil {
		return Copied{}, err
	}
	if err := m.restore(ctx, backup, data); err != nil {
		if cleared := done(false); cleared != nil {
			err = fmt.Errorf("%w; and %s could not be emptied again: %w", err, data, cleared)
		}
		return Copied{}, err
	}
	return m.copied(), done(true)
}

// check refuses a list that does not describe a backup, or that leads out of
// its folder.
func (m manifest) check() error {
	if !slices.ContainsFunc(m.Files, func(f backupFile) bool { return f.Name == backupDatabase }) {
		return fmt.Errorf("the manifest has no %s", backupDatabase)
	}
	for _, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) || (f.Name != backupDatabase && !strings.HasPrefix(f.Name, backupBlobs+"/")) {
			return fmt.Errorf("the manifest names %q, which is no part of a backup", f.Name)
		}
	}
	return nil
}

func (m manifest) restore(ctx context.Context, backup, data string) error {
	for _, f := range m.Files {
		name := filepath.FromSlash(f.Name)
		target := filepath.Join(data, name)
		if f.Name == backupDatabase {
			target += partial
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		sum, err := blob.CopyFile(ctx, filepath.Join(backup, name), target, f.Size)
		if err == nil && sum != f.SHA256 {
			err = fmt.Errorf("its sha256 is %s instead of %s", sum, f.SHA256)
		}
		if err != nil {
			return fmt.Errorf("the backup is damaged at %s: %w", f.Name, err)
		}
	}
	if err := blob.SyncTree(data); err != nil {
		return err
	}
	database := filepath.Join(data, backupDatabase)
	return os.Rename(database+partial, database)
}
