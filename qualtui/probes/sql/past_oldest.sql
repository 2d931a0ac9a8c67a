-- When is the oldest row that counts? Two steps in the indexes.
SELECT extract(epoch FROM least(
    (SELECT min(m.{{messages.created_at}}) FROM {{messages}} AS m),
    (SELECT min(l.{{leads.created_at}}) FROM {{leads}} AS l)
))::float8 AS at
