-- Which of these rights on columns does our role have?
SELECT
    given.relation AS relation,
    given.name AS name,
    given.privilege AS privilege,
    c.oid IS NOT NULL AS table_there,
    a.attnum IS NOT NULL AS there,
    coalesce(has_column_privilege(c.oid, a.attnum, given.privilege), false) AS granted
FROM unnest($1::text[], $2::text[], $3::text[]) AS given (relation, name, privilege)
LEFT JOIN pg_class AS c ON c.oid = to_regclass(given.relation)
LEFT JOIN pg_attribute AS a
    ON a.attrelid = c.oid AND a.attname = given.name AND a.attnum > 0 AND NOT a.attisdropped
