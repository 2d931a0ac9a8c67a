-- Which of these sessions are active?
SELECT s.{{sessions.id}}::text AS id, coalesce(s.{{sessions.ativa}}, false) AS active
FROM {{sessions}} AS s
WHERE s.{{sessions.id}} = ANY($1)
