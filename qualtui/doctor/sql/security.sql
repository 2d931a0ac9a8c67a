-- Does row security rule what we see of these tables?
SELECT
    given.relation AS relation,
    row_security_active(c.oid) AS active,
    ARRAY(
        SELECT p.polname::text
        FROM pg_policy AS p
        CROSS JOIN LATERAL unnest(p.polroles) AS role (oid)
        WHERE p.polrelid = c.oid
            AND p.polpermissive
            AND p.polcmd IN ('r', '*')
            AND (role.oid = 0 OR pg_has_role(current_user, role.oid, 'USAGE'))
    ) AS policies,
    c.reltuples::float8 AS rows
FROM unnest($1::text[]) AS given (relation)
JOIN pg_class AS c ON c.oid = to_regclass(given.relation)
