-- The active sessions, those that are stuck first, then those that repeat their question, each by its age. Stuck, as
-- session-cleanup closes them: the bot owes a reply, or no message was sent, for longer than $2; or the bot can't read
-- the state of a session whose customer wrote last. A question repeats where the bot's newest one of the last day is
-- the one before again (as slow_same_question counts it). No one's text is read.
WITH questions AS (
    SELECT
        m.{{messages.session_id}} AS session,
        m.{{messages.metadata}} ->> 'etapa' AS etapa,
        lead(m.{{messages.metadata}} ->> 'etapa') OVER newest_first AS before,
        row_number() OVER newest_first AS place
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= now() - interval '1 day'
        AND m.{{messages.tipo}} = $1
        AND m.{{messages.metadata}} ->> 'etapa' IS NOT NULL
        AND coalesce(m.{{messages.metadata}} ->> 'source', '') <> 'qualtui_retry'
    WINDOW newest_first AS (
        PARTITION BY m.{{messages.session_id}} ORDER BY m.{{messages.created_at}} DESC, m.{{messages.id}} DESC
    )
),
found AS (
    SELECT
        s.{{sessions.id}}::text AS id,
        s.{{sessions.lead_id}} AS lead,
        coalesce(s.{{sessions.estado}}, '') AS state,
        CASE
            WHEN newest.tipo IS NULL THEN 'never_messaged'
            WHEN newest.tipo = $1 THEN 'waiting_client'
            WHEN s.{{sessions.estado}} = ANY($3) THEN 'unreadable'
            ELSE 'bot_owes'
        END AS situation,
        extract(epoch FROM now() - coalesce(newest.at, s.{{sessions.created_at}}))::float8 AS age,
        EXISTS (
            SELECT
            FROM questions AS q
            WHERE q.session = s.{{sessions.id}}
                AND q.place = 1
                AND q.etapa = q.before
                AND q.before <> 'mensagem_inicial'
        ) AS repeats
    FROM {{sessions}} AS s
    LEFT JOIN LATERAL (
        SELECT m.{{messages.tipo}} AS tipo, m.{{messages.created_at}} AS at
        FROM {{messages}} AS m
        WHERE m.{{messages.session_id}} = s.{{sessions.id}}
        ORDER BY m.{{messages.created_at}} + interval '0' DESC -- so that the index on session_id is taken
        LIMIT 1
    ) AS newest ON true
    WHERE s.{{sessions.ativa}}
),
judged AS (
    SELECT
        found.*,
        found.situation = 'unreadable'
        OR (found.situation <> 'waiting_client' AND found.age > $2) AS stuck
    FROM found
)
SELECT
    judged.id,
    l.{{leads.telefone}} AS phone,
    judged.state,
    judged.situation,
    judged.age,
    judged.repeats,
    judged.stuck,
    count(*) OVER () AS total,
    count(*) FILTER (WHERE judged.stuck) OVER () AS all_stuck,
    count(*) FILTER (WHERE judged.repeats) OVER () AS all_repeating
FROM judged
LEFT JOIN {{leads}} AS l ON l.{{leads.id}} = judged.lead
ORDER BY judged.stuck DESC, judged.repeats DESC, judged.age DESC, judged.id
LIMIT $4
