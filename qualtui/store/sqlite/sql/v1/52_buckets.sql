-- Samples rolled up to `grain` seconds (60, 3600): `count` has a value, `gaps` had none.
CREATE TABLE buckets (
    grain INTEGER NOT NULL,
    series INTEGER NOT NULL REFERENCES series (id),
    at REAL NOT NULL,
    count INTEGER NOT NULL,
    gaps INTEGER NOT NULL,
    sum REAL,
    min REAL,
    max REAL,
    last REAL,
    PRIMARY KEY (grain, series, at)
) WITHOUT ROWID;
