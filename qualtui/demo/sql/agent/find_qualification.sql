select id from qualificacoes where lead_id = $1 limit 1
