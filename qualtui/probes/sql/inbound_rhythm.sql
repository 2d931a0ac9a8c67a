-- How many customers began to write, after an hour of silence at least, in each hour of the week, UTC, from Monday
-- 0:00, in the four weeks before now?
SELECT
    (
        (extract(isodow FROM wrote.at AT TIME ZONE 'UTC') - 1) * 24
        + extract(hour FROM wrote.at AT TIME ZONE 'UTC')
    )::int AS hour_of_week,
    count(*)::float8 AS customers,
    extract(epoch FROM date_trunc('hour', min(wrote.at)))::float8 AS since
FROM (
    SELECT
        m.{{messages.created_at}} AS at,
        lag(m.{{messages.created_at}}) OVER (
            PARTITION BY m.{{messages.lead_id}} ORDER BY m.{{messages.created_at}}
        ) AS before
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= now() - interval '28 days'
        AND m.{{messages.created_at}} <= now()
        AND m.{{messages.tipo}} = $1
) AS wrote
WHERE wrote.before IS NULL OR wrote.at - wrote.before >= interval '1 hour'
GROUP BY 1
