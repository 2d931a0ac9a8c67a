-- Which indexes do these tables have, and on what first column? Those on a part of the rows are left out.
SELECT
    given.relation AS relation,
    i.indexrelid::regclass::text AS index,
    a.attname::text AS first,
    i.indisvalid AS valid
FROM unnest($1::text[]) AS given (relation)
JOIN pg_index AS i ON i.indrelid = to_regclass(given.relation)
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indpred IS NULL
