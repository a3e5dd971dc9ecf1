-- What people decided about two entities: the same, not the same, or a decision taken back. Rows are only added;
-- of each pair the latest row holds. `a` and `b` are keys of entities, `a` before `b`.
CREATE TABLE people_link_decision (
    decision_id INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    a           TEXT NOT NULL,
    b           TEXT NOT NULL,
    a_name      TEXT NOT NULL DEFAULT '',
    b_name      TEXT NOT NULL DEFAULT '',
    decision    TEXT NOT NULL CHECK (decision IN ('confirm', 'reject', 'undo')),
    who         TEXT NOT NULL,
    why         TEXT NOT NULL,
    decided_at  TEXT NOT NULL,
    CHECK (a < b)
);
CREATE INDEX people_link_decision_pair ON people_link_decision (kind, a, b);
