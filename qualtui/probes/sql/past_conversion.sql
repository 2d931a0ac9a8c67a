-- Of the leads that were first assessed from $1 to $2, by the hour, counted since 1970: how many are there, and how many were
-- ever qualified? By the result, the status or an offered meeting, as in slow_conversion.sql, which says why.
WITH assessed AS (
    SELECT
        q.{{qualificacoes.lead_id}} AS lead,
        min(q.{{qualificacoes.created_at}}) AS at,
        bool_or(coalesce(q.{{qualificacoes.resultado}} = ANY($3), false)) AS qualified
    FROM {{qualificacoes}} AS q
    WHERE q.{{qualificacoes.created_at}} >= $1::timestamptz AND q.{{qualificacoes.created_at}} < $2::timestamptz
    GROUP BY q.{{qualificacoes.lead_id}}
)
SELECT
    floor(extract(epoch FROM assessed.at) / 3600)::int AS hour,
    count(*) FILTER (
        WHERE assessed.qualified
            OR l.{{leads.status}} = ANY($3)
            OR EXISTS (
                SELECT
                FROM {{messages}} AS m
                WHERE m.{{messages.lead_id}} = assessed.lead
                    AND m.{{messages.tipo}} = $4
                    AND m.{{messages.metadata}} ->> 'etapa' = ANY($5)
            )
    )::float8 AS qualified,
    count(*)::float8 AS assessed
FROM assessed
LEFT JOIN {{leads}} AS l ON l.{{leads.id}} = assessed.lead
GROUP BY 1
