-- Take these sessions, but none that the agent is at: its insert of a message holds a key share on the session.
SELECT s.{{sessions.id}}::text AS id
FROM {{sessions}} AS s
WHERE s.{{sessions.id}} = ANY($1)
ORDER BY s.{{sessions.id}}
FOR UPDATE SKIP LOCKED
