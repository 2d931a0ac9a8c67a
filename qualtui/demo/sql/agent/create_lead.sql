insert into leads (nome, telefone, canal) values ($1, $2, 'whatsapp') returning id, nome, status
