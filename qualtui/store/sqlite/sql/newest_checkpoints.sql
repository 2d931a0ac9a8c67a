SELECT state, digest
FROM checkpoints
WHERE fold = :fold AND seq <= :head
ORDER BY seq DESC;
