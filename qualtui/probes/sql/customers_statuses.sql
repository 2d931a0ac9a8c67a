-- Which of these leads are still there, and with which status?
SELECT l.{{leads.id}}::text AS id, coalesce(l.{{leads.status}}, '') AS status
FROM {{leads}} AS l
WHERE l.{{leads.id}} = ANY($1)
