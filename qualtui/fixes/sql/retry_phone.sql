-- The digits of this customer's phone, at the moment of sending.
SELECT regexp_replace(l.{{leads.telefone}}, '\D', '', 'g') FROM {{leads}} AS l WHERE l.{{leads.id}} = $1
