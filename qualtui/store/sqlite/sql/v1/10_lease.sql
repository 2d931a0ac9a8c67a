-- The epoch of the newest engine: an engine that reads another number than its own has lost the lease.
CREATE TABLE lease (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL);
