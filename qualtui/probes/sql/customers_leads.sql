-- Which leads were created since the watermark?
SELECT
    extract(epoch FROM l.{{leads.created_at}})::float8 AS at,
    l.{{leads.id}}::text AS id
FROM {{leads}} AS l
WHERE l.{{leads.created_at}} >= $1
    AND l.{{leads.created_at}} <= now() + interval '1 day'
    AND (l.{{leads.created_at}} > $1 OR l.{{leads.id}}::text > $2)
ORDER BY l.{{leads.created_at}}, l.{{leads.id}}::text
LIMIT $3
