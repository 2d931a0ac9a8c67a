select id, estado, contexto from sessions where lead_id = $1 and ativa order by created_at desc limit 1
