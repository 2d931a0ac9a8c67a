"""The series that qualtui knows: name, unit, which direction is bad, and where each comes from."""

import msgspec

OWN = "user."  # what the names of a user's own series begin with


class Series(msgspec.Struct, frozen=True):
    """A declared series. `worse`: up, down, or empty where neither is bad."""

    name: str
    unit: str
    worse: str
    source: str
    meaning: str


DECLARED: tuple[Series, ...] = (
    Series(
        "health.up",
        "",
        "down",
        "GET /health",
        "1: an answer of 200; 0: refused, an error status, no answer in time, or services that it calls broken",
    ),
    Series("health.refused", "", "up", "GET /health", "1: the connection was refused: nobody listens"),
    Series("health.silent", "", "up", "GET /health", "1: no answer in time; busy bots are silent"),
    Series("health.database", "", "down", "GET /health", "1: where it names its database: well; 0: broken"),
    Series("health.gateway", "", "down", "GET /health", "1: where it names the gateway: well; 0: broken"),
    Series("health.seconds", "s", "up", "GET /health", "time to the whole answer"),
    Series(
        "health.down",
        "",
        "up",
        "derived",
        "1: refused, or misses over the configured time without a new row of the bot, received or sent",
    ),
    Series("health.back", "s", "", "derived", "how long ago the bot came back from being down, within an hour"),
    Series("health.away", "s", "", "derived", "how long it had been away then, by its last good answer before"),
    Series(
        "db.up",
        "",
        "down",
        "PostgreSQL",
        "1: a query was answered; 0: refused, rejected, or no answer in time",
    ),
    Series("db.silent", "", "up", "PostgreSQL", "1: no answer in time, not even a refusal"),
    Series("db.refused", "", "up", "PostgreSQL", "1: server or pooler turned us away; the note says what to do"),
    Series("db.seconds", "s", "up", "PostgreSQL", "server time and travel of `select now()`"),
    Series("db.skew", "s", "", "PostgreSQL", "the server's clock minus ours"),
    Series(
        "customers.waiting",
        "",
        "up",
        "messages, leads",
        "customers owed a delivered answer, with those open before the first start; backlog left out",
    ),
    Series(
        "customers.oldest",
        "s",
        "up",
        "messages, leads",
        "how long the oldest has waited of those who wrote or were created since the first start; 0: none waits",
    ),
    Series(
        "customers.open_before_start",
        "",
        "up",
        "messages, leads",
        "waiting since the 24 h before the first start, and silent since: never a page",
    ),
    Series(
        "customers.open_oldest",
        "s",
        "up",
        "messages, leads",
        "how long the oldest of these has waited; 0 when none waits",
    ),
    Series(
        "customers.overdue",
        "",
        "up",
        "messages, leads",
        "waiting longer than 1.5 times the slowest of the bot's newest 20 replies; below 5 of them, than 45 s",
    ),
    Series(
        "customers.workable",
        "",
        "",
        "messages",
        "waiting with a stored message that is younger than that: the bot may be at work on it",
    ),
    Series(
        "customers.lost",
        "",
        "up",
        "messages, WAHA chats",
        "waiting longer than lost_after since the first start, or WhatsApp refused what was sent",
    ),
    Series(
        "customers.backlog",
        "",
        "",
        "messages, leads",
        "silent since more than 24 h before qualtui first looked, still open",
    ),
    Series(
        "customers.phantom",
        "",
        "up",
        "messages, WAHA",
        "waiting although a row says sent: the gateway was not working",
    ),
    Series(
        "customers.unstored",
        "",
        "up",
        "WAHA chats, messages",
        "waiting for longer than reply_within with a message that the gateway has and no row: it never got in",
    ),
    Series(
        "customers.claimed",
        "",
        "up",
        "messages, WAHA chats",
        "customers with a stored answer that the gateway's chats do not show yet: its delivery is being checked",
    ),
    Series(
        "customers.answered_1h",
        "/h",
        "down",
        "messages",
        "customers with a delivered answer in the last hour",
    ),
    Series("customers.last_reply", "s", "up", "messages", "age of the newest delivered outbound message"),
    Series(
        "customers.last_sent", "s", "up", "messages", "age of the bot's newest row, delivered or not: it lives"
    ),
    Series("customers.last_row", "s", "up", "messages", "age of the newest row, received or sent: the bot lives"),
    Series(
        "customers.unseen",
        "",
        "up",
        "WAHA chats, messages",
        "waiting with a message that the gateway has and no row yet: in the bot's queue, or lost",
    ),
    Series(
        "customers.flood",
        "",
        "up",
        "messages",
        "messages of one sender in 5 min, where they are 15 or more and most of all; the note is the masked phone",
    ),
    Series("customers.last_inbound", "s", "", "messages", "age of the newest inbound message"),
    Series("reply.p50", "s", "up", "messages", "median of reply times in the last hour"),
    Series("reply.p95", "s", "up", "messages", "95th percentile of reply times in the last hour"),
    Series(
        "customers.never_greeted", "", "up", "messages, leads", "waiting since they were created: never written to"
    ),
    Series("reply.follow_p50", "s", "up", "messages", "median of the last hour's replies to known customers"),
    Series(
        "reply.follow_p95", "s", "up", "messages", "95th percentile of the last hour's replies to known customers"
    ),
    Series("reply.first_p50", "s", "up", "messages", "median of the last hour's first contacts"),
    Series("reply.first_p95", "s", "up", "messages", "95th percentile of the last hour's first contacts"),
    Series(
        "reply.recent_p95",
        "s",
        "up",
        "messages",
        "95th percentile of replies to known customers: of error_window or the newest 20; 0 below 20 in an hour",
    ),
    Series(
        "failures.unanswered",
        "",
        "up",
        "messages",
        "messages of error_window without a delivered answer for longer than reply_within, 4 a customer at most",
    ),
    Series(
        "failures.messages",
        "",
        "",
        "messages",
        "messages of error_window that were answered or have failed; younger ones are neither",
    ),
    Series(
        "failures.rate",
        "%",
        "up",
        "messages",
        "S6 in truth: failures.unanswered of failures.messages; 0 below 20 of them, the counts speak",
    ),
    Series(
        "failures.consecutive",
        "",
        "up",
        "messages",
        "S7 in truth: failed messages since the newest answered one; distinct rows of a day, one of a flood",
    ),
    Series(
        "failures.sends",
        "",
        "up",
        "messages, WAHA",
        "rows of error_window that say sent while the gateway was broken",
    ),
    Series(
        "failures.timeouts",
        "",
        "up",
        "messages",
        "S9 in truth: sends of error_window that took 110-135 s, delivered or not; a killed worker leaves no row",
    ),
    Series(
        "failures.logged",
        "",
        "up",
        "system_logs",
        "ERROR rows of the last hour, the note is the most frequent ones, slow lane; the agent seldom writes any",
    ),
    Series(
        "failures.unreached",
        "",
        "up",
        "derived",
        "GET /health without a good answer in error_window, by kind in the note; a busy bot is among them",
    ),
    Series("failures.known_texts", "", "up", "host", "the agent's known error texts in the host's logs"),
    Series(
        "leads.conversion",
        "%",
        "down",
        "qualificacoes, leads, messages",
        "ever qualified of those assessed in 30 d, from 20 on: by result, status or offered meeting; slow lane",
    ),
    Series("leads.qualified", "", "", "qualificacoes, leads, messages", "leads ever qualified in 30 d, slow lane"),
    Series("leads.assessed", "", "", "qualificacoes", "leads assessed in 30 d, slow lane"),
    Series(
        "sessions.same_question",
        "",
        "up",
        "sessions, messages",
        "active sessions whose newest question of the last day is the one before again, slow lane",
    ),
    Series(
        "sessions.looping",
        "%",
        "up",
        "sessions, messages",
        "their share of the last day's conversations, from 5 on; 0 once most of the newest 5 go on, slow lane",
    ),
    Series("messages.sent_1h", "", "", "messages", "rows of the last hour that the bot wrote, delivered or not"),
    Series("agent.sent_1h", "", "", "GET /metrics", "sends that the worker calls a success, over its recyclings"),
    Series(
        "agent.claimed",
        "",
        "",
        "GET /metrics",
        "sends of the last hour but for its newest minute and its oldest part: each must have a row by now",
    ),
    Series("agent.failed_1h", "", "up", "GET /metrics", "sends that it calls failed, the skipped ones left out"),
    Series("agent.deduped_1h", "", "", "GET /metrics", "sends that it skipped: same text, same phone, 5 min"),
    Series(
        "agent.success",
        "%",
        "down",
        "GET /metrics",
        "its success rate, from 20 sends on; failed sends count as success",
    ),
    Series("agent.boots_1h", "", "", "GET /metrics", "how often its counters began anew: a recycled worker"),
    Series(
        "goal.minute", "", "down", "derived", "1: bot, database and gateway could answer customers; once a minute"
    ),
    Series(
        "goal.up", "%", "down", "our own store", "S15 in truth: good minutes of the known ones in 30 d, from 20 on"
    ),
    Series("goal.minutes_good", "", "", "our own store", "minutes of 30 d in which customers could be answered"),
    Series("goal.minutes_known", "", "", "our own store", "minutes of 30 d of which that is known"),
    Series(
        "goal.minutes_unknown", "", "up", "our own store", "minutes since the first look of which it is not known"
    ),
    Series(
        "goal.answered", "%", "down", "messages", "S17 in truth: answered of the last day's messages, from 20 on"
    ),
    Series("goal.messages_answered", "", "", "messages", "messages of the last day with a delivered answer"),
    Series("goal.messages", "", "", "messages", "messages of the last day that were answered or have failed"),
    Series(
        "sessions.bot_owes",
        "",
        "up",
        "messages",
        "customers whose last message has no reply, in an active session; one with two such sessions counts once",
    ),
    Series(
        "sessions.owed_for", "s", "up", "messages", "how long the longest of these replies has been owed; 0: none"
    ),
    Series(
        "sessions.unreadable",
        "",
        "up",
        "sessions, WAHA chats",
        "waiting customers whose active session has a state that the bot can't read; the note names it",
    ),
    Series("sessions.active", "", "", "sessions", "ativa, exact, slow lane"),
    Series(
        "sessions.waiting_client",
        "",
        "",
        "sessions, messages",
        "active sessions whose last message is the bot's, slow lane",
    ),
    Series(
        "sessions.never_messaged",
        "",
        "up",
        "sessions, messages",
        "active sessions without any message, slow lane",
    ),
    Series(
        "row.leads_unprocessed",
        "",
        "up",
        "leads",
        "S2 as written: last hour, novo, not processado, slow lane",
    ),
    Series(
        "row.sessions_stuck",
        "",
        "up",
        "sessions",
        "S3 as written: ativa, updated_at older than 30 min, slow lane",
    ),
    Series("row.leads_processed", "", "down", "leads", "S10 as written: last hour, processado, slow lane"),
    Series("row.reply_mean", "s", "up", "messages", "S12, S16 as written: mean of the last hour, slow lane"),
    Series("row.asked", "", "", "GET /health", "our questions of error_window that were answered well or badly"),
    Series("row.error_rate", "%", "up", "GET /health", "S6 as written: bad answers of row.asked, from 20 on"),
    Series("row.consecutive_errors", "", "up", "GET /health", "S7 as written: bad answers in a row"),
    Series("row.timeouts", "", "up", "GET /health", "S9 as written: our questions of error_window not answered"),
    Series("row.availability", "%", "down", "our own store", "S15 as written: good answers of /health in 30 d"),
    Series("gateway.up", "", "down", "WAHA", "1: the gateway's API answered"),
    Series("gateway.silent", "", "up", "WAHA", "1: no answer in time, not even a refusal"),
    Series("gateway.working", "", "down", "WAHA", "1: the session's status is WORKING; the note is the status"),
    Series(
        "gateway.uptime", "s", "down", "WAHA", "how long its server has been running; less than before: a restart"
    ),
    Series(
        "gateway.needs_human", "", "up", "WAHA", "1: a person with the phone has to scan the QR code or confirm"
    ),
    Series(
        "gateway.chats_waiting",
        "",
        "up",
        "WAHA chats",
        "chats whose last message is the customer's, or one of ours that WhatsApp has not taken",
    ),
    Series("gateway.session_starting", "", "up", "WAHA", "1: the session's status is STARTING"),
    Series(
        "chats.evidence",
        "",
        "down",
        "WAHA chats",
        "1: the chats are believed; 0: read and not believed, the note says why; no value: they could not be read",
    ),
    Series("gateway.starting", "s", "up", "derived", "how long the session has been STARTING; 0 where it is not"),
    Series(
        "inbound.expected",
        "",
        "up",
        "messages",
        "customers whom these hours of the week should have brought since the last one; P(none) = exp(-this)",
    ),
    Series("gateway.seconds", "s", "up", "WAHA", "time to the answer"),
    Series(
        "control.up",
        "",
        "down",
        "control target",
        "1: any HTTP answer; 0: none, so that our own network is suspect",
    ),
    Series("deep.up", "", "down", "GET /health/deep", "S21: 1: the agent calls all of its services well"),
    Series(
        "deep.broken",
        "",
        "up",
        "GET /health/deep",
        "how many services are not well, 1 where only the whole is not; the note names them",
    ),
    Series("deep.silent", "", "up", "GET /health/deep", "1: no answer in time; busy bots are silent"),
    Series("deep.database", "", "down", "GET /health/deep", "1: the agent calls its database well; 0: broken"),
    Series("deep.gateway", "", "down", "GET /health/deep", "1: the agent calls the gateway well; 0: broken"),
    Series(
        "tls.days",
        "d",
        "down",
        "TLS",
        "days until the first certificate of the https addresses ends; the note is its host",
    ),
    Series("host.cpu", "%", "up", "host", "S4: of the agent's instance"),
    Series("host.memory", "%", "up", "host", "S5: of the agent's instance"),
    Series("host.http_errors", "%", "up", "host", "S11: error answers of the webhook among its message events"),
    Series("host.deploys", "", "", "host", "deploys of the last day"),
    Series("sight.disagree", "", "up", "derived", "figures that another source contradicts; the note names them"),
    Series("engine.fault", "", "up", "derived", "what our own code fails to do for this agent; the note names it"),
    Series("sight.blind", "s", "up", "derived", "how long the worst vital series has had no answer at all"),
)

BY_NAME: dict[str, Series] = {series.name: series for series in DECLARED}
