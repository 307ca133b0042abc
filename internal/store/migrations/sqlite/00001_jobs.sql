-- +goose Up

-- One row a job. Times are µs UTC; ids are the 16 bytes of a UUIDv7; booleans are 0 and 1; JSON is text and never searched.
-- The table is the queue: run_at is set while the job waits for a worker and says from when it may be taken; lease_until is
-- set while a worker has it.
CREATE TABLE jobs (
    id               BLOB    NOT NULL PRIMARY KEY,
    account          TEXT    NOT NULL,
    spelling         TEXT    NOT NULL,
    route            TEXT    NOT NULL,
    operation        TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    started_at       INTEGER,
    finished_at      INTEGER,
    expires_at       INTEGER,

    run_at           INTEGER,
    lease_until      INTEGER,
    lease_owner      TEXT,
    attempt          INTEGER NOT NULL DEFAULT 0,
    tries            INTEGER NOT NULL DEFAULT 0,
    lost             INTEGER NOT NULL DEFAULT 0,
    saved_attempt    INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,

    batch_id         BLOB,
    parent_id        BLOB,
    child_n          INTEGER,
    original_id      BLOB,
    reused_from      BLOB,
    waits_for        BLOB,
    fingerprint      BLOB,
    keep_seconds     INTEGER,

    parameters       TEXT,
    metadata         TEXT,
    tags             TEXT,
    inputs           TEXT    NOT NULL,
    progress         TEXT    NOT NULL,
    failure          TEXT,
    died             TEXT,
    result           TEXT,
    checkpoint       TEXT,
    notify           TEXT,
    trace            TEXT
) STRICT;

