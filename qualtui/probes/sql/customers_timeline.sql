-- When did this customer and the bot write? No text. At most 500 rows are looked at: a flood must not cost more.
SELECT extract(epoch FROM newest.at)::float8 AS at, newest.tipo = $2 AS sent
FROM (
    SELECT m.{{messages.tipo}} AS tipo, m.{{messages.created_at}} AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.lead_id}} = $1
    LIMIT 500
) AS newest
WHERE newest.tipo IN ($2, $3) AND newest.at IS NOT NULL
ORDER BY newest.at DESC
LIMIT 40
