insert into qualificacoes (lead_id, session_id, patrimonio_resposta) values ($1, $2, $3)
