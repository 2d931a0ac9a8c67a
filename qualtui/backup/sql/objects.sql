-- The constraints, triggers and indexes of these tables, as statements that make them.
SELECT given.relation AS relation, 'constraint' AS kind, k.conname::text AS name, pg_get_constraintdef(k.oid) AS definition
FROM unnest($1::text[]) AS given (relation)
JOIN pg_constraint AS k ON k.conrelid = to_regclass(given.relation)
UNION ALL
SELECT given.relation, 'trigger', t.tgname::text, pg_get_triggerdef(t.oid)
FROM unnest($1::text[]) AS given (relation)
JOIN pg_trigger AS t ON t.tgrelid = to_regclass(given.relation) AND NOT t.tgisinternal
UNION ALL
SELECT given.relation, 'function', p.proname::text, pg_get_functiondef(p.oid)
FROM unnest($1::text[]) AS given (relation)
JOIN pg_trigger AS t ON t.tgrelid = to_regclass(given.relation) AND NOT t.tgisinternal
JOIN pg_proc AS p ON p.oid = t.tgfoid
UNION ALL
SELECT given.relation, 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM unnest($1::text[]) AS given (relation)
JOIN pg_index AS i ON i.indrelid = to_regclass(given.relation)
ORDER BY 1, 2, 3
