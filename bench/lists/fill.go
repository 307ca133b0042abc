package lists

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers that Docket has
	_ "modernc.org/sqlite"

	"docket/bench/harness"
)

// table is a server with many jobs.
type table struct {
	docket   *harness.Docket
	someJob  string
	versions map[string]string
}

// fill makes a database of jobs that ended in the last thirty days, by plain
// SQL, and starts a server on it.
func fill(ctx context.Context, env *harness.Env, jobs int, postgres bool) (t table, stop func() error, err error) {
	drop := func() error { return nil }
	defer func() {
		if err != nil {
			err = errors.Join(err, drop())
		}
	}()
	o := harness.DocketOptions{Core: harness.ServerCore}
	if o.Folder, err = os.MkdirTemp(env.Folder, "lists-"); err != nil {
		return t, nil, fmt.Errorf("make a folder: %w", err)
	}
	if postgres {
		var version string
		if o.Database, version, drop, err = env.Database(ctx); err != nil {
			drop = func() error { return nil }
			return t, nil, err
		}
		t.versions = map[string]string{"PostgreSQL": version}
	}
	first, err := env.StartDocket(ctx, o) // makes tables and key
	if err != nil {
		return t, nil, err
	}
	if err := first.Stop(); err != nil {
		return t, nil, err
	}
	if err := insert(ctx, o, jobs); err != nil {
		return t, nil, err
	}
	if t.docket, err = env.Serve(ctx, o); err != nil {
		return t, nil, err
	}
	t.docket.Key = first.Key
	stop = func() error { return errors.Join(t.docket.Stop(), drop(), os.RemoveAll(o.Folder)) }
	if t.someJob, err = middle(ctx, t.docket, jobs); err != nil {
		return t, nil, errors.Join(err, t.docket.Stop())
	}
	return t, stop, nil
}

// middle is the id of a job in the middle of the list.
func middle(ctx context.Context, d *harness.Docket, jobs int) (string, error) {
	text, err := d.Ask(ctx, "GET", fmt.Sprintf("/jobs?limit=1&offset=%d", jobs/2), "", nil)
	if err != nil {
		return "", err
	}
	var list struct {
		Pagination struct{ Total int }
		Jobs       []struct {
			JobID string `json:"job_id"`
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return "", fmt.Errorf("read a list: %w", err)
	}
	if list.Pagination.Total != jobs || len(list.Jobs) != 1 {
		return "", fmt.Errorf("the list has %d jobs, not %d", list.Pagination.Total, jobs)
	}
	return list.Jobs[0].JobID, nil
}

// atOnce is how many jobs are inserted with one statement.
const atOnce = 50_000

func insert(ctx context.Context, o harness.DocketOptions, jobs int) (err error) {
	driver, address := "sqlite", "file:"+filepath.Join(o.Folder, "docket.db")+"?_pragma=synchronous(OFF)&_pragma=cache_size(-500000)"
	words := sqliteWords()
	if o.Database != "" {
		driver, address, words = "pgx", o.Database, postgresWords()
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	restore, err := dropIndexes(ctx, db, o.Database != "")
	if err != nil {
		return err
	}
	const days = 30 * 24 * time.Hour
	begin, step := time.Now().Add(-days).UnixMicro(), days.Microseconds()/int64(jobs)
	for from := 0; from < jobs; from += atOnce {
		row := strings.NewReplacer("BEGIN", fmt.Sprint(begin), "STEP", fmt.Sprint(step), "FROM_N", fmt.Sprint(from), "TO_N", fmt.Sprint(min(from+atOnce, jobs)-1))
		for _, statement := range []string{insertJobs, insertTags} {
			if _, err := db.ExecContext(ctx, row.Replace(words.Replace(statement))); err != nil {
				return fmt.Errorf("insert jobs: %w", err)
			}
		}
	}
	restore = append(restore, insertCounts, insertSums)
	if o.Database != "" {
		restore = append(restore, "VACUUM ANALYZE") // as PostgreSQL does by itself in time
	}
	for _, statement := range restore {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
	}
	return nil
}

func sqliteWords() *strings.Replacer {
	return strings.NewReplacer(
		"SERIES", "WITH RECURSIVE s(n) AS (SELECT FROM_N UNION ALL SELECT n + 1 FROM s WHERE n < TO_N)",
		"ID", "unhex(printf('%012x70008%015x', (BEGIN + n * STEP) / 1000, n))",
	)
}

func postgresWords() *strings.Replacer {
	return strings.NewReplacer(
		"SERIES", "WITH s(n) AS (SELECT generate_series(FROM_N::bigint, TO_N::bigint))",
		"ID", "decode(lpad(to_hex((BEGIN + n * STEP) / 1000), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'), 'hex')",
	)
}

// How the jobs are made, the same on both databases but for series and ids.
const (
	insertJobs = `INSERT INTO jobs (id, account, spelling, route, operation, status, version, created_at, updated_at, started_at, finished_at, expires_at, attempt, tags, inputs, progress)
		SERIES SELECT ID, 'local', 'typeid', '/jobs',
			CASE n / 20 % 4 WHEN 0 THEN 'parse' WHEN 1 THEN 'extract' WHEN 2 THEN 'classify' ELSE 'split' END,
			CASE WHEN n % 20 < 19 THEN 'completed' ELSE 'failed' END, 3,
			BEGIN + n * STEP, BEGIN + n * STEP + 900000, BEGIN + n * STEP + 100000, BEGIN + n * STEP + 900000, BEGIN + n * STEP + 31536000000000, 1,
			CASE WHEN n % 1000 = 0 THEN '["monthly"]' END,
			'[{"name":"letter.pdf","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]',
			'{"percentage":100,"files_completed":1,"total_files":1,"pages_completed":3,"total_pages":3}' FROM s`
	insertTags = `INSERT INTO tags (account, tag, created_at, job_id) SERIES SELECT 'local', 'monthly', BEGIN + n * STEP, ID FROM s WHERE n % 1000 = 0`
	// Of the five minutes in which the jobs were made; the longer spans are sums
	// of these.
	insertCounts = `INSERT INTO job_counts (span, account, since, status, operation, n)
		SELECT 300000000, account, created_at - created_at % 300000000, status, operation, count(*) FROM jobs
		GROUP BY account, created_at - created_at % 300000000, status, operation`
	insertSums = `INSERT INTO job_counts (span, account, since, status, operation, n)
		SELECT longer.span, account, CASE longer.span WHEN 0 THEN 0 ELSE since - since % longer.span END AS began, status, operation, sum(n)
		FROM job_counts CROSS JOIN (SELECT 3600000000 AS span UNION ALL SELECT 86400000000 UNION ALL SELECT 0) longer
		WHERE job_counts.span = 300000000 GROUP BY longer.span, account, began, status, operation`
)
