-- Which leads have these phones, and what was stored of them since their wait began?
SELECT
    given.number AS number,
    found.id::text AS lead,
    coalesce(found.status, '') AS status,
    newest.received AS received,
    newest.sent AS sent
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (number, phone, since)
CROSS JOIN LATERAL (
    SELECT
        l.{{leads.id}} AS id,
        l.{{leads.status}} AS status
    FROM {{leads}} AS l
    WHERE l.{{leads.telefone}} = given.phone
    LIMIT 1 -- it is unique; so that the index is taken for each
) AS found
CROSS JOIN LATERAL (
    SELECT
        extract(epoch FROM max(m.at) FILTER (WHERE m.tipo = $5))::float8 AS received,
        extract(epoch FROM max(m.at) FILTER (WHERE m.tipo = $4))::float8 AS sent
    FROM (
        SELECT
            m.{{messages.tipo}} AS tipo,
            m.{{messages.created_at}} AS at
        FROM {{messages}} AS m
        WHERE m.{{messages.lead_id}} = found.id
            AND m.{{messages.created_at}} >= given.since
        LIMIT 500
    ) AS m
) AS newest
