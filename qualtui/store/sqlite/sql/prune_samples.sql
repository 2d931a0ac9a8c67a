DELETE FROM samples
WHERE (series, at) IN (
    SELECT old.series, old.at
    FROM series
    CROSS JOIN samples AS old ON old.series = series.id AND old.at < :before
    LIMIT :limit
);
