-- How many rows of this table do we see?
SELECT count(r.{{sessions.id}})::float8 AS seen FROM {{sessions}} AS r
