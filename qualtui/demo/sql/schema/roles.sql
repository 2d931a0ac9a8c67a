-- qualtui's reader, its narrow writer, and the agent itself; passwords are set at each start.
do $$
declare
    name text;
begin
    foreach name in array array['qualtui_ro', 'qualtui_rw', 'agent_app'] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I login', name);
        end if;
    end loop;
end;
$$;
grant usage on schema public to qualtui_ro, qualtui_rw, agent_app;
grant select on all tables in schema public to qualtui_ro;
grant select on leads, sessions, messages to qualtui_rw;
grant update (ativa) on sessions to qualtui_rw;
grant insert (session_id, lead_id, conteudo, tipo, metadata) on messages to qualtui_rw;
grant select (id, lead_id, evento, created_at) on system_logs to qualtui_rw;
grant insert (id, lead_id, nivel, evento, detalhes, created_at) on system_logs to qualtui_rw;
grant select, insert, update, delete on all tables in schema public to agent_app;
alter role qualtui_ro set default_transaction_read_only = on;
