-- One series' rolled-up values of one grain, each at the end of its minute or hour: before that it was not known.
SELECT at + :grain, CASE :how
    WHEN 'last' THEN last
    WHEN 'max' THEN max
    WHEN 'min' THEN min
    WHEN 'sum' THEN sum
    WHEN 'count' THEN CAST(count AS REAL)
    ELSE sum / count
END
FROM buckets
WHERE grain = :grain AND series = :series AND at >= :since AND at < :before AND at <= :until - :grain AND count > 0
ORDER BY at;
