-- What a probe must remember over a restart; the probe alone knows the form.
CREATE TABLE tracking (name TEXT PRIMARY KEY, blob BLOB NOT NULL) WITHOUT ROWID;
