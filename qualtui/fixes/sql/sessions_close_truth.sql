-- Close those of the locked sessions that are still stuck in truth, or in a state that the bot can't read.
UPDATE {{sessions}} AS s
SET {{sessions.ativa}} = false
WHERE s.{{sessions.id}} = ANY($1)
    AND s.{{sessions.ativa}}
    AND (s.{{sessions.estado}} = ANY($4) OR coalesce(
        (
            SELECT m.{{messages.tipo}} = $3 AND m.{{messages.created_at}} < now() - make_interval(secs => $2)
            FROM {{messages}} AS m
            WHERE m.{{messages.session_id}} = s.{{sessions.id}}
            ORDER BY m.{{messages.created_at}} + interval '0' DESC
            LIMIT 1
        ),
        s.{{sessions.created_at}} < now() - make_interval(secs => $2)
    ))
RETURNING s.{{sessions.id}}::text AS id
