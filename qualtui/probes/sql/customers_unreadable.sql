-- Which of these leads have an active session in a state that the bot can't read? Each message of theirs is lost.
SELECT s.{{sessions.lead_id}}::text AS lead, min(s.{{sessions.estado}}) AS state
FROM {{sessions}} AS s
WHERE s.{{sessions.lead_id}} = ANY($1)
    AND s.{{sessions.ativa}}
    AND s.{{sessions.estado}} = ANY($2)
GROUP BY s.{{sessions.lead_id}}
