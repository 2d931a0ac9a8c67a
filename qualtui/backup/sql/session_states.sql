-- Where each session stood, and when it had its newest message. No answer of a customer is read. At most $1 sessions.
SELECT
    s.{{sessions.id}}::text AS id,
    s.{{sessions.lead_id}}::text AS lead,
    s.{{sessions.estado}} AS state,
    s.{{sessions.ativa}} AS active,
    extract(epoch FROM s.{{sessions.updated_at}})::float8 AS updated_at,
    (
        SELECT extract(epoch FROM max(m.{{messages.created_at}}))::float8
        FROM {{messages}} AS m
        WHERE m.{{messages.session_id}} = s.{{sessions.id}}
    ) AS message_at
FROM {{sessions}} AS s
ORDER BY s.{{sessions.created_at}} DESC
LIMIT $1
