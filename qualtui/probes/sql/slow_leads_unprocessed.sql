-- S2 literally: how many leads of the last hour are new and not marked as processed?
SELECT count(*)::float8 AS value
FROM {{leads}} AS l
WHERE l.{{leads.created_at}} >= now() - interval '1 hour'
    AND l.{{leads.status}} = $1
    AND l.{{leads.processado}} = false
