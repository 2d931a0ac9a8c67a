-- Which errors did the agent write to its own log in the last hour, most frequent first? Their texts up to a colon:
-- what comes after it may hold anything.
SELECT
    split_part(g.{{system_logs.evento}}, ':', 1) AS evento,
    count(*)::float8 AS times
FROM {{system_logs}} AS g
WHERE g.{{system_logs.created_at}} >= now() - interval '1 hour'
    AND g.{{system_logs.nivel}} = 'ERROR'
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT 100
