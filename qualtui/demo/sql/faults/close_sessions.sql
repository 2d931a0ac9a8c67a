update sessions set ativa = false
where ativa and lead_id in (select id from leads where telefone = $1)
