-- What may our role change in these tables, whole or by column?
SELECT
    given.relation AS relation,
    kind.privilege AS privilege,
    coalesce(has_table_privilege(c.oid, kind.privilege), false) AS whole,
    CASE
        WHEN kind.privilege IN ('INSERT', 'UPDATE') THEN ARRAY(
            SELECT a.attname::text
            FROM pg_attribute AS a
            WHERE a.attrelid = c.oid
                AND a.attnum > 0
                AND NOT a.attisdropped
                AND has_column_privilege(c.oid, a.attnum, kind.privilege)
            ORDER BY a.attnum
        )
        ELSE ARRAY[]::text[]
    END AS columns
FROM unnest($1::text[]) AS given (relation)
JOIN pg_class AS c ON c.oid = to_regclass(given.relation)
CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS kind (privilege)
