CREATE TABLE checkpoints (
    seq INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    at REAL NOT NULL,
    state BLOB NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (fold, seq)
);
