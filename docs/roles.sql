-- The two database roles of qualtui. Run it once, as the owner of the bot's tables; change the passwords first.
-- No text of a message, no name and no e-mail address can be read by either.

CREATE ROLE qualtui_ro LOGIN PASSWORD 'change me' CONNECTION LIMIT 4;
ALTER ROLE qualtui_ro SET default_transaction_read_only = on;
ALTER ROLE qualtui_ro SET statement_timeout = '60s';
ALTER ROLE qualtui_ro SET idle_in_transaction_session_timeout = '60s';
GRANT SELECT (id, telefone, status, processado, created_at, updated_at) ON leads TO qualtui_ro;
GRANT SELECT (id, lead_id, estado, ativa, created_at, updated_at) ON sessions TO qualtui_ro;
GRANT SELECT (id, session_id, lead_id, tipo, created_at) ON messages TO qualtui_ro;

-- For fixes alone; leave it out and qualtui only watches.
CREATE ROLE qualtui_rw LOGIN PASSWORD 'change me too' CONNECTION LIMIT 2;
ALTER ROLE qualtui_rw SET statement_timeout = '60s';
ALTER ROLE qualtui_rw SET idle_in_transaction_session_timeout = '60s';
GRANT SELECT (id, telefone, status, processado, created_at, updated_at) ON leads TO qualtui_rw;
GRANT SELECT (id, lead_id, estado, ativa, created_at, updated_at) ON sessions TO qualtui_rw;
GRANT SELECT (id, session_id, lead_id, tipo, created_at) ON messages TO qualtui_rw;
GRANT UPDATE (ativa, updated_at) ON sessions TO qualtui_rw;

-- Where row-level security is on (Supabase), a role without a policy sees no rows, and no error says so:
--   ALTER ROLE qualtui_ro BYPASSRLS;
--   ALTER ROLE qualtui_rw BYPASSRLS;
