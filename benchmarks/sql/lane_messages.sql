-- Each lead was greeted, wrote, and was answered; of the newest fifty the last is still owed an answer.
INSERT INTO messages (session_id, lead_id, conteudo, tipo, created_at)
SELECT l.id, l.id, 'texto', said.tipo, l.created_at + said.after
FROM (SELECT id, created_at, row_number() OVER (ORDER BY created_at DESC) AS place FROM leads) AS l
CROSS JOIN (
    VALUES ('enviada', interval '10 s', 1), ('recebida', interval '60 s', 2), ('enviada', interval '72 s', 3)
) AS said (tipo, after, nth)
WHERE said.nth < 3 OR l.place > 50;
