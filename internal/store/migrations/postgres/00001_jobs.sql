-- +goose Up

-- One row a job. Times are µs UTC; ids are the 16 bytes of a UUIDv7; booleans are 0 and 1; JSON is text and never searched.
-- The table is the queue: run_at is set while the job waits for a worker and says from when it may be taken; lease_until is
-- set while a worker has it.
CREATE TABLE jobs (
    id               bytea NOT NULL PRIMARY KEY,
    account          text COLLATE "C" NOT NULL,
    spelling         text COLLATE "C" NOT NULL,
    route            text COLLATE "C" NOT NULL,
    operation        text COLLATE "C" NOT NULL,
    status           text COLLATE "C" NOT NULL,
    version          bigint NOT NULL,
    created_at       bigint NOT NULL,
    updated_at       bigint NOT NULL,
    started_at       bigint,
    finished_at      bigint,
    expires_at       bigint,

    run_at           bigint,
    lease_until      bigint,
    lease_owner      text COLLATE "C",
    attempt          bigint NOT NULL DEFAULT 0,
    tries            bigint NOT NULL DEFAULT 0,
    lost             bigint NOT NULL DEFAULT 0,
    saved_attempt    bigint NOT NULL DEFAULT 0,
    cancel_requested bigint NOT NULL DEFAULT 0,

    batch_id         bytea,
    parent_id        bytea,
    child_n          bigint,
    original_id      bytea,
    reused_from      bytea,
    waits_for        bytea,
    fingerprint      bytea,
    keep_seconds     bigint,

    parameters       text COLLATE "C",
    metadata         text COLLATE "C",
    tags             text COLLATE "C",
    inputs           text COLLATE "C" NOT NULL,
    progress         text COLLATE "C" NOT NULL,
    failure          text COLLATE "C",
    died             text COLLATE "C",
    result           text COLLATE "C",
    checkpoint       text COLLATE "C",
    notify           text COLLATE "C",
    trace            text COLLATE "C"
);

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
    id          bytea NOT NULL PRIMARY KEY,
    account     text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    original_id bytea
);

CREATE INDEX batches_listed ON batches (account, created_at, id);

-- The names of a job's documents, in lower case, a line each: what is searched, newest first.
CREATE TABLE job_names (
    account    text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    job_id     bytea NOT NULL,
    names      text COLLATE "C" NOT NULL,
    PRIMARY KEY (account, created_at, job_id)
);

-- How many jobs there are, by the time of their creation: in all, and in each day, hour and five minutes that begin at since.
-- span is how long that is in µs, 0 for all times. To count two million rows takes a second.
CREATE TABLE job_counts (
    span      bigint NOT NULL,
    account   text COLLATE "C" NOT NULL,
    since     bigint NOT NULL,
    status    text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    n         bigint NOT NULL,
    PRIMARY KEY (span, account, since, status, operation)
);

-- By how many there are more or less since job_counts was written, by the five minutes of their creation: only ever inserted,
-- and folded into job_counts by a sweep. Counter rows that are updated make writers wait for each other.
CREATE TABLE job_count_changes (
    account   text COLLATE "C" NOT NULL,
    since     bigint NOT NULL,
    status    text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    n         bigint NOT NULL
);

CREATE INDEX job_count_changes_read ON job_count_changes (account, since, status, operation, n);

-- What happened to jobs in the last days, by a quarter of an hour: differences as in job_count_changes, also of
-- all accounts together as '*'. took is the class of the
-- time that a job waited, when it went to processing, or ran, when it was completed; -1 otherwise.
CREATE TABLE job_moves (
    bucket    bigint NOT NULL,
    account   text COLLATE "C" NOT NULL,
    operation text COLLATE "C" NOT NULL,
    status    text COLLATE "C" NOT NULL,
    code      text COLLATE "C" NOT NULL,
    took      bigint NOT NULL,
    n         bigint NOT NULL
);

CREATE INDEX job_moves_read ON job_moves (bucket, account, operation, status, code, took, n);

-- In the order of a list.
CREATE TABLE tags (
    account    text COLLATE "C" NOT NULL,
    tag        text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    job_id     bytea NOT NULL,
    PRIMARY KEY (account, tag, created_at, job_id)
);

-- What happened to a job, numbered by its version.
CREATE TABLE events (
    job_id      bytea NOT NULL,
    version     bigint NOT NULL,
    at          bigint NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    from_status text COLLATE "C" NOT NULL,
    to_status   text COLLATE "C" NOT NULL,
    attempt     bigint NOT NULL,
    code        text COLLATE "C" NOT NULL,
    PRIMARY KEY (job_id, version)
);

-- Small named bytes, written in the transaction of the row that names them.
CREATE TABLE blobs (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    data bytea NOT NULL
);

-- Who is told of an account's jobs.
CREATE TABLE endpoints (
    id             text COLLATE "C" NOT NULL PRIMARY KEY,
    account        text COLLATE "C" NOT NULL,
    url            text COLLATE "C" NOT NULL,
    events         text COLLATE "C",
    operations     text COLLATE "C",
    allow_cidrs    text COLLATE "C",
    secret         text COLLATE "C" NOT NULL,
    old_secret     text COLLATE "C",
    old_until      bigint,
    created_at     bigint NOT NULL,
    disabled_at    bigint,
    disabled_cause text COLLATE "C"
);

