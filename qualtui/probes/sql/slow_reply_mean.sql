-- S12 and S16 literally: how long, in the mean, until the next row of the bot in the session, whether it arrived or
-- not? Of the last hour's messages, at most 5000; one without a row does not count.
SELECT avg(extract(epoch FROM answer.at - asked.at))::float8 AS value
FROM (
    SELECT m.{{messages.session_id}} AS session, m.{{messages.created_at}} AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= now() - interval '1 hour'
        AND m.{{messages.created_at}} <= now()
        AND m.{{messages.tipo}} = $2
    ORDER BY m.{{messages.created_at}} DESC
    LIMIT 5000
) AS asked
CROSS JOIN LATERAL (
    SELECT m.{{messages.created_at}} AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.session_id}} = asked.session
        AND m.{{messages.tipo}} = $1
        AND m.{{messages.created_at}} >= asked.at
    ORDER BY m.{{messages.created_at}} + interval '0' -- so that the index on session_id is taken
    LIMIT 1
) AS answer
