SELECT seq, at, epoch, key, type, version, payload
FROM events
WHERE seq > :after AND seq <= :until AND payload IS NOT NULL
ORDER BY seq
LIMIT :limit;
