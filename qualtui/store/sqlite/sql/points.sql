-- One series, each time at the finest grain that is still kept: hours, then minutes, then raw.
SELECT at, CASE WHEN count > 0 THEN sum / count END
FROM buckets
WHERE grain = 3600 AND series = :series AND at >= :since AND at < :minutes_start AND at <= :until
UNION ALL
SELECT at, CASE WHEN count > 0 THEN sum / count END
FROM buckets
WHERE grain = 60 AND series = :series AND at >= max(:since, :minutes_start) AND at < :raw_start AND at <= :until
UNION ALL
SELECT at, value
FROM samples
WHERE series = :series AND at >= max(:since, :raw_start) AND at <= :until
ORDER BY 1;
