-- The last event to prune: old enough, inside a checkpoint, not the newest, at most :limit at once.
SELECT seq, chain
FROM events
WHERE seq <= (SELECT max(seq) FROM checkpoints)
    AND seq < (SELECT max(seq) FROM events)
    AND seq < (SELECT min(seq) FROM events) + :limit
    AND at < :before
ORDER BY seq DESC
LIMIT 1;
