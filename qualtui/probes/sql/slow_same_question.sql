-- Of the conversations of the last day, in how many is the bot's newest question the one before again, and in how many
-- is it another one? The first question after the greeting says nothing yet; a session that was closed loops no more.
-- `newest_looping`: of the newest five, so that a repair is seen before the old conversations are forgotten.
-- Read by created_at: at most a day's messages, and no more than 50 000 of them.
WITH asked AS (
    SELECT
        m.{{messages.id}} AS id,
        m.{{messages.session_id}} AS session,
        m.{{messages.metadata}} ->> 'etapa' AS etapa,
        m.{{messages.created_at}} AS at
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= now() - interval '1 day'
        AND m.{{messages.tipo}} = $1
        AND coalesce(m.{{messages.metadata}} ->> 'source', '') <> 'qualtui_retry' -- ours asks nothing
    ORDER BY m.{{messages.created_at}} DESC
    LIMIT 50000
),
questions AS (
    SELECT
        asked.session,
        asked.etapa,
        asked.at,
        lead(asked.etapa) OVER newest_first AS before,
        row_number() OVER newest_first AS place
    FROM asked
    WHERE asked.etapa IS NOT NULL
    WINDOW newest_first AS (PARTITION BY asked.session ORDER BY asked.at DESC, asked.id DESC)
),
conversations AS (
    SELECT
        questions.etapa = questions.before AS loops,
        row_number() OVER (ORDER BY questions.at DESC, questions.session) AS age
    FROM questions
    JOIN {{sessions}} AS s ON s.{{sessions.id}} = questions.session
    WHERE questions.place = 1
        AND questions.before <> 'mensagem_inicial'
        AND (s.{{sessions.ativa}} OR questions.etapa <> questions.before)
)
SELECT
    count(*) FILTER (WHERE loops)::float8 AS looping,
    count(*)::float8 AS conversations,
    count(*) FILTER (WHERE loops AND age <= 5)::float8 AS newest_looping
FROM conversations
