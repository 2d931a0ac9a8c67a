-- What was pruned: its last seq and chain, so that the rest still verifies, and its fold, so that nothing needs it again.
CREATE TABLE anchor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    chain BLOB NOT NULL,
    state BLOB NOT NULL,
    digest BLOB NOT NULL
);