CREATE INDEX jobs_waiting ON jobs (account, operation, run_at, id) WHERE run_at IS NOT NULL;
CREATE INDEX jobs_leased ON jobs (account, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX jobs_waiting_for ON jobs (waits_for, id) WHERE waits_for IS NOT NULL;
CREATE UNIQUE INDEX jobs_of_parent ON jobs (parent_id, child_n) WHERE parent_id IS NOT NULL;

CREATE INDEX jobs_listed ON jobs (account, created_at, id);
CREATE INDEX jobs_by_kind ON jobs (account, status, operation, created_at, id);
CREATE INDEX jobs_changed ON jobs (account, updated_at, id);
-- With what a batch is counted by.
CREATE INDEX jobs_of_batch ON jobs (batch_id, created_at, id, status, expires_at) WHERE batch_id IS NOT NULL;

-- What the sweeps look for.
CREATE INDEX jobs_expiring ON jobs (account, expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX jobs_awaiting ON jobs (created_at) WHERE status = 'awaiting_upload';

-- Completed jobs, by what their result was made of.
CREATE INDEX jobs_reusable ON jobs (account, fingerprint, finished_at) WHERE fingerprint IS NOT NULL;

CREATE TABLE batches (
    id          BLOB    NOT NULL PRIMARY KEY,
    account     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    original_id BLOB
) STRICT;

CREATE INDEX batches_listed ON batches (account, created_at, id);

-- The names of a job's documents, in lower case, a line each: what is searched, newest first.
CREATE TABLE job_names (
    account    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    job_id     BLOB    NOT NULL,
    names      TEXT    NOT NULL,
    PRIMARY KEY (account, created_at, job_id)
) STRICT, WITHOUT ROWID;

-- How many jobs there are, by the time of their creation: in all, and in each day, hour and five minutes that begin at since.
-- span is how long that is in µs, 0 for all times. To count two million rows takes a second.
CREATE TABLE job_counts (
    span      INTEGER NOT NULL,
    account   TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    status    TEXT    NOT NULL,
    operation TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (span, account, since, status, operation)
) STRICT, WITHOUT ROWID;

-- By how many there are more or less since job_counts was written, by the five minutes of their creation: only ever inserted,
-- and folded into job_counts by a sweep. Counter rows that are updated make writers wait for each other.
CREATE TABLE job_count_changes (
    account   TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    status    TEXT    NOT NULL,
    operation TEXT    NOT NULL,
    n         INTEGER NOT NULL
) STRICT;

CREATE INDEX job_count_changes_read ON job_count_changes (account, since, status, operation, n);

-- What happened to jobs in the last days, by a quarter of an hour: differences as in job_count_changes, also of
-- all accounts together as '*'. took is the class of the
-- time that a job waited, when it went to processing, or ran, when it was completed; -1 otherwise.
CREATE TABLE job_moves (
    bucket    INTEGER NOT NULL,
    account   TEXT    NOT NULL,
    operation TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    code      TEXT    NOT NULL,
    took      INTEGER NOT NULL,
    n         INTEGER NOT NULL
) STRICT;

CREATE INDEX job_moves_read ON job_moves (bucket, account, operation, status, code, took, n);

-- In the order of a list.
CREATE TABLE tags (
    account    TEXT    NOT NULL,
    tag        TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    job_id     BLOB    NOT NULL,
    PRIMARY KEY (account, tag, created_at, job_id)
) STRICT, WITHOUT ROWID;

-- What happened to a job, numbered by its version.
CREATE TABLE events (
    job_id      BLOB    NOT NULL,
    version     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    from_status TEXT    NOT NULL,
    to_status   TEXT    NOT NULL,
    attempt     INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    PRIMARY KEY (job_id, version)
) STRICT, WITHOUT ROWID;

-- Small named bytes, written in the transaction of the row that names them.
CREATE TABLE blobs (
    name TEXT NOT NULL PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Who is told of an account's jobs.
CREATE TABLE endpoints (
    id             TEXT    NOT NULL PRIMARY KEY,
    account        TEXT    NOT NULL,
    url            TEXT    NOT NULL,
    events         TEXT,
    operations     TEXT,
    allow_cidrs    TEXT,
    secret         TEXT    NOT NULL,
    old_secret     TEXT,
    old_until      INTEGER,
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,
    disabled_cause TEXT
) STRICT;

CREATE INDEX endpoints_of_account ON endpoints (account, id);

-- One message to one receiver, written in the transaction of the change that it tells of; it outlives its job. run_at and
-- lease_until are as in jobs.
CREATE TABLE deliveries (
    id          TEXT    NOT NULL PRIMARY KEY,
    account     TEXT    NOT NULL,
    endpoint_id TEXT,
    channel     TEXT    NOT NULL,
    target      TEXT    NOT NULL,
    job_id      BLOB,
    sequence    INTEGER NOT NULL,
    status      TEXT    NOT NULL,
    attempt     INTEGER NOT NULL DEFAULT 0,
    payload     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    run_at      INTEGER,
    lease_until INTEGER,
    lease_owner TEXT,
    trace       TEXT
) STRICT;

CREATE INDEX deliveries_waiting ON deliveries (target, run_at, id) WHERE run_at IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (lease_until, target) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, created_at, id);
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX deliveries_of_job ON deliveries (job_id, id) WHERE job_id IS NOT NULL;

-- When an account has asked for an e-mail, until a day is over.
CREATE TABLE mails (
    account TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_of_account ON mails (account, at);
CREATE INDEX mails_at ON mails (at);

-- One try of a delivery.
CREATE TABLE delivery_attempts (
    delivery_id TEXT    NOT NULL,
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    took        INTEGER NOT NULL,
    detail      TEXT    NOT NULL,
    PRIMARY KEY (delivery_id, n)
) STRICT, WITHOUT ROWID;

-- What an account had done, by the day of the change in UTC: differences as in job_count_changes, but they outlive the jobs.
CREATE TABLE usage (
    account   TEXT    NOT NULL,
    day       INTEGER NOT NULL,
    operation TEXT    NOT NULL,
    submitted INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    pages     INTEGER NOT NULL,
    bytes     INTEGER NOT NULL
) STRICT;

CREATE INDEX usage_read ON usage (account, day, operation);

-- What lets somebody act for an account; of a secret only its beginning and its hash are here.
CREATE TABLE keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    account      TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    scopes       INTEGER NOT NULL,
    limits       TEXT,
    prefix       TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    old_prefix   TEXT,
    old_hash     TEXT,
    old_until    INTEGER,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT;

-- Who did what: key use, deletes, and what admins do.
CREATE TABLE acts (
    id      TEXT    NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    account TEXT    NOT NULL,
    caller  TEXT    NOT NULL,
    key_id  TEXT,
    address TEXT,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT
) STRICT;

CREATE INDEX acts_of_account ON acts (account, id);

-- What a submit answered under an Idempotency-Key, written in the transaction of the submit.
CREATE TABLE idempotency_keys (
    account    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    request    BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    header     TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    PRIMARY KEY (account, key)
) STRICT;

CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);

-- Tickets that were used, until nobody could use them any more.
CREATE TABLE tickets (
    nonce      BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX tickets_expiring ON tickets (expires_at);

-- Facts about this database: the secret that signs links, and such.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What the operator has paused: 'intake' or an operation.
CREATE TABLE paused (
    what  TEXT    NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;

-- The processes that serve or work; seen says when one last said that it is there.
CREATE TABLE nodes (
    id         TEXT    NOT NULL PRIMARY KEY,
    host       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    slots      INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE tickets;
DROP TABLE nodes;
DROP TABLE paused;
DROP TABLE settings;
DROP TABLE acts;
DROP TABLE usage;
DROP TABLE keys;
DROP TABLE idempotency_keys;
DROP TABLE delivery_attempts;
DROP TABLE deliveries;
DROP TABLE mails;
DROP TABLE endpoints;
DROP TABLE blobs;
DROP TABLE events;
DROP TABLE tags;
DROP TABLE job_moves;
DROP TABLE job_names;
DROP TABLE job_count_changes;
DROP TABLE job_counts;
DROP TABLE batches;
DROP TABLE jobs;
