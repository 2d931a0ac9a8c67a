-- The newest ones before a seq, the newest first.
SELECT seq, at, epoch, key, type, version, payload
FROM events
WHERE seq < :before AND payload IS NOT NULL
ORDER BY seq DESC
LIMIT :limit;
