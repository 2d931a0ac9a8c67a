CREATE INDEX events_number ON events (number) WHERE number <> 0;
