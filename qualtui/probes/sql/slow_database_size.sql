-- How many bytes does the database take? What its host's plan limits.
SELECT pg_database_size(current_database())::float8 AS value
