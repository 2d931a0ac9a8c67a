-- In which states are the sessions, and how many of each are active?
SELECT
    coalesce(s.{{sessions.estado}}, '') AS state,
    count(*) FILTER (WHERE s.{{sessions.ativa}})::float8 AS active,
    count(*)::float8 AS total
FROM {{sessions}} AS s
GROUP BY 1
ORDER BY 2 DESC, 3 DESC, 1
LIMIT 50
