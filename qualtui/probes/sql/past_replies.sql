-- From $1 to $2, by the hour, counted since 1970: to how many customers the bot stored an answer, how many rows it wrote, how
-- long the answers took by the rows (a first contact since the lead was created), and how many messages had one within $6
-- seconds. $3: what is read before $1, to see what an answer is to. A row that came as late as that of a send to a gateway
-- that hangs (110 to 135 s after the customer's newest) is no answer: the bot stores those, too.
WITH said AS (
    SELECT
        m.{{messages.lead_id}} AS lead,
        m.{{messages.created_at}} AS at,
        m.{{messages.tipo}} = $5 AS ours,
        lag(m.{{messages.tipo}}) OVER told AS before,
        lag(m.{{messages.created_at}}) OVER told AS before_at
    FROM {{messages}} AS m
    WHERE m.{{messages.created_at}} >= $1::timestamptz - $3::float8 * interval '1 second'
        AND m.{{messages.created_at}} < $2::timestamptz + $6::float8 * interval '1 second'
        AND m.{{messages.created_at}} <= now()
        AND m.{{messages.tipo}} IN ($4, $5)
    WINDOW told AS (
        PARTITION BY m.{{messages.lead_id}} ORDER BY m.{{messages.created_at}}, m.{{messages.tipo}} = $5
    )
),
heard AS (
    SELECT
        said.*,
        said.ours AND NOT coalesce(
            said.before = $4 AND said.at - said.before_at BETWEEN interval '110 s' AND interval '135 s', false
        ) AS answers
    FROM said
),
turns AS (
    SELECT
        heard.*,
        count(*) FILTER (WHERE heard.answers) OVER (
            PARTITION BY heard.lead ORDER BY heard.at, heard.ours ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS turn
    FROM heard
),
waits AS (
    SELECT
        turns.*,
        min(turns.at) FILTER (WHERE NOT turns.ours) OVER (PARTITION BY turns.lead, turns.turn) AS asked,
        min(turns.at) FILTER (WHERE turns.answers) OVER (PARTITION BY turns.lead, turns.turn) AS answered
    FROM turns
),
timed AS (
    SELECT
        floor(extract(epoch FROM waits.at) / 3600)::int AS hour,
        waits.lead,
        waits.ours,
        waits.answers,
        l.{{leads.id}} IS NOT NULL AS first,
        CASE
            WHEN waits.answers THEN extract(
                epoch FROM waits.at - least(waits.asked, l.{{leads.created_at}})
            )
        END AS seconds,
        NOT waits.ours AND extract(epoch FROM waits.answered - waits.at) <= $6::float8 AS in_time
    FROM waits
    LEFT JOIN {{leads}} AS l
        ON waits.turn = 0
            AND waits.answers
            AND l.{{leads.id}} = waits.lead
            AND l.{{leads.created_at}} >= $1::timestamptz - $3::float8 * interval '1 second'
            AND l.{{leads.created_at}} <= waits.at
    WHERE waits.at >= $1 AND waits.at < $2
)
SELECT
    timed.hour,
    count(DISTINCT timed.lead) FILTER (WHERE timed.answers)::float8 AS answered,
    count(*) FILTER (WHERE timed.ours)::float8 AS sent,
    count(*) FILTER (WHERE timed.in_time)::float8 AS in_time,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY timed.seconds)::float8 AS p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY timed.seconds)::float8 AS p95,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY timed.seconds) FILTER (WHERE NOT timed.first)::float8 AS follow_p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY timed.seconds) FILTER (WHERE NOT timed.first)::float8 AS follow_p95,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY timed.seconds) FILTER (WHERE timed.first)::float8 AS first_p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY timed.seconds) FILTER (WHERE timed.first)::float8 AS first_p95
FROM timed
GROUP BY timed.hour
