-- Does row security keep rows of these tables from us?
SELECT
    given.name AS name,
    row_security_active(c.oid) AS active,
    EXISTS (
        SELECT
        FROM pg_policy AS p
        CROSS JOIN LATERAL unnest(p.polroles) AS role (oid)
        WHERE p.polrelid = c.oid
            AND p.polpermissive
            AND p.polcmd IN ('r', '*')
            AND (role.oid = 0 OR pg_has_role(current_user, role.oid, 'USAGE'))
    ) AS policy
FROM unnest($1::text[]) AS given (name)
JOIN pg_class AS c ON c.oid = to_regclass(given.name)
