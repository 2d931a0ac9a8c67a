-- Which active sessions are stuck in truth: the bot owes a reply, or never said a word, for longer than the limit, or
-- fails on the state of a session whose customer waits?
SELECT
    s.{{sessions.id}}::text AS id,
    s.{{sessions.lead_id}}::text AS lead,
    l.{{leads.telefone}} AS phone,
    CASE
        WHEN s.{{sessions.estado}} = ANY($5) AND s.{{sessions.lead_id}} = ANY($4) THEN 'unreadable'
        WHEN newest.tipo IS NULL THEN 'never_messaged'
        ELSE 'bot_owes'
    END AS situation,
    extract(epoch FROM now() - coalesce(newest.at, s.{{sessions.created_at}}))::float8 AS age,
    count(*) OVER () AS total
FROM {{sessions}} AS s
LEFT JOIN {{leads}} AS l ON l.{{leads.id}} = s.{{sessions.lead_id}}
LEFT JOIN LATERAL (
    SELECT m.{{messages.tipo}} AS tipo, m.{{messages.created_at}} AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.session_id}} = s.{{sessions.id}}
    ORDER BY m.{{messages.created_at}} + interval '0' DESC -- so that the index on session_id is taken
    LIMIT 1
) AS newest ON true
WHERE s.{{sessions.ativa}}
    AND (
        (s.{{sessions.estado}} = ANY($5) AND s.{{sessions.lead_id}} = ANY($4))
        OR (
            (newest.tipo = $2 OR newest.tipo IS NULL)
            AND coalesce(newest.at, s.{{sessions.created_at}}) < now() - make_interval(secs => $1)
        )
    )
ORDER BY age DESC, id
LIMIT $3
