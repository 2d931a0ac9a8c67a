CREATE INDEX events_about ON events (about) WHERE about <> '';
