select id, nome, status from leads where telefone = $1
