-- How far samples are rolled up (`until`), and before which time they are pruned (`from`).
CREATE TABLE marks (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    minutes_until REAL NOT NULL,
    hours_until REAL NOT NULL,
    raw_from REAL NOT NULL,
    minutes_from REAL NOT NULL
);
