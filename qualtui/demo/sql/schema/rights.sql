-- The rights of docs/roles.sql: no text of a message, no name and no e-mail address.
grant select (id, telefone, status, processado, created_at, updated_at) on leads to qualtui_ro;
grant select (id, lead_id, estado, ativa, created_at, updated_at) on sessions to qualtui_ro;
grant select (id, session_id, lead_id, tipo, created_at) on messages to qualtui_ro;
grant select (metadata) on messages to qualtui_ro;
grant select (lead_id, resultado, created_at) on qualificacoes to qualtui_ro;
grant select (nivel, evento, created_at) on system_logs to qualtui_ro;
grant select (id, telefone, status, processado, created_at, updated_at) on leads to qualtui_rw;
grant select (id, lead_id, estado, ativa, created_at, updated_at) on sessions to qualtui_rw;
grant select (id, session_id, lead_id, tipo, created_at) on messages to qualtui_rw;
grant update (ativa, updated_at) on sessions to qualtui_rw;
grant select (canal) on leads to qualtui_rw;
grant select (id, lead_id, evento, created_at) on system_logs to qualtui_rw;
grant insert (id, lead_id, nivel, evento, detalhes, created_at) on system_logs to qualtui_rw;
grant select (metadata) on messages to qualtui_rw;
grant insert (session_id, lead_id, conteudo, tipo, metadata) on messages to qualtui_rw;
