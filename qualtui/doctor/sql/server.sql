-- Who are we here, on what server, and how much room is left on it?
SELECT
    current_setting('server_version') AS version,
    current_setting('server_version_num')::int AS number,
    current_user::text AS role,
    r.rolsuper AS super,
    r.rolbypassrls AS bypass,
    r.rolconnlimit AS role_limit,
    pg_is_in_recovery() AS replica,
    current_setting('max_connections')::int AS most,
    current_setting('superuser_reserved_connections')::int AS reserved,
    (SELECT count(*) FROM pg_stat_activity AS a WHERE a.datid IS NOT NULL)::int AS used,
    (SELECT count(*) FROM pg_stat_activity AS a WHERE a.usesysid = r.oid)::int AS role_used,
    (SELECT s.reset_val::int FROM pg_settings AS s WHERE s.name = 'statement_timeout') AS statement_timeout,
    (SELECT s.reset_val FROM pg_settings AS s WHERE s.name = 'default_transaction_read_only') AS read_only
FROM pg_roles AS r
WHERE r.rolname = current_user
