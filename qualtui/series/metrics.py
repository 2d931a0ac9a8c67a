"""Series of the worker's own counters: GET /metrics."""

from qualtui.series.declaration import Series

SERIES = (
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
    Series("agent.boots_1h", "", "", "GET /metrics", "how often its counters started again: a recycled worker"),
)
