insert into reunioes (lead_id, status) values ($1, 'agendado')
