package submits

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver that Docket has

	"docket/bench/load"
)

// inserting is what the yardstick is to do.
type inserting struct {
	Folder  string `json:"folder"`  // in which it makes one of its own
	Commits string `json:"commits"` // group or each
}

// inRow is up to how many bytes a document is in its row, as with Docket.
const inRow = 64 << 10

// Insert is the yardstick: the least that a durable submit needs.
func Insert(ctx context.Context, in io.Reader, out io.Writer) error {
	var do inserting
	if err := json.NewDecoder(in).Decode(&do); err != nil {
		return fmt.Errorf("read what to do: %w", err)
	}
	folder, err := os.MkdirTemp(do.Folder, "insert-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "rows.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-4000)")
	if err != nil {
		return fmt.Errorf("open a database: %w", err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "CREATE TABLE rows (id BLOB NOT NULL PRIMARY KEY, hash TEXT NOT NULL, body BLOB)"); err != nil {
		return fmt.Errorf("make the table: %w", err)
	}
	w, err := newWriter(ctx, db, do.Commits == "group")
	if err != nil {
		return err
	}
	go w.run(ctx)
	return load.Serve(ctx, out, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		one, err := receive(r, folder)
		if err == nil {
			err = w.write(one)
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		rw.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(rw, hex.EncodeToString(one.id)) // a client that is gone does not matter
	}))
}

// receive reads the form; a large document is on the disk when it returns.
func receive(r *http.Request, folder string) (one row, err error) {
	one.id = make([]byte, 16)
	_, _ = rand.Read(one.id) // never fails
	form, err := r.MultipartReader()
	if err != nil {
		return one, fmt.Errorf("read the form: %w", err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return one, nil
		}
		if err != nil {
			return one, fmt.Errorf("read the form: %w", err)
		}
		hash := sha256.New()
		body, err := io.ReadAll(io.TeeReader(io.LimitReader(part, inRow+1), hash))
		if err != nil {
			return one, fmt.Errorf("read the form: %w", err)
		}
		if part.FileName() == "" {
			continue
		}
		if one.body = body; len(body) > inRow {
			one.body = nil
			if err := intoFile(filepath.Join(folder, hex.EncodeToString(one.id)), body, io.TeeReader(part, hash)); err != nil {
				return one, err
			}
		}
		one.hash = hex.EncodeToString(hash.Sum(nil))
	}
}

func intoFile(name string, begin []byte, rest io.Reader) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("keep a document: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, io.MultiReader(strings.NewReader(string(begin)), rest)); err != nil {
		return fmt.Errorf("keep a document: %w", err)
	}
	return f.Sync()
}
