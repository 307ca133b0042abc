package app

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"docket/internal/blob"
	"docket/internal/config"
	"docket/internal/service"
	"docket/internal/store"
)

// openBlobs opens the store of large documents and makes sure that it is the
// one that belongs to the database.
func openBlobs(ctx context.Context, cfg config.Config, db *store.Store) (blobs *blob.Store, err error) {
	if cfg.Blobs.Bucket != "" {
		blobs, err = blob.OpenS3(ctx, bucket(cfg), db)
	} else {
		folder := cfg.Blobs.Folder
		if folder == "" {
			folder = filepath.Join(cfg.Data, "blobs")
		}
		if folder, err = filepath.Abs(folder); err == nil {
			blobs, err = blob.Open(folder, db)
		}
	}
	if err == nil {
		err = blobs.Own(ctx)
	}
	return blobs, err
}

func bucket(cfg config.Config) blob.S3 {
	b := cfg.Blobs
	data := cfg.Data
	if cfg.Database != "" { // nothing that grows is on this machine
		data = ""
	}
	presign := map[config.Presign]blob.Presign{config.PresignUploads: blob.PresignUploads, config.PresignAll: blob.PresignAll}
	return blob.S3{
		Bucket: b.Bucket, Prefix: b.Prefix, Endpoint: b.Endpoint, PublicEndpoint: b.PublicEndpoint, Region: b.Region, PathStyle: b.PathStyle,
		AccessKey: b.AccessKey, Secret: b.Secret, Token: b.Token, Presign: presign[b.Presign], DataFolder: data,
	}
}

// lastBlobs is the store that a server of the folder has used last, for
// commands that do not need what is in it.
func lastBlobs(ctx context.Context, folder string, db *store.Store) (*blob.Store, error) {
	place, err := blob.PlaceOf(ctx, db)
	if err != nil {
		return nil, err
	}
	if name, ok := strings.CutPrefix(place, "s3://"); ok {
		name, prefix, _ := strings.Cut(name, "/")
		return blob.Elsewhere(blob.S3{Bucket: name, Prefix: prefix, DataFolder: folder}, db)
	}
	// A data folder that was moved has its documents in it, whatever it says.
	blobs, err := blob.Open(filepath.Join(folder, "blobs"), db)
	if err != nil || place == "" {
		return blobs, err
	}
	if owned, err := blobs.Owned(ctx); err != nil || owned {
		return blobs, err
	}
	return blob.Open(place, db)
}

// firstOrphans is before when files were made that the first sweep takes for
// left behind. Whoever wrote into a folder of ours before this process is
// gone; other nodes, and clients in a bucket, may be writing what belongs to
// nobody yet.
func firstOrphans(db *store.Store, blobs *blob.Store, start time.Time) time.Time {
	if db.Shared() || blobs.Bucket() {
		return start.Add(-service.OrphanAge)
	}
	return start
}
