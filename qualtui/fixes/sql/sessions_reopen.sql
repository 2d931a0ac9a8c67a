-- Make these sessions active again where nothing has taken their place and no one finished them.
UPDATE {{sessions}} AS s
SET {{sessions.ativa}} = true
WHERE s.{{sessions.id}} = ANY($1)
    AND s.{{sessions.ativa}} IS NOT TRUE
    AND coalesce(s.{{sessions.estado}}, '') NOT LIKE 'finalizado%'
    AND NOT EXISTS (
        SELECT
        FROM {{sessions}} AS newer
        WHERE newer.{{sessions.lead_id}} = s.{{sessions.lead_id}}
            AND newer.{{sessions.ativa}}
            AND newer.{{sessions.created_at}} > s.{{sessions.created_at}}
    )
RETURNING s.{{sessions.id}}::text AS id
