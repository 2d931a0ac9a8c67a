select session_id, conteudo, metadata ->> 'etapa' as etapa from messages
where lead_id = $1 and tipo = 'enviada' order by created_at desc limit 1
