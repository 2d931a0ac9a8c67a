update sessions set estado = $2, contexto = $3::jsonb, ativa = $4 where id = $1
