-- How many rows of this table do we see?
SELECT count(r.{{leads.id}})::float8 AS seen FROM {{leads}} AS r
