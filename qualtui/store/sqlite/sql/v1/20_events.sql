-- The log. `number` (incident) and `about` (notice or run) find an incident's history; an erased event has no salt and payload.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    about TEXT NOT NULL,
    salt BLOB,
    payload BLOB,
    payload_hash BLOB NOT NULL,
    chain BLOB NOT NULL
);
