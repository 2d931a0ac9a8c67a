-- Is updated_at kept by a trigger at all, and does row security rule what we see?
SELECT
    EXISTS (
        SELECT FROM pg_trigger AS t WHERE t.tgrelid = to_regclass($1) AND NOT t.tgisinternal
    ) AS triggers,
    coalesce(row_security_active(to_regclass($1)::oid), false) AS security
