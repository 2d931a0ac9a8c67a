-- The last event to prune: old enough, inside a checkpoint, not the newest, at most :limit at once, and after no
-- younger one: a clock that was set wrong stamps events too early or (after :now) too late.
SELECT seq, chain
FROM events
WHERE seq <= (SELECT max(seq) FROM checkpoints)
    AND seq < (SELECT max(seq) FROM events)
    AND seq < (SELECT min(seq) FROM events) + :limit
    AND at < :before
    AND seq < coalesce(
        (SELECT young.seq FROM events AS young WHERE young.at >= :before AND young.at <= :now ORDER BY young.seq LIMIT 1),
        9223372036854775807
    )
ORDER BY seq DESC
LIMIT 1;
