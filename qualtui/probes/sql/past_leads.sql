-- From $1 to $2, by the hour, counted since 1970: how many leads were created?
SELECT floor(extract(epoch FROM l.{{leads.created_at}}) / 3600)::int AS hour, count(*)::float8 AS created
FROM {{leads}} AS l
WHERE l.{{leads.created_at}} >= $1::timestamptz AND l.{{leads.created_at}} < $2::timestamptz
GROUP BY 1
