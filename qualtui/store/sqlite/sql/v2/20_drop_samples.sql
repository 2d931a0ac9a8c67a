-- A series that had both names kept the old one in step 10: the new one goes on alone.
DELETE FROM samples
WHERE series IN (
    SELECT id FROM series WHERE name LIKE '%/waha.%' OR name LIKE '%/health.waha' OR name LIKE '%/deep.waha'
);
