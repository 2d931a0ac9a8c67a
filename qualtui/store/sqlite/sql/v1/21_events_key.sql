CREATE UNIQUE INDEX events_key ON events (key) WHERE key <> '';
