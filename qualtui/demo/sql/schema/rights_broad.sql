-- What many deployments grant: whole tables, with the texts of people.
grant select on all tables in schema public to qualtui_ro;
grant select on leads, sessions, messages to qualtui_rw;
grant update (ativa) on sessions to qualtui_rw;
grant insert (session_id, lead_id, conteudo, tipo, metadata) on messages to qualtui_rw;
grant select (id, lead_id, evento, created_at) on system_logs to qualtui_rw;
grant insert (id, lead_id, nivel, evento, detalhes, created_at) on system_logs to qualtui_rw;
