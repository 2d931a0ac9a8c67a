-- One series in bins of :step seconds; the rolled-up parts are exact where :step is a multiple of their grain.
SELECT CAST(part.at / :step AS INTEGER), sum(part.count), sum(part.sum), min(part.min), max(part.max)
FROM (
    SELECT at, count, sum, min, max
    FROM buckets
    WHERE grain = 3600 AND series = :series AND at >= :since AND at < :minutes_start AND at <= :until
    UNION ALL
    SELECT at, count, sum, min, max
    FROM buckets
    WHERE grain = 60 AND series = :series AND at >= max(:since, :minutes_start) AND at < :raw_start AND at <= :until
    UNION ALL
    SELECT at, value IS NOT NULL, value, value, value
    FROM samples
    WHERE series = :series AND at >= max(:since, :raw_start) AND at <= :until
) AS part
GROUP BY 1;
