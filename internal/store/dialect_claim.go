package store

import (
	"fmt"
	"slices"
	"strings"

	"docket/internal/job"
)

// The claims of the two databases: each picks rows, marks them as taken and
// gives them out in one transaction, so that there is no moment at which a row
// is handed out and not leased. Their arguments are the same, unless they say
// otherwise: $1 the caller's time, $2 its time for leases (NULL: the
// database's), $3 the length of a lease in µs, $4 the owner, $5 how many at
// most, $6 how many rows of one line to look at.

// claimJobs takes jobs in the fair order: of the accounts that have work
// waiting, the one with the fewest running jobs, and of those the one whose
// first job has waited longest; within an account, first in, first out. Where
// nobody else takes any meanwhile, it picks first and then takes what it
// picked. The recursion hops from one kind of waiting job to the next over the
// index, a kind being an account and an operation, so a long queue costs the
// others nothing, even when its operation is paused. // contract J32
func (t *txn) claimJobs(o *Claim, most, width int) error {
	args := []any{o.Now.UnixMicro(), t.leaseTime(o.Now), o.Lease.Microseconds(), o.Owner}
	if t.texts == postgresTexts {
		return t.each(scanInto(&o.Jobs), claimJobsPostgres, append(args, most, width)...)
	}
	picked, err := t.pick(o.Now.UnixMicro(), most)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(picked, takenAtOnce) {
		if err := t.take(o, args, some); err != nil {
			return err
		}
	}
	return nil
}

// take takes picked jobs, in their order.
func (t *txn) take(o *Claim, args []any, picked [][]byte) error {
	places := 1
	for places < len(picked) {
		places *= 2 // few texts, so that they stay prepared
	}
	args = slices.Clone(args)
	marks := make([]string, places)
	order := make(map[job.ID]int, len(picked))
	for i := range places {
		marks[i] = fmt.Sprintf("$%d", len(args)+1)
		if i >= len(picked) {
			args = append(args, nil)
			continue
		}
		args = append(args, picked[i])
		order[job.ID(picked[i])] = i
	}
	taking := make([]job.Job, 0, len(picked))
	if err := t.each(scanInto(&taking), "UPDATE jobs SET "+taken+", lease_until = $2 + $3 WHERE id IN ("+strings.Join(marks, ", ")+") RETURNING "+jobColumns, args...); err != nil {
		return err
	}
	slices.SortFunc(taking, func(a, b job.Job) int { return order[a.ID] - order[b.ID] })
	o.Jobs = append(o.Jobs, taking...)
	return nil
}

// takenAtOnce is how many jobs one statement of SQLite takes.
const takenAtOnce = 64

func (d dialect) claimDeliveries() string {
	if d == sqliteTexts {
		return claimDeliveriesSQLite
	}
	return claimDeliveriesPostgres
}

// headsSQLite are the first jobs of all kinds that a worker may take by $1.
const headsSQLite = `
WITH RECURSIVE ` + waitingKinds + `
SELECT k.account, k.operation, j.run_at, j.id FROM kinds k JOIN jobs j ON j.id = (
	SELECT n.id FROM jobs n WHERE n.account = k.account AND n.operation = k.operation AND n.run_at IS NOT NULL AND n.run_at <= $1 ORDER BY n.run_at, n.id LIMIT 1
) WHERE k.operation NOT IN (SELECT what FROM paused) ORDER BY k.account, k.operation`

// nextSQLite are the jobs of a kind that come after one.
const nextSQLite = `SELECT run_at, id FROM jobs WHERE account = $1 AND operation = $2 AND run_at IS NOT NULL AND run_at <= $3 AND (run_at, id) > ($4, $5)
ORDER BY run_at, id LIMIT $6`

// claimJobsPostgres takes many jobs and passes over those that another node is
// taking now. The n-th job of an account is in place of its running jobs plus
// n, which is the order of taking them one by one; so of no more accounts than
// jobs are wanted need more than the first be looked at.
const claimJobsPostgres = `
WITH RECURSIVE ` + waitingKindsPostgres + `,
heads AS MATERIALIZED (
	SELECT k.account, k.operation, h.run_at, h.id FROM kinds k CROSS JOIN LATERAL (
		SELECT j.run_at, j.id FROM jobs j WHERE j.account = k.account AND j.operation = k.operation AND j.run_at IS NOT NULL AND j.run_at <= $1 ORDER BY j.run_at, j.id LIMIT 1
	) h WHERE k.operation NOT IN (SELECT what FROM paused)
),
running AS (
	SELECT account, count(*) AS n FROM jobs WHERE lease_until IS NOT NULL GROUP BY account
),
accounts AS MATERIALIZED (
	SELECT f.account, coalesce(r.n, 0) AS n FROM (SELECT DISTINCT ON (account) account, run_at, id FROM heads ORDER BY account, run_at, id) f
	LEFT JOIN running r ON r.account = f.account ORDER BY coalesce(r.n, 0), f.run_at, f.id LIMIT $6
),
line AS MATERIALIZED (
	SELECT j.id, j.run_at AS due, a.n + row_number() OVER (PARTITION BY a.account ORDER BY j.run_at, j.id) AS place
	FROM accounts a JOIN heads h ON h.account = a.account CROSS JOIN LATERAL (
		SELECT w.id, w.run_at FROM jobs w WHERE w.account = h.account AND w.operation = h.operation AND w.run_at IS NOT NULL AND w.run_at <= $1 ORDER BY w.run_at, w.id LIMIT $6
	) j ORDER BY place, due, id
),
picked AS MATERIALIZED (
	SELECT l.id, l.place, l.due FROM line l CROSS JOIN LATERAL (
		SELECT 1 FROM jobs j WHERE j.id = l.id AND j.run_at IS NOT NULL FOR UPDATE SKIP LOCKED
	) free LIMIT $5
),
claimed AS (
	UPDATE jobs SET ` + taken + `, lease_until = coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) + $3
	WHERE id = ANY (ARRAY(SELECT id FROM picked)) RETURNING *
)
SELECT ` + jobColumns + ` FROM claimed ORDER BY
	(SELECT place FROM picked p WHERE p.id = claimed.id), (SELECT due FROM picked p WHERE p.id = claimed.id), id`

