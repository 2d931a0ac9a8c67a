-- The two database roles of qualtui. Run it once, as the owner of the bot's tables, with passwords of your own:
--
--   psql "$OWNER_DSN" -v ON_ERROR_STOP=1 -f roles.sql
--
-- Passwords go into a DSN: letters and digits alone need no escaping there (`openssl rand -hex 16` makes one).
-- No text of a message, no name and no e-mail address can be read by either.

CREATE ROLE qualtui_ro LOGIN PASSWORD 'CHANGEME' CONNECTION LIMIT 4;
ALTER ROLE qualtui_ro SET default_transaction_read_only = on;
ALTER ROLE qualtui_ro SET statement_timeout = '60s';
ALTER ROLE qualtui_ro SET idle_in_transaction_session_timeout = '60s';
GRANT SELECT (id, telefone, status, processado, created_at, updated_at) ON leads TO qualtui_ro;
GRANT SELECT (id, lead_id, estado, ativa, created_at, updated_at) ON sessions TO qualtui_ro;
GRANT SELECT (id, session_id, lead_id, tipo, created_at) ON messages TO qualtui_ro;
GRANT SELECT (metadata) ON messages TO qualtui_ro; -- the bot's question: a customer who gets it twice is in a loop
GRANT SELECT (lead_id, resultado, created_at) ON qualificacoes TO qualtui_ro; -- conversion
GRANT SELECT (nivel, evento, created_at) ON system_logs TO qualtui_ro; -- errors that the bot logs itself

-- For fixes alone; leave it out and qualtui only watches.
CREATE ROLE qualtui_rw LOGIN PASSWORD 'CHANGEMETOO' CONNECTION LIMIT 6;
ALTER ROLE qualtui_rw SET statement_timeout = '60s';
ALTER ROLE qualtui_rw SET idle_in_transaction_session_timeout = '60s';
GRANT SELECT (id, telefone, status, processado, created_at, updated_at) ON leads TO qualtui_rw;
GRANT SELECT (id, lead_id, estado, ativa, created_at, updated_at) ON sessions TO qualtui_rw;
GRANT SELECT (id, session_id, lead_id, tipo, created_at) ON messages TO qualtui_rw;
GRANT UPDATE (ativa, updated_at) ON sessions TO qualtui_rw;

-- For the fix `retry`: who is written to stands in system_logs before and after, and what was delivered in messages.
GRANT SELECT (canal) ON leads TO qualtui_rw;
GRANT SELECT (id, lead_id, evento, created_at) ON system_logs TO qualtui_rw;
GRANT INSERT (id, lead_id, nivel, evento, detalhes, created_at) ON system_logs TO qualtui_rw;
GRANT SELECT (metadata) ON messages TO qualtui_rw; -- the step of the conversation; with `text` alone
GRANT INSERT (session_id, lead_id, conteudo, tipo, metadata) ON messages TO qualtui_rw; -- likewise

-- Where row-level security is on (Supabase), a role without a policy sees no rows, and no error says so. Under a
-- policy a table of which no row is seen is NO DATA, even an empty one; what hides only some rows goes unseen (`doctor`
-- counts them against the planner's estimate):
--   ALTER ROLE qualtui_ro BYPASSRLS;
--   ALTER ROLE qualtui_rw BYPASSRLS;
