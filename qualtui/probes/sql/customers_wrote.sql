-- Which customers wrote in a time, and when last? At most 2000 messages are looked at: a flood must not cost more.
SELECT seen.lead AS lead, max(seen.at) AS at
FROM (
    SELECT m.{{messages.lead_id}}::text AS lead, extract(epoch FROM m.{{messages.created_at}})::float8 AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= $1
        AND m.{{messages.created_at}} < $2
        AND m.{{messages.tipo}} = $3
    ORDER BY m.{{messages.created_at}} DESC
    LIMIT 2000
) AS seen
WHERE seen.lead IS NOT NULL
GROUP BY seen.lead
ORDER BY max(seen.at) DESC
LIMIT $4
