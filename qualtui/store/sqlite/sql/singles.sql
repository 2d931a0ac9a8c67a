-- One series' samples as they came, those without a value too.
SELECT at, value
FROM samples
WHERE series = :series AND at >= :since AND at <= :until
ORDER BY at;
