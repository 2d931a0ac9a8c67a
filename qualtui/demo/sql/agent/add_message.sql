insert into messages (session_id, lead_id, conteudo, tipo, metadata) values ($1, $2, $3, $4, $5::jsonb)
