-- As bins, with the newest value of each bin: SQLite takes bare columns from the row of max().
SELECT CAST(part.at / :step AS INTEGER), part.last, max(part.at)
FROM (
    SELECT at, last
    FROM buckets
    WHERE grain = 3600 AND series = :series AND at >= :since AND at < :minutes_start AND at <= :until AND count > 0
    UNION ALL
    SELECT at, last
    FROM buckets
    WHERE grain = 60 AND series = :series AND at >= max(:since, :minutes_start) AND at < :raw_start AND at <= :until
        AND count > 0
    UNION ALL
    SELECT at, value
    FROM samples
    WHERE series = :series AND at >= max(:since, :raw_start) AND at <= :until AND value IS NOT NULL
) AS part
GROUP BY 1;
