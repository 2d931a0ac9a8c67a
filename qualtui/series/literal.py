"""Series that count exactly what the rows say, right or wrong."""

from qualtui.series.declaration import Series

SERIES = (
    Series("row.leads_unprocessed", "", "up", "leads", "S2 literally: last hour, novo, not processado, slow lane"),
    Series(
        "row.sessions_stuck", "", "up", "sessions", "S3 literally: ativa, updated_at older than 30 min, slow lane"
    ),
    Series("row.leads_processed", "", "down", "leads", "S10 literally: last hour, processado, slow lane"),
    Series("row.reply_mean", "s", "up", "messages", "S12, S16 literally: mean of the last hour, slow lane"),
    Series("row.asked", "", "", "GET /health", "our polls of error_window that were answered, well or badly"),
    Series("row.error_rate", "%", "up", "GET /health", "S6 literally: bad answers of row.asked, from 20 on"),
    Series("row.consecutive_errors", "", "up", "GET /health", "S7 literally: bad answers in a row"),
    Series("row.timeouts", "", "up", "GET /health", "S9 literally: our polls of error_window not answered"),
    Series("row.availability", "%", "down", "our own store", "S15 literally: good answers of /health in 30 d"),
)
