-- Which number does the user's own statement give? OFFSET 0: it is asked once, not copied to each place.
SELECT
    CASE
        WHEN pg_typeof(one.value)::text IN ('boolean', 'json', 'jsonb') AND one.value::text IN ('true', 'false')
            THEN one.value::text::boolean::int::float8
        ELSE one.value::text::float8
    END AS value
FROM (SELECT $statement AS value OFFSET 0) AS one
