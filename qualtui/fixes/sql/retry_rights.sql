-- Which of these rights does this role lack?
SELECT given.wanted AS wanted, given.title AS title
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS given (title, name, col, wanted)
WHERE NOT coalesce(has_column_privilege(to_regclass(given.name)::oid, given.col, given.wanted), false)
