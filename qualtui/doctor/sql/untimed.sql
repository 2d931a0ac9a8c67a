-- How many messages and leads have no time of creation, up to $1 of each?
SELECT
    (
        SELECT count(*)::int
        FROM (SELECT 1 FROM {{messages}} AS m WHERE m.{{messages.created_at}} IS NULL LIMIT $1) AS few
    ) AS messages,
    (
        SELECT count(*)::int
        FROM (SELECT 1 FROM {{leads}} AS l WHERE l.{{leads.created_at}} IS NULL LIMIT $1) AS few
    ) AS leads
