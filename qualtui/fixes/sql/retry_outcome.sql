-- Say what became of a claim: its row's id follows from the claim's, so that there can be one only.
INSERT INTO {{system_logs}} (
    {{system_logs.id}},
    {{system_logs.lead_id}},
    {{system_logs.nivel}},
    {{system_logs.evento}},
    {{system_logs.detalhes}},
    {{system_logs.created_at}}
)
VALUES (md5($1::text || ':outcome')::uuid, $2, 'INFO', $3, $4::text::jsonb, clock_timestamp())
