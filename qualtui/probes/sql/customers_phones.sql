-- What are the phones of these leads? Asked for on demand, masked at once, never stored.
SELECT l.{{leads.id}}::text AS id, l.{{leads.telefone}} AS phone
FROM {{leads}} AS l
WHERE l.{{leads.id}} = ANY($1)
