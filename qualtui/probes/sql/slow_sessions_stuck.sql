-- S3 literally: how many active sessions were not updated for 30 minutes?
SELECT count(*)::float8 AS value
FROM {{sessions}} AS s
WHERE s.{{sessions.ativa}} = true
    AND s.{{sessions.updated_at}} < now() - interval '30 minutes'
