insert into sessions (lead_id, contexto) values ($1, $2::jsonb) returning id, estado, contexto
