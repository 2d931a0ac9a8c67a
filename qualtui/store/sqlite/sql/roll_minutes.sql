-- Whole minutes of some series from :since to before :until, made again from what is there.
SELECT 60, whole.series, whole.at, whole.count, whole.gaps, whole.sum, whole.min, whole.max, (
    SELECT newest.value FROM samples AS newest
    WHERE newest.series = whole.series AND newest.at >= whole.at AND newest.at < whole.at + 60
        AND newest.value IS NOT NULL
    ORDER BY newest.at DESC
    LIMIT 1
)
FROM (
    SELECT raw.series AS series, CAST(raw.at / 60 AS INTEGER) * 60 AS at, count(raw.value) AS count,
        count(*) - count(raw.value) AS gaps, sum(raw.value) AS sum, min(raw.value) AS min, max(raw.value) AS max
    FROM series
    CROSS JOIN samples AS raw ON raw.series = series.id AND raw.at >= :since AND raw.at < :until
    WHERE series.id >= :first AND series.id <= :last
    GROUP BY 1, 2
) AS whole;
