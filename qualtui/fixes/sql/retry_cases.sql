-- What decides whether these customers may be written to, and how? No name, no text; of the phone only whether it is one.
SELECT
    l.{{leads.id}}::text AS lead,
    coalesce(l.{{leads.status}}, '') AS status,
    coalesce(l.{{leads.canal}}, '') AS channel,
    regexp_replace(l.{{leads.telefone}}, '\D', '', 'g') ~ '^[1-9][0-9]{9,13}$' AS dialable,
    place.id::text AS session,
    coalesce(place.state, '') AS state,
    extract(epoch FROM said.at)::float8 AS said,
    extract(epoch FROM heard.at)::float8 AS heard,
    extract(epoch FROM claim.at)::float8 AS claimed,
    extract(epoch FROM clock_timestamp())::float8 AS now,
    claim.outcome AS outcome,
    coalesce(place.active AND heard.at >= place.began, false) AS again
FROM {{leads}} AS l
LEFT JOIN LATERAL (
    SELECT
        s.{{sessions.id}} AS id,
        s.{{sessions.ativa}} AS active,
        s.{{sessions.created_at}} AS began,
        CASE WHEN s.{{sessions.ativa}} THEN s.{{sessions.estado}} END AS state
    FROM {{sessions}} AS s
    WHERE s.{{sessions.lead_id}} = l.{{leads.id}}
    ORDER BY coalesce(s.{{sessions.ativa}}, false) DESC, s.{{sessions.created_at}} DESC
    LIMIT 1
) AS place ON true
LEFT JOIN LATERAL (
    SELECT max(m.{{messages.created_at}}) AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.lead_id}} = l.{{leads.id}} AND m.{{messages.tipo}} = $2
) AS said ON true
LEFT JOIN LATERAL (
    SELECT max(m.{{messages.created_at}}) AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.lead_id}} = l.{{leads.id}} AND m.{{messages.tipo}} = $3
) AS heard ON true
LEFT JOIN LATERAL (
    SELECT c.{{system_logs.created_at}} AS at, coalesce(d.{{system_logs.evento}}, o.{{system_logs.evento}}) AS outcome
    FROM {{system_logs}} AS c
    LEFT JOIN {{system_logs}} AS o
        ON o.{{system_logs.id}} = md5(c.{{system_logs.id}}::text || ':outcome')::uuid
    LEFT JOIN {{system_logs}} AS d
        ON d.{{system_logs.id}} = md5(c.{{system_logs.id}}::text || ':delivered')::uuid
    WHERE c.{{system_logs.lead_id}} = l.{{leads.id}}
        AND c.{{system_logs.evento}} = 'qualtui_retry_claim'
        AND c.{{system_logs.created_at}} > now() - make_interval(secs => $4)
    -- One that is in doubt comes before any that is known.
    ORDER BY coalesce(o.{{system_logs.evento}} = 'qualtui_retry_doubt', true) DESC, c.{{system_logs.created_at}} DESC
    LIMIT 1
) AS claim ON true
WHERE l.{{leads.id}} = ANY($1)
