-- What is true of these sessions now?
SELECT
    s.{{sessions.id}}::text AS id,
    coalesce(s.{{sessions.ativa}}, false) AS active,
    coalesce(s.{{sessions.estado}}, '') LIKE 'finalizado%' AS finished,
    EXISTS (
        SELECT
        FROM {{sessions}} AS newer
        WHERE newer.{{sessions.lead_id}} = s.{{sessions.lead_id}}
            AND newer.{{sessions.ativa}}
            AND newer.{{sessions.created_at}} > s.{{sessions.created_at}}
    ) AS newer
FROM {{sessions}} AS s
WHERE s.{{sessions.id}} = ANY($1)
