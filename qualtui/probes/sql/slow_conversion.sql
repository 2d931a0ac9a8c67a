-- Of the leads that were assessed in the last 30 days, how many are qualified? NULL is rejected or unfinished.
SELECT
    count(*) FILTER (WHERE q.{{qualificacoes.resultado}} = $1)::float8 AS qualified,
    count(*)::float8 AS assessed
FROM {{qualificacoes}} AS q
WHERE q.{{qualificacoes.created_at}} >= now() - interval '30 days'
