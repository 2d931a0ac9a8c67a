-- How many customers wrote in each hour of the week, UTC, from Monday 0:00, in the four weeks before now?
SELECT
    wrote.hour_of_week,
    count(*)::float8 AS customers,
    extract(epoch FROM min(wrote.hour))::float8 AS since
FROM (
    SELECT DISTINCT
        date_trunc('hour', m.{{messages.created_at}} AT TIME ZONE 'UTC') AS hour,
        m.{{messages.lead_id}} AS lead,
        (
            (extract(isodow FROM m.{{messages.created_at}} AT TIME ZONE 'UTC') - 1) * 24
            + extract(hour FROM m.{{messages.created_at}} AT TIME ZONE 'UTC')
        )::int AS hour_of_week
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= now() - interval '28 days'
        AND m.{{messages.created_at}} <= now()
        AND m.{{messages.tipo}} = $1
) AS wrote
GROUP BY 1