CREATE INDEX endpoints_of_account ON endpoints (account, id);

-- One message to one receiver, written in the transaction of the change that it tells of; it outlives its job. run_at and
-- lease_until are as in jobs.
CREATE TABLE deliveries (
    id          text COLLATE "C" NOT NULL PRIMARY KEY,
    account     text COLLATE "C" NOT NULL,
    endpoint_id text COLLATE "C",
    channel     text COLLATE "C" NOT NULL,
    target      text COLLATE "C" NOT NULL,
    job_id      bytea,
    sequence    bigint NOT NULL,
    status      text COLLATE "C" NOT NULL,
    attempt     bigint NOT NULL DEFAULT 0,
    payload     text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    finished_at bigint,
    run_at      bigint,
    lease_until bigint,
    lease_owner text COLLATE "C",
    trace       text COLLATE "C"
);

CREATE INDEX deliveries_waiting ON deliveries (target, run_at, id) WHERE run_at IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (lease_until, target) WHERE lease_until IS NOT NULL;
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, created_at, id);
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX deliveries_of_job ON deliveries (job_id, id) WHERE job_id IS NOT NULL;

-- When an account has asked for an e-mail, until a day is over.
CREATE TABLE mails (
    account text COLLATE "C" NOT NULL,
    at      bigint NOT NULL
);

CREATE INDEX mails_of_account ON mails (account, at);
CREATE INDEX mails_at ON mails (at);

-- One try of a delivery.
CREATE TABLE delivery_attempts (
    delivery_id text COLLATE "C" NOT NULL,
    n           bigint NOT NULL,
    at          bigint NOT NULL,
    took        bigint NOT NULL,
    detail      text COLLATE "C" NOT NULL,
    PRIMARY KEY (delivery_id, n)
);

-- What an account had done, by the day of the change in UTC: differences as in job_count_changes, but they outlive the jobs.
CREATE TABLE usage (
    account   text COLLATE "C" NOT NULL,
    day       bigint NOT NULL,
    operation text COLLATE "C" NOT NULL,
    submitted bigint NOT NULL,
    completed bigint NOT NULL,
    failed    bigint NOT NULL,
    cancelled bigint NOT NULL,
    pages     bigint NOT NULL,
    bytes     bigint NOT NULL
);

CREATE INDEX usage_read ON usage (account, day, operation);

-- What lets somebody act for an account; of a secret only its beginning and its hash are here.
CREATE TABLE keys (
    id           text COLLATE "C" NOT NULL PRIMARY KEY,
    account      text COLLATE "C" NOT NULL,
    name         text COLLATE "C" NOT NULL,
    scopes       bigint NOT NULL,
    limits       text COLLATE "C",
    prefix       text COLLATE "C" NOT NULL,
    hash         text COLLATE "C" NOT NULL,
    old_prefix   text COLLATE "C",
    old_hash     text COLLATE "C",
    old_until    bigint,
    created_at   bigint NOT NULL,
    expires_at   bigint,
    revoked_at   bigint,
    last_used_at bigint
);

-- Who did what: key use, deletes, and what admins do.
CREATE TABLE acts (
    id      text COLLATE "C" NOT NULL PRIMARY KEY,
    at      bigint NOT NULL,
    account text COLLATE "C" NOT NULL,
    caller  text COLLATE "C" NOT NULL,
    key_id  text COLLATE "C",
    address text COLLATE "C",
    action  text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    detail  text COLLATE "C"
);

CREATE INDEX acts_of_account ON acts (account, id);

-- What a submit answered under an Idempotency-Key, written in the transaction of the submit.
CREATE TABLE idempotency_keys (
    account    text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    request    bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    status     bigint NOT NULL,
    header     text COLLATE "C" NOT NULL,
    body       bytea NOT NULL,
    PRIMARY KEY (account, key)
);

CREATE INDEX idempotency_keys_expiring ON idempotency_keys (expires_at);

-- Tickets that were used, until nobody could use them any more.
CREATE TABLE tickets (
    nonce      bytea   NOT NULL PRIMARY KEY,
    expires_at bigint  NOT NULL
);

CREATE INDEX tickets_expiring ON tickets (expires_at);

-- Facts about this database: the secret that signs links, and such.
CREATE TABLE settings (
    name  text COLLATE "C" NOT NULL PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

-- What the operator has paused: 'intake' or an operation.
CREATE TABLE paused (
    what  text COLLATE "C" NOT NULL PRIMARY KEY,
    since bigint NOT NULL
);

-- The processes that serve or work; seen says when one last said that it is there.
CREATE TABLE nodes (
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    host       text COLLATE "C" NOT NULL,
    role       text COLLATE "C" NOT NULL,
    version    text COLLATE "C" NOT NULL,
    slots      bigint NOT NULL,
    started_at bigint NOT NULL,
    seen_at    bigint NOT NULL
);

-- These rows change often: what they were is cleared away early.
ALTER TABLE jobs SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE deliveries SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE job_counts SET (fillfactor = 80);
ALTER TABLE job_count_changes SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

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
