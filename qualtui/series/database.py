"""Series of the bot's PostgreSQL as a server: whether it answers, and how fast."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "db.up", "", "down", "PostgreSQL", "1: a query was answered; 0: refused, rejected, or no answer in time"
    ),
    Series("db.silent", "", "up", "PostgreSQL", "1: no answer in time, not even a refusal"),
    Series("db.refused", "", "up", "PostgreSQL", "1: server or pooler turned us away; the note says what to do"),
    Series("db.seconds", "s", "up", "PostgreSQL", "server time and travel of `select now()`"),
    Series("db.size", "bytes", "", "PostgreSQL", "what the database takes on its disk, slow lane", usual=3.1e8),
    Series("db.skew", "s", "", "PostgreSQL", "the server's clock minus ours"),
)
