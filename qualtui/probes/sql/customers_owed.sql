-- In which active sessions is the newest message the customer's, and nothing was sent to its lead since? The newest 500;
-- what came in the last two minutes the watermark still sees. A customer that a person closed no longer waits.
SELECT
    extract(epoch FROM newest.at)::float8 AS at,
    newest.id::text AS id,
    s.{{sessions.lead_id}}::text AS lead,
    s.{{sessions.id}}::text AS session
FROM {{sessions}} AS s
CROSS JOIN LATERAL (
    SELECT
        m.{{messages.id}} AS id,
        m.{{messages.tipo}} AS tipo,
        m.{{messages.created_at}} AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.session_id}} = s.{{sessions.id}}
    ORDER BY m.{{messages.created_at}} + interval '0' DESC -- so that the index on session_id is taken
    LIMIT 1
) AS newest
CROSS JOIN LATERAL (
    SELECT coalesce(l.{{leads.status}}, '') AS status
    FROM {{leads}} AS l
    WHERE l.{{leads.id}} = s.{{sessions.lead_id}}
    LIMIT 1 -- there is one; so that the others are not read
) AS lead
LEFT JOIN LATERAL (
    SELECT true AS there
    FROM {{messages}} AS m
    WHERE m.{{messages.lead_id}} = s.{{sessions.lead_id}}
        AND m.{{messages.tipo}} = $2
        AND m.{{messages.created_at}} >= newest.at
    LIMIT 1 -- likewise
) AS answer ON true
WHERE s.{{sessions.ativa}}
    AND newest.tipo = $1
    AND newest.at < now() - interval '2 minutes'
    AND lead.status <> $3
    AND answer.there IS NULL
ORDER BY newest.at DESC
LIMIT 500
