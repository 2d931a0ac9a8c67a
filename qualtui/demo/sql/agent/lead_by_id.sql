select id, nome, telefone from leads where id = $1
