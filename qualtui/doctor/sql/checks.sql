-- Which CHECKs stand on these columns, and of what type are they?
SELECT
    given.relation AS relation,
    given.name AS name,
    format_type(a.atttypid, a.atttypmod) AS type,
    k.conname::text AS constraint,
    pg_get_constraintdef(k.oid) AS definition
FROM unnest($1::text[], $2::text[]) AS given (relation, name)
JOIN pg_attribute AS a ON a.attrelid = to_regclass(given.relation) AND a.attname = given.name AND a.attnum > 0
LEFT JOIN pg_constraint AS k ON k.conrelid = a.attrelid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
