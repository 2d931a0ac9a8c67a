DELETE FROM series WHERE name LIKE '%/waha.%' OR name LIKE '%/health.waha' OR name LIKE '%/deep.waha';
