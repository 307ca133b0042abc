package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"docket/internal/job"
	"docket/internal/store"
)

// markers is where a store says which database it belongs to: a blob named by
// the store's id, in which the database's is. Every node reads them at its
// start, so that none works without the documents of the others.
const markers = "store"

// Settings of the database.
const (
	settingDatabase = "database_id"
	settingStore    = "blob_store_id"
	settingPlace    = "blob_store_place"
)

// Own makes the store that of the database, or says that it is another's, or
// that the documents of the database are elsewhere. The first node of a
// database decides; who starts at the same time with another store is refused.
func (s *Store) Own(ctx context.Context) error {
	database, err := s.db.Setting(ctx, settingDatabase, randomID)
	if err != nil {
		return err
	}
	if err := s.refuseForeign(ctx, database); err != nil {
		return err
	}
	id, known, err := s.db.FindSetting(ctx, settingStore)
	if err != nil {
		return err
	}
	if !known {
		if id, err = s.mark(ctx, database); err != nil {
			return err
		}
	}
	found, err := s.marked(ctx, id)
	if err != nil {
		return err
	}
	if !found {
		return s.refuseStranger(ctx, id, database)
	}
	return s.db.Write(ctx, &store.SaveSetting{Name: settingPlace, Value: s.Place()})
}

// Owned says that the store is that of the database.
func (s *Store) Owned(ctx context.Context) (bool, error) {
	id, known, err := s.db.FindSetting(ctx, settingStore)
	if err != nil || !known {
		return false, err
	}
	return s.marked(ctx, id)
}

// PlaceOf is where the documents of a database were when it was last served;
// empty when it never was.
func PlaceOf(ctx context.Context, db *store.Store) (string, error) {
	place, _, err := db.FindSetting(ctx, settingPlace)
	return place, err
}

// mark writes a marker and then offers it to the database, which may have
// taken another meanwhile. A marker that was not taken does no harm.
func (s *Store) mark(ctx context.Context, database string) (string, error) {
	mine := randomID()
	w, err := s.driver.create(ctx, markers+"/"+mine)
	if err != nil {
		return "", fmt.Errorf("mark the store of the documents: %w", err)
	}
	if _, err = io.WriteString(w, database); err != nil {
		return "", errors.Join(fmt.Errorf("mark the store of the documents: %w", err), w.abort())
	}
	if err := w.seal(); err != nil {
		return "", fmt.Errorf("mark the store of the documents: %w", err)
	}
	taken, err := s.db.Setting(ctx, settingStore, func() string { return mine })
	if err == nil && taken != mine {
		err = s.driver.remove(markers + "/" + mine)
	}
	return taken, err
}

// marked says that the store has the marker.
func (s *Store) marked(ctx context.Context, id string) (bool, error) {
	_, err := s.content(ctx, markers+"/"+id)
	if job.CodeOf(err) == job.ResultGone {
		return false, nil
	}
	return err == nil, err
}

// Markers are the blobs that say whose the store is: copies of it need them.
func (s *Store) Markers(ctx context.Context) ([]job.File, error) {
	all, err := s.driver.under(ctx, markers)
	var files []job.File
	for _, m := range all {
		files = append(files, job.File{Name: markers, Blob: m.Blob, Size: m.Size})
	}
	return files, err
}

// refuseForeign refuses a store with the marker of another database: the one
// would sweep what belongs to the other.
func (s *Store) refuseForeign(ctx context.Context, database string) error {
	all, err := s.driver.under(ctx, markers)
	if err != nil {
		return err
	}
	for _, m := range all {
		other, err := s.content(ctx, m.Blob)
		if job.CodeOf(err) == job.ResultGone { // another node was not the first
			continue
		}
		if err != nil {
			return err
		}
		if other != database {
			return fmt.Errorf("%s belongs to another database (%s, and not %s, in %s): give each database a folder or a prefix of its own, or use the database that belongs to these documents",
				s.Place(), other, database, s.Place()+"/"+m.Blob)
		}
	}
	return nil
}

func (s *Store) content(ctx context.Context, name string) (string, error) {
	r, err := s.driver.open(ctx, name)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(r, 1<<10))
	return strings.TrimSpace(string(b)), errors.Join(err, r.Close())
}

func (s *Store) refuseStranger(ctx context.Context, id, database string) error {
	place, err := PlaceOf(ctx, s.db)
	if err != nil {
		return err
	}
	return fmt.Errorf("the documents of this database are not in %s but in another place, last %s: start with --blobs and that place, which every node must reach (a shared folder or a bucket); "+
		"if everything was moved here, or the rest is lost, write %s into %s/%s/%s", s.Place(), orElse(place, "unknown"), database, s.Place(), markers, id)
}

func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
