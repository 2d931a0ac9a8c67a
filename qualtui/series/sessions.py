"""Series of the bot's sessions with customers."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "sessions.same_question",
        "",
        "up",
        "sessions, messages",
        "active sessions whose newest question of the last day repeats the one before, slow lane",
    ),
    Series(
        "sessions.looping",
        "%",
        "up",
        "sessions, messages",
        "their share of the last day's conversations, from 5 on; 0 once most of the newest 5 go on, slow lane",
    ),
    Series(
        "sessions.bot_owes",
        "",
        "up",
        "messages",
        "customers whose last message has no reply, in an active session; one with two such sessions counts once",
    ),
    Series(
        "sessions.owed_for",
        "s",
        "up",
        "messages",
        "how long the oldest of these customers has waited for the reply; 0: none",
    ),
    Series(
        "sessions.unreadable",
        "",
        "up",
        "sessions, chats",
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
        "sessions.never_messaged", "", "up", "sessions, messages", "active sessions without any message, slow lane"
    ),
)
