-- Files received, runs and their manifests, steps and what they were made from, people's decisions.
CREATE TABLE file (
    file_id    INTEGER PRIMARY KEY,
    sha256     TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    added_at   TEXT NOT NULL
);
-- The names under which the same bytes were received; the first is shown.
CREATE TABLE file_path (
    file_id  INTEGER NOT NULL REFERENCES file (file_id),
    path     TEXT NOT NULL,
    source   TEXT NOT NULL DEFAULT '',
    place    TEXT NOT NULL DEFAULT '',
    added_at TEXT NOT NULL,
    gone_at  TEXT,
    PRIMARY KEY (file_id, path)
);
CREATE TABLE run (
    run_id       INTEGER PRIMARY KEY,
    program      TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    published_at TEXT
);
CREATE TABLE manifest (
    run_id  INTEGER NOT NULL REFERENCES run (run_id),
    schema  TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    columns TEXT NOT NULL,
    files   TEXT NOT NULL,
    PRIMARY KEY (run_id, schema, name)
);
CREATE TABLE step (
    step        TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    output      TEXT NOT NULL,
    run_id      INTEGER NOT NULL
);
CREATE TABLE people_decision (
    decision_id INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    decision    TEXT NOT NULL,
    who         TEXT NOT NULL,
    why         TEXT NOT NULL,
    decided_at  TEXT NOT NULL
);
