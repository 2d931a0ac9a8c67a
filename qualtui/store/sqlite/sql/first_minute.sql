-- The earliest rolled-up minute in a time; each series' own first is one step in the index.
SELECT min((
    SELECT minute.at FROM buckets AS minute
    WHERE minute.grain = 60 AND minute.series = series.id AND minute.at >= :since AND minute.at < :until
    ORDER BY minute.at
    LIMIT 1
))
FROM series;
