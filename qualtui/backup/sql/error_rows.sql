-- The errors that the bot logged itself since $1, the newest first, at most $2. Their details hold customers: not read.
SELECT
    extract(epoch FROM l.{{system_logs.created_at}})::float8 AS at,
    l.{{system_logs.evento}} AS event
FROM {{system_logs}} AS l
WHERE l.{{system_logs.nivel}} = 'ERROR' AND l.{{system_logs.created_at}} >= $1
ORDER BY l.{{system_logs.created_at}} DESC
LIMIT $2
