-- Store what was delivered as the bot would: in the conversation's session, at the step where it stands.
INSERT INTO {{messages}} (
    {{messages.session_id}},
    {{messages.lead_id}},
    {{messages.conteudo}},
    {{messages.tipo}},
    {{messages.metadata}}
)
VALUES (
    $1,
    $2,
    $3,
    $4::text,
    jsonb_build_object(
        'etapa',
        coalesce(
            (
                SELECT m.{{messages.metadata}} ->> 'etapa'
                FROM {{messages}} AS m
                WHERE m.{{messages.session_id}} = $1 AND m.{{messages.tipo}} = $4::text
                ORDER BY m.{{messages.created_at}} + interval '0' DESC
                LIMIT 1
            ),
            'mensagem_inicial'
        ),
        'source',
        'qualtui_retry'
    )
)
