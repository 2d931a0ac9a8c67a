-- A session for each lead; most are active, as the agent leaves them.
INSERT INTO sessions (id, lead_id, ativa, created_at)
SELECT id, id, status <> 'novo', created_at FROM leads;
