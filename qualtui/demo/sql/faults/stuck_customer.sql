-- A conversation that was answered once, in a session whose contexto is damaged; then the customer wrote, unanswered.
-- $3: when it began; $4: when the customer wrote. The lead's own time is now: what follows new rows has to see it.
with lead as (
    insert into leads (nome, telefone, canal, status)
    values ($1, $2, 'whatsapp', 'em_qualificacao')
    on conflict (telefone) do update set nome = excluded.nome
    returning id
), session as (
    insert into sessions (lead_id, contexto, created_at, updated_at)
    select id, '{"responses": "damaged"}', $3, $3 from lead
    returning id, lead_id
), said as (
    insert into messages (session_id, lead_id, conteudo, tipo, metadata, created_at)
    select session.id, session.lead_id, line.text, line.kind, line.metadata::jsonb, line.moment
    from session, (values
        ('Oi, vi o vídeo de vocês', 'recebida', '{"fonte": "whatsapp"}', $3::timestamptz),
        ('Para começar: qual faixa de patrimônio você tem investida hoje?', 'enviada',
         '{"etapa": "perguntar_patrimonio"}', $3::timestamptz + interval '0.5 second'),
        ('Entre 100 e 300 mil', 'recebida', '{"fonte": "whatsapp"}', $4::timestamptz)
    ) as line (text, kind, metadata, moment)
)
select id from session