// taken is what a claim sets.
const taken = `status = 'processing', attempt = attempt + 1, version = version + 1, updated_at = $1,
	started_at = coalesce(started_at, $1), run_at = NULL, lease_owner = $4`

// waitingKindsPostgres lists the accounts and operations of which jobs wait.
// Each hop is a subquery that ends at its first row, which no plan can make a
// join with all jobs.
const waitingKindsPostgres = `
kinds (account, operation) AS (
	SELECT * FROM (SELECT account, operation FROM jobs WHERE run_at IS NOT NULL ORDER BY account, operation LIMIT 1) first
	UNION ALL
	SELECT n.account, n.operation FROM kinds k CROSS JOIN LATERAL (
		SELECT j.account, j.operation FROM jobs j WHERE j.run_at IS NOT NULL AND (j.account, j.operation) > (k.account, k.operation) ORDER BY j.account, j.operation LIMIT 1
	) n
)`

// waitingKinds lists them too, in words of SQLite, which has no such join.
const waitingKinds = `
kinds (account, operation) AS (
	SELECT * FROM (SELECT account, operation FROM jobs WHERE run_at IS NOT NULL ORDER BY account, operation LIMIT 1) first
	UNION ALL
	SELECT n.account, n.operation FROM kinds k JOIN jobs n ON n.id = coalesce(
		(SELECT j.id FROM jobs j WHERE j.run_at IS NOT NULL AND j.account = k.account AND j.operation > k.operation ORDER BY j.operation, j.run_at, j.id LIMIT 1),
		(SELECT j.id FROM jobs j WHERE j.run_at IS NOT NULL AND j.account > k.account ORDER BY j.account, j.operation, j.run_at, j.id LIMIT 1))
)`

// waitingTargets lists the receivers for which messages wait.
const waitingTargets = `
targets (target) AS (
	SELECT * FROM (SELECT target FROM deliveries WHERE run_at IS NOT NULL ORDER BY target LIMIT 1) first
	UNION ALL
	SELECT (SELECT d.target FROM deliveries d WHERE d.run_at IS NOT NULL AND d.target > t.target ORDER BY d.target LIMIT 1)
	FROM targets t WHERE t.target IS NOT NULL
)`

// claimDeliveriesSQLite takes one message, whose receiver has the fewest under
// way, so that none waits for another's; $6 is how many one may have.
const claimDeliveriesSQLite = `
WITH RECURSIVE ` + waitingTargets + `,
heads (target, id) AS (
	SELECT t.target, (SELECT d.id FROM deliveries d WHERE d.target = t.target AND d.run_at IS NOT NULL AND d.run_at <= $1 ORDER BY d.run_at, d.id LIMIT 1)
	FROM targets t WHERE t.target IS NOT NULL
),
busy (target, n) AS (
	SELECT target, count(*) FROM deliveries WHERE lease_until IS NOT NULL GROUP BY target
)
UPDATE deliveries SET attempt = attempt + 1, run_at = NULL, lease_until = $2 + $3, lease_owner = $4
WHERE id = (
	SELECT h.id FROM heads h JOIN deliveries d ON d.id = h.id LEFT JOIN busy b ON b.target = h.target
	WHERE coalesce(b.n, 0) < $6 ORDER BY coalesce(b.n, 0), d.run_at, d.id LIMIT min($5, 1)
)
RETURNING ` + deliveryColumns

// claimDeliveriesPostgres takes many, in the same order.
const claimDeliveriesPostgres = `
WITH RECURSIVE ` + waitingTargets + `,
busy AS (
	SELECT target, count(*) AS n FROM deliveries WHERE lease_until IS NOT NULL GROUP BY target
),
line AS MATERIALIZED (
	SELECT d.id, d.run_at AS due, coalesce(b.n, 0) + row_number() OVER (PARTITION BY t.target ORDER BY d.run_at, d.id) AS place
	FROM targets t LEFT JOIN busy b ON b.target = t.target CROSS JOIN LATERAL (
		SELECT w.id, w.run_at FROM deliveries w WHERE w.target = t.target AND w.run_at IS NOT NULL AND w.run_at <= $1 ORDER BY w.run_at, w.id LIMIT greatest($6 - coalesce(b.n, 0), 0)
	) d ORDER BY place, due, id
),
picked AS MATERIALIZED (
	SELECT l.id, l.place, l.due FROM line l CROSS JOIN LATERAL (
		SELECT 1 FROM deliveries d WHERE d.id = l.id AND d.run_at IS NOT NULL FOR UPDATE SKIP LOCKED
	) free LIMIT $5
),
claimed AS (
	UPDATE deliveries SET attempt = attempt + 1, run_at = NULL, lease_until = coalesce($2, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) + $3, lease_owner = $4
	WHERE id = ANY (ARRAY(SELECT id FROM picked)) RETURNING *
)
SELECT ` + deliveryColumns + ` FROM claimed ORDER BY
	(SELECT place FROM picked p WHERE p.id = claimed.id), (SELECT due FROM picked p WHERE p.id = claimed.id), id`
