-- The newest event's place; no row: nothing was ever appended, for the newest is never pruned.
SELECT seq, at, epoch, chain FROM events ORDER BY seq DESC LIMIT 1;
