-- Who waits by the rows' own word? Among the newest messages and leads: those whose newest message is the customer's,
-- and new ones without any.
SELECT given.lead::text AS lead, extract(epoch FROM given.at)::float8 AS at
FROM (
    SELECT newest.lead, newest.at
    FROM (
        SELECT DISTINCT ON (recent.lead) recent.lead, recent.tipo, recent.at
        FROM (
            SELECT m.{{messages.lead_id}} AS lead, m.{{messages.tipo}} AS tipo, m.{{messages.created_at}} AS at
            FROM {{messages}} AS m
            WHERE m.{{messages.created_at}} >= now() - make_interval(secs => $1)
                AND m.{{messages.created_at}} <= now()
                AND m.{{messages.tipo}} IN ($2, $3)
            ORDER BY m.{{messages.created_at}} DESC
            LIMIT $4
        ) AS recent
        ORDER BY recent.lead, recent.at DESC, recent.tipo = $2 DESC
    ) AS newest
    WHERE newest.tipo = $3
    UNION ALL
    SELECT fresh.lead, fresh.at
    FROM (
        SELECT l.{{leads.id}} AS lead, l.{{leads.created_at}} AS at
        FROM {{leads}} AS l
        WHERE l.{{leads.created_at}} >= now() - make_interval(secs => $1)
            AND l.{{leads.created_at}} <= now()
        ORDER BY l.{{leads.created_at}} DESC
        LIMIT $4
    ) AS fresh
    LEFT JOIN LATERAL (
        SELECT true AS spoken
        FROM {{messages}} AS m
        WHERE m.{{messages.lead_id}} = fresh.lead
        LIMIT 1 -- so that the index on lead_id is taken
    ) AS any_message ON true
    WHERE any_message.spoken IS NULL
) AS given
WHERE given.at <= now() - make_interval(secs => $5)
ORDER BY given.at
LIMIT $6
