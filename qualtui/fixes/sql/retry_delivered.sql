-- Say that what was accepted has been delivered: a row beside the outcome, once.
INSERT INTO {{system_logs}} (
    {{system_logs.id}},
    {{system_logs.lead_id}},
    {{system_logs.nivel}},
    {{system_logs.evento}},
    {{system_logs.detalhes}},
    {{system_logs.created_at}}
)
VALUES (md5($1::text || ':delivered')::uuid, $2, 'INFO', $3, $4::text::jsonb, clock_timestamp())
ON CONFLICT DO NOTHING
