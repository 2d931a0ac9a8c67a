-- What was sent last to each of these leads? At most 500 rows a lead are looked at: a flood must not cost more.
SELECT
    extract(epoch FROM newest.at)::float8 AS at,
    newest.id::text AS id,
    given.lead::text AS lead,
    newest.session::text AS session
FROM unnest($1::uuid[]) AS given (lead)
CROSS JOIN LATERAL (
    SELECT newest.id, newest.session, newest.at
    FROM (
        SELECT
            m.{{messages.id}} AS id,
            m.{{messages.session_id}} AS session,
            m.{{messages.tipo}} AS tipo,
            m.{{messages.created_at}} AS at
        FROM {{messages}} AS m
        WHERE m.{{messages.lead_id}} = given.lead
        LIMIT 500
    ) AS newest
    WHERE newest.tipo = $2 AND newest.at IS NOT NULL
    ORDER BY newest.at DESC
    LIMIT 1
) AS newest
