insert into system_logs (nivel, evento, detalhes) values ('ERROR', $1, $2::jsonb)
