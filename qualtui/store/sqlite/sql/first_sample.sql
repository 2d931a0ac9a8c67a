-- The earliest sample in a time; each series' own first is one step in the index.
SELECT min((
    SELECT raw.at FROM samples AS raw
    WHERE raw.series = series.id AND raw.at >= :since AND raw.at < :until
    ORDER BY raw.at
    LIMIT 1
))
FROM series;
