-- How many active sessions were asked the same question twice in the last day? Read by created_at: at most a day's
-- messages, and no more than 50 000 of them.
SELECT count(DISTINCT repeated.session)::float8 AS value
FROM (
    SELECT asked.session
    FROM (
        SELECT
            m.{{messages.session_id}} AS session,
            m.{{messages.metadata}} ->> 'etapa' AS etapa
        FROM {{messages}} AS m
        WHERE m.{{messages.created_at}} >= now() - interval '1 day'
            AND m.{{messages.tipo}} = $1
            AND coalesce(m.{{messages.metadata}} ->> 'source', '') <> 'qualtui_retry' -- ours asks nothing
        ORDER BY m.{{messages.created_at}} DESC
        LIMIT 50000
    ) AS asked
    JOIN {{sessions}} AS s ON s.{{sessions.id}} = asked.session
    WHERE s.{{sessions.ativa}} AND asked.etapa IS NOT NULL
    GROUP BY asked.session, asked.etapa
    HAVING count(*) >= 2
) AS repeated
