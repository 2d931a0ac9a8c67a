-- How many active sessions wait for the client, and how many never had a message?
SELECT
    count(*) FILTER (WHERE newest.tipo = $1)::float8 AS waiting_client,
    count(*) FILTER (WHERE newest.tipo IS NULL)::float8 AS never_messaged
FROM {{sessions}} AS s
LEFT JOIN LATERAL (
    SELECT m.{{messages.tipo}} AS tipo
    FROM {{messages}} AS m
    WHERE m.{{messages.session_id}} = s.{{sessions.id}}
    ORDER BY m.{{messages.created_at}} + interval '0' DESC -- so that the index on session_id is taken
    LIMIT 1
) AS newest ON true
WHERE s.{{sessions.ativa}}
