-- One series in bins of :step seconds, as bins.sql; a bin in which it was polled without an answer has count 0.
SELECT CAST(part.at / :step AS INTEGER), sum(part.count), sum(part.sum), min(part.min), max(part.max)
FROM (
    SELECT at, count, sum, min, max
    FROM buckets
    WHERE grain = 3600 AND series = :series AND at >= :since AND at < :minutes_start AND at <= :until
        AND count + gaps > 0
    UNION ALL
    SELECT at, count, sum, min, max
    FROM buckets
    WHERE grain = 60 AND series = :series AND at >= max(:since, :minutes_start) AND at < :raw_start AND at <= :until
        AND count + gaps > 0
    UNION ALL
    SELECT at, value IS NOT NULL, value, value, value
    FROM samples
    WHERE series = :series AND at >= max(:since, :raw_start) AND at <= :until
) AS part
GROUP BY 1
ORDER BY 1;
