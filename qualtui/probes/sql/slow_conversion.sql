-- Of the leads that were assessed in the last 30 days, how many were ever qualified? `resultado` alone does not show it: the
-- bot overwrites it, a CHECK may refuse it, and a trigger overwrites the lead's status. So it is the result or the
-- status, or a meeting was offered: to that step of the conversation only who is qualified comes.
WITH assessed AS (
    SELECT
        q.{{qualificacoes.lead_id}} AS lead,
        bool_or(coalesce(q.{{qualificacoes.resultado}} = ANY($1), false)) AS qualified
    FROM {{qualificacoes}} AS q
    WHERE q.{{qualificacoes.created_at}} >= now() - interval '30 days'
    GROUP BY q.{{qualificacoes.lead_id}}
)
SELECT
    count(*) FILTER (
        WHERE assessed.qualified
            OR l.{{leads.status}} = ANY($1)
            OR EXISTS (
                SELECT
                FROM {{messages}} AS m
                WHERE m.{{messages.lead_id}} = assessed.lead
                    AND m.{{messages.tipo}} = $2
                    AND m.{{messages.metadata}} ->> 'etapa' = ANY($3)
            )
    )::float8 AS qualified,
    count(*)::float8 AS assessed
FROM assessed
LEFT JOIN {{leads}} AS l ON l.{{leads.id}} = assessed.lead
