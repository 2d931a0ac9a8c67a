"""Series of the customers who wait for an answer, from rows and the gateway's chats."""

from qualtui.series.declaration import Series

SERIES = (
    Series(
        "customers.waiting",
        "",
        "up",
        "messages, leads",
        "customers without a delivered answer, also those open before the first start; without backlog",
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
        "messages, chats",
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
        "messages, gateway",
        "waiting although a row says sent: the gateway was not working",
    ),
    Series(
        "customers.unstored",
        "",
        "up",
        "chats, messages",
        "waiting for longer than reply_within with a message that the gateway has and no row: it never got in",
    ),
    Series(
        "customers.claimed",
        "",
        "up",
        "messages, chats",
        "customers with a stored answer that the gateway's chats do not show yet: its delivery is being checked",
    ),
    Series(
        "customers.answered_1h", "/h", "down", "messages", "customers with a delivered answer in the last hour"
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
        "chats, messages",
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
    Series(
        "customers.never_greeted", "", "up", "messages, leads", "waiting since they were created: never written to"
    ),
)
