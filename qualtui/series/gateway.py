"""Series of the WhatsApp gateway: its API, its session, its chats, who is heard."""

from qualtui.series.declaration import Series

SERIES = (
    Series("gateway.up", "", "down", "gateway", "1: the gateway's API answered"),
    Series("gateway.silent", "", "up", "gateway", "1: no answer in time, not even a refusal"),
    Series("gateway.working", "", "down", "gateway", "1: the session's status is WORKING; the note is the status"),
    Series(
        "gateway.uptime",
        "s",
        "down",
        "gateway",
        "how long its server has been running; less than before: a restart",
    ),
    Series(
        "gateway.needs_human", "", "up", "gateway", "1: a person with the phone has to scan the QR code or confirm"
    ),
    Series(
        "gateway.chats_waiting",
        "",
        "up",
        "chats",
        "chats whose last message is the customer's, or one of ours that WhatsApp has not taken",
    ),
    Series("gateway.session_starting", "", "up", "gateway", "1: the session's status is STARTING"),
    Series(
        "chats.evidence",
        "",
        "down",
        "chats",
        "1: the chats are trusted; 0: read but not trusted, the note says why; no value: they could not be read",
    ),
    Series("gateway.starting", "s", "up", "derived", "how long the session has been STARTING; 0 where it is not"),
    Series(
        "inbound.expected",
        "",
        "up",
        "messages",
        "customers expected since the last one, by hour of the week; P(none) = exp(-this)",
    ),
    Series("gateway.seconds", "s", "up", "gateway", "time to the answer"),
)
