-- How many leads were created in the last hour, whatever became of them?
SELECT count(*)::float8 AS value
FROM {{leads}} AS l
WHERE l.{{leads.created_at}} >= now() - interval '1 hour'
    AND l.{{leads.created_at}} <= now()
