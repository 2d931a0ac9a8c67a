-- How many rows of this table do we see?
SELECT count(r.{{messages.id}})::float8 AS seen FROM {{messages}} AS r
