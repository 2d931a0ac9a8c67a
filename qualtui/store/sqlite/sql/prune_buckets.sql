DELETE FROM buckets
WHERE grain = :grain AND (grain, series, at) IN (
    SELECT old.grain, old.series, old.at
    FROM series
    CROSS JOIN buckets AS old ON old.grain = :grain AND old.series = series.id AND old.at < :before
    LIMIT :limit
);
