-- Which messages came since the watermark? No text, no phone.
SELECT
    extract(epoch FROM m.{{messages.created_at}})::float8 AS at,
    m.{{messages.id}}::text AS id,
    m.{{messages.lead_id}}::text AS lead,
    m.{{messages.session_id}}::text AS session,
    m.{{messages.tipo}} = $4 AS sent
FROM {{messages}} AS m
WHERE m.{{messages.created_at}} >= $1
    AND m.{{messages.created_at}} <= now() + interval '1 day'
    AND (m.{{messages.created_at}} > $1 OR m.{{messages.id}}::text > $2)
    AND m.{{messages.tipo}} IN ($4, $5)
ORDER BY m.{{messages.created_at}}, m.{{messages.id}}::text
LIMIT $3
