-- S10 literally: how many leads of the last hour are marked as processed?
SELECT count(*)::float8 AS value
FROM {{leads}} AS l
WHERE l.{{leads.created_at}} >= now() - interval '1 hour'
    AND l.{{leads.processado}} = true
