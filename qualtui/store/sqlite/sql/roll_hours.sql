-- Whole hours of some series from :since to before :until, made again from the minutes.
SELECT 3600, whole.series, whole.at, whole.count, whole.gaps, whole.sum, whole.min, whole.max, (
    SELECT newest.last FROM buckets AS newest
    WHERE newest.grain = 60 AND newest.series = whole.series AND newest.at >= whole.at
        AND newest.at < whole.at + 3600 AND newest.count > 0
    ORDER BY newest.at DESC
    LIMIT 1
)
FROM (
    SELECT minute.series AS series, CAST(minute.at / 3600 AS INTEGER) * 3600 AS at, sum(minute.count) AS count,
        sum(minute.gaps) AS gaps, sum(minute.sum) AS sum, min(minute.min) AS min, max(minute.max) AS max
    FROM series
    CROSS JOIN buckets AS minute
        ON minute.grain = 60 AND minute.series = series.id AND minute.at >= :since AND minute.at < :until
    WHERE series.id >= :first AND series.id <= :last
    GROUP BY 1, 2
) AS whole;
