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
revoke all on all tables in schema public from qualtui_ro, qualtui_rw;
grant select, insert, update, delete on all tables in schema public to agent_app;
alter role qualtui_ro set default_transaction_read_only = on;
