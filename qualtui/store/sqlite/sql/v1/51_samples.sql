-- Answers as they came; a value of NULL: we could not ask.
CREATE TABLE samples (
    series INTEGER NOT NULL REFERENCES series (id),
    at REAL NOT NULL,
    value REAL,
    PRIMARY KEY (series, at)
) WITHOUT ROWID;
