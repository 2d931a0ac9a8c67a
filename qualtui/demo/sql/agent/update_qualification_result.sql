update qualificacoes set resultado = $2 where lead_id = $1
