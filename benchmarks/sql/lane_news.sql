-- What comes between two cycles: three customers write, two of them are answered.
INSERT INTO messages (session_id, lead_id, conteudo, tipo, created_at)
SELECT s.id, s.lead_id, 'texto', said.tipo, now() - said.ago
FROM (SELECT id, lead_id FROM sessions ORDER BY id OFFSET 100 LIMIT 3) AS s
CROSS JOIN (VALUES ('recebida', interval '200 ms'), ('enviada', interval '100 ms')) AS said (tipo, ago)
WHERE said.tipo = 'recebida' OR s.id <> '00000000-0000-4000-8000-000000000065';
