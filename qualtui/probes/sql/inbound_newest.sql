-- When did a customer write last?
SELECT extract(epoch FROM m.{{messages.created_at}})::float8 AS at
FROM {{messages}} AS m
WHERE m.{{messages.created_at}} <= now()
    AND m.{{messages.created_at}} >= now() - interval '28 days'
    AND m.{{messages.tipo}} = $1
ORDER BY m.{{messages.created_at}} DESC
LIMIT 1
