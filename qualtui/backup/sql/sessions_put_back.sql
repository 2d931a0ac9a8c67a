-- Put these sessions where given, but for those with a newer row or message: each is locked, then looked at again.
WITH locked AS (
    SELECT
        s.{{sessions.id}} AS id,
        s.{{sessions.estado}} AS state,
        s.{{sessions.ativa}} AS active,
        given.state AS to_state,
        given.active AS to_active
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
    FOR UPDATE OF s
)
UPDATE {{sessions}} AS s
SET {{sessions.estado}} = locked.to_state, {{sessions.ativa}} = locked.to_active
FROM locked
WHERE s.{{sessions.id}} = locked.id
RETURNING
    s.{{sessions.id}}::text AS id,
    locked.state AS state,
    locked.active AS active,
    coalesce(extract(epoch FROM s.{{sessions.updated_at}})::float8, 0) AS updated_at,
    extract(epoch FROM clock_timestamp())::float8 AS message_at
