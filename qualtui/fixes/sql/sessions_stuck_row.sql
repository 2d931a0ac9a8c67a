-- Which active sessions does the row call stuck (S3), and what is their situation in truth?
SELECT
    s.{{sessions.id}}::text AS id,
    s.{{sessions.lead_id}}::text AS lead,
    l.{{leads.telefone}} AS phone,
    CASE
        WHEN newest.tipo IS NULL THEN 'never_messaged'
        WHEN newest.tipo = $2 THEN 'bot_owes'
        ELSE 'waiting_client'
    END AS situation,
    extract(epoch FROM now() - s.{{sessions.updated_at}})::float8 AS age,
    count(*) OVER () AS total
FROM {{sessions}} AS s
LEFT JOIN {{leads}} AS l ON l.{{leads.id}} = s.{{sessions.lead_id}}
LEFT JOIN LATERAL (
    SELECT m.{{messages.tipo}} AS tipo
    FROM {{messages}} AS m
    WHERE m.{{messages.session_id}} = s.{{sessions.id}}
    ORDER BY m.{{messages.created_at}} + interval '0' DESC
    LIMIT 1
) AS newest ON true
WHERE s.{{sessions.ativa}}
    AND s.{{sessions.updated_at}} < now() - make_interval(secs => $1)
ORDER BY age DESC, id
LIMIT $3
