-- How many sessions are active?
SELECT count(*)::float8 AS value FROM {{sessions}} AS s WHERE s.{{sessions.ativa}}
