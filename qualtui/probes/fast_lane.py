"""The series that the fast lane answers, and what each of them needs."""

from collections.abc import Mapping

from qualtui.text.message import Saying

NEEDS_LEADS = (
    "customers.waiting",
    "customers.oldest",
    "customers.open_before_start",
    "customers.open_oldest",
    "customers.overdue",
    "customers.workable",
    "customers.lost",
    "customers.backlog",
    "customers.phantom",
    "customers.never_greeted",
    "sessions.bot_owes",
    "sessions.owed_for",
)
NEEDS_MESSAGES = (
    "customers.answered_1h",
    "customers.last_reply",
    "customers.last_sent",
    "customers.last_inbound",
    "customers.last_row",
    "customers.flood",
    "messages.sent_1h",
    "reply.p50",
    "reply.p95",
    "reply.follow_p50",
    "reply.follow_p95",
    "reply.first_p50",
    "reply.first_p95",
    "reply.recent_p95",
    "failures.unanswered",
    "failures.messages",
    "failures.rate",
    "failures.consecutive",
    "failures.customers",
    "failures.sends",
    "failures.timeouts",
    "goal.answered",
    "goal.messages_answered",
    "goal.messages",
)
NEEDS_GATEWAY = ("customers.phantom", "failures.sends")  # without one, nothing shows whether a send arrived
NEEDS_CHATS = (
    "customers.unstored",
    "customers.claimed",
    "customers.unseen",
    "sessions.unreadable",
)  # only the gateway's chats show these

_SILENT = {
    "sessions": ("sessions.bot_owes", "sessions.owed_for"),
    "leads": NEEDS_LEADS,
    "messages": (*NEEDS_LEADS, *NEEDS_MESSAGES),
    "chats": NEEDS_CHATS,
}


def fast_lane_series(*, gateway: bool, chats: bool) -> tuple[str, ...]:
    """Return the series without the agent, by whether there is a gateway and whether it lists its chats."""
    untold = () if gateway else NEEDS_GATEWAY
    every = (*NEEDS_LEADS, *NEEDS_MESSAGES, *(NEEDS_CHATS if chats else ()))
    return tuple(name for name in every if name not in untold)


def silenced(problems: Mapping[str, Saying]) -> dict[str, Saying]:
    """Return by series why it has no value, from what went wrong with each query."""
    return {
        name: problems[question] for question, needs in _SILENT.items() if question in problems for name in needs
    }
