"""Series of messages and sends that failed."""

from qualtui.series.declaration import Series

SERIES = (
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
        "S6 in truth: failures.unanswered of failures.messages; below 20 of them it alarms no one",
        events="failures.messages",
    ),
    Series(
        "failures.consecutive",
        "",
        "up",
        "messages",
        "S7 in truth: failed messages since the newest answered one; distinct rows of a day, one of a flood",
    ),
    Series(
        "failures.customers",
        "",
        "up",
        "messages",
        "distinct customers whose messages are in failures.consecutive",
    ),
    Series(
        "failures.sends",
        "",
        "up",
        "messages, gateway",
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
    Series(
        "failures.known_texts",
        "",
        "up",
        "host",
        "S14: lines of the host's logs with a known error text of the agent in the last hour; logs.* by kind",
        usual=0,
    ),
)
