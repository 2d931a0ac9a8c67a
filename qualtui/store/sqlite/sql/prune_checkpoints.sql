-- The newest two stay: should one be damaged, the other shortens the way.
DELETE FROM checkpoints
WHERE fold <> :fold OR seq NOT IN (SELECT seq FROM checkpoints WHERE fold = :fold ORDER BY seq DESC LIMIT 2);
