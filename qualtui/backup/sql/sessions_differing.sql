-- Which of these sessions stand elsewhere than given, and have neither a newer row nor a newer message than given?
SELECT s.{{sessions.id}}::text AS id
FROM unnest($1::text[], $2::text[], $3::boolean[], $4::float8[], $5::float8[])
    AS given (id, state, active, updated_at, message_at)
JOIN {{sessions}} AS s ON s.{{sessions.id}} = given.id::uuid
WHERE (s.{{sessions.estado}} IS DISTINCT FROM given.state OR s.{{sessions.ativa}} IS DISTINCT FROM given.active)
    AND coalesce(extract(epoch FROM s.{{sessions.updated_at}})::float8, 0) <= given.updated_at
    AND NOT EXISTS (
        SELECT
        FROM {{messages}} AS m
        WHERE m.{{messages.session_id}} = s.{{sessions.id}}
            AND extract(epoch FROM m.{{messages.created_at}})::float8 > given.message_at
    )
