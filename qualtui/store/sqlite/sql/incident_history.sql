-- What bears the incident's number, and what speaks of its notices and runs.
SELECT seq, at, epoch, key, type, version, payload
FROM events
WHERE payload IS NOT NULL AND (
    (number = :number AND number <> 0)
    OR (about <> '' AND about IN (
        SELECT own.about FROM events AS own WHERE own.number = :number AND own.number <> 0 AND own.about <> ''
    ))
)
ORDER BY seq;
