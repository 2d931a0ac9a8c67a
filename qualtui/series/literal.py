"""Series that count exactly what the rows say, right or wrong."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "row.leads_unprocessed", "", "up", "leads", "S2 as written: last hour, novo, not processado, slow lane"
    ),
    Series(
        "row.sessions_stuck", "", "up", "sessions", "S3 as written: ativa, updated_at older than 30 min, slow lane"
    ),
    Series("row.leads_processed", "", "down", "leads", "S10 as written: last hour, processado, slow lane"),
    Series("row.reply_mean", "s", "up", "messages", "S12, S16 as written: mean of the last hour, slow lane"),
    Series("row.asked", "", "", "GET /health", "our questions of error_window that were answered well or badly"),
    Series("row.error_rate", "%", "up", "GET /health", "S6 as written: bad answers of row.asked, from 20 on"),
    Series("row.consecutive_errors", "", "up", "GET /health", "S7 as written: bad answers in a row"),
    Series("row.timeouts", "", "up", "GET /health", "S9 as written: our questions of error_window not answered"),
    Series("row.availability", "%", "down", "our own store", "S15 as written: good answers of /health in 30 d"),
)
