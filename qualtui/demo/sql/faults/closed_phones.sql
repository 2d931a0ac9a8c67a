select l.telefone from sessions s join leads l on l.id = s.lead_id
where s.id = any($1::uuid[]) and not s.ativa
