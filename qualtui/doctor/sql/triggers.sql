-- Which triggers do these tables have? `before_update`: it may set a column of the row that is updated.
SELECT
    given.relation AS relation,
    t.tgname::text AS name,
    p.proname::text AS function,
    (t.tgtype & 18) = 18 AS before_update
FROM unnest($1::text[]) AS given (relation)
JOIN pg_trigger AS t ON t.tgrelid = to_regclass(given.relation) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
JOIN pg_proc AS p ON p.oid = t.tgfoid
