-- How much a store holds.
SELECT
    (SELECT count(*) FROM events) AS events,
    (SELECT count(*) FROM samples) AS samples,
    (SELECT count(*) FROM buckets) AS buckets,
    (SELECT count(*) FROM tracking) AS tracking
