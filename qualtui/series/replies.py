"""Series of the bot's replies: how long they take, how many there are."""

from qualtui.series.declaration import Series

SERIES = (
    Series("reply.p50", "s", "up", "messages", "median of reply times in the last hour"),
    Series("reply.p95", "s", "up", "messages", "95th percentile of reply times in the last hour"),
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
    Series("messages.sent_1h", "", "", "messages", "rows of the last hour that the bot wrote, delivered or not"),
)
