-- Close those of the locked sessions that the row still calls stuck.
UPDATE {{sessions}} AS s
SET {{sessions.ativa}} = false
WHERE s.{{sessions.id}} = ANY($1)
    AND s.{{sessions.ativa}}
    AND s.{{sessions.updated_at}} < now() - make_interval(secs => $2)
RETURNING s.{{sessions.id}}::text AS id
