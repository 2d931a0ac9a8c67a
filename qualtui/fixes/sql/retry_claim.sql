-- Say that this customer is being written to, before anything is sent.
INSERT INTO {{system_logs}} (
    {{system_logs.id}},
    {{system_logs.lead_id}},
    {{system_logs.nivel}},
    {{system_logs.evento}},
    {{system_logs.detalhes}},
    {{system_logs.created_at}}
)
VALUES ($1, $2, 'INFO', 'qualtui_retry_claim', $3::text::jsonb, clock_timestamp())
