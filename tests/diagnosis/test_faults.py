"""Faults are broken links by fresh evidence that no other broken link explains."""

import pytest

from qualtui.diagnosis.chain import BAD, BUSY, OK, UNKNOWN
from qualtui.diagnosis.faults import FaultsSeen, explains_link, faults_seen
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.model import Evidence, Link
from qualtui.wire import LinkView

NOTHING = RootCause()


def links(**status: str) -> list[LinkView]:
    return [
        LinkView(link, status.get(link.value, OK), "text", Evidence.FRESH, 100.0 + place)
        for place, link in enumerate(Link)
    ]


def seen(views: list[LinkView], reason: RootCause = NOTHING, *, refused: bool = False) -> list[str]:
    return [one.link.value for one in faults_seen(views, reason, refused=refused).faults]


def why(kind: CauseKind, link: Link) -> RootCause:
    return RootCause(f"the {kind}", link=link, root=kind)


CASES = [
    ("all well", links(), NOTHING, False, []),
    ("one broken link", links(database=BAD), NOTHING, False, ["database"]),
    ("a busy link is none", links(bot=BUSY), NOTHING, False, []),
    (
        "the database explains the bot and its webhook",
        links(database=BAD, bot=BAD, webhook=BAD),
        NOTHING,
        False,
        ["database"],
    ),
    ("the gateway explains the bot", links(gateway=BAD, bot=BAD), NOTHING, False, ["gateway"]),
    ("but not one that refuses connections", links(gateway=BAD, bot=BAD), NOTHING, True, ["bot", "gateway"]),
    ("the bot explains its webhook", links(bot=BAD, webhook=BAD), NOTHING, True, ["bot"]),
    (
        "database and gateway do not explain each other",
        links(database=BAD, gateway=BAD),
        NOTHING,
        False,
        ["database", "gateway"],
    ),
    ("who waits is an effect, never a fault", links(customer=BAD), NOTHING, False, []),
    (
        "a proven cause is a fault though every poll succeeds",
        links(),
        why(CauseKind.STUCK_SENDING, Link.GATEWAY),
        False,
        ["gateway"],
    ),
    ("a flood is one", links(customer=BUSY), why(CauseKind.FLOOD, Link.CUSTOMER), False, ["customer"]),
    ("a guess is none", links(), why(CauseKind.BOT_BUSY, Link.BOT), False, []),
    ("an effect is none", links(), why(CauseKind.BOT_OWES, Link.BOT), False, []),
    (
        "a restart is none where the waits have another cause",
        links(gateway=BAD, webhook=BAD),
        why(CauseKind.WEBHOOK, Link.WEBHOOK),
        False,
        ["webhook"],
    ),
    (
        "it is one where it is the cause",
        links(gateway=BAD),
        why(CauseKind.GATEWAY_STARTING, Link.GATEWAY),
        False,
        ["gateway"],
    ),
]


@pytest.mark.parametrize(("name", "views", "reason", "refused", "want"), CASES, ids=[case[0] for case in CASES])
def test_the_faults_of_a_chain(
    name: str, views: list[LinkView], reason: RootCause, refused: bool, want: list[str]
) -> None:
    assert sorted(seen(views, reason, refused=refused)) == want


def test_a_broken_link_without_fresh_evidence_is_no_fault_and_has_not_ended() -> None:
    stale = [
        LinkView(Link.DATABASE, BAD, "refused", Evidence.OLD, 1.0),
        LinkView(Link.GATEWAY, UNKNOWN, "NO DATA", Evidence.NO_DATA, 1.0),
    ]
    assert faults_seen(stale, NOTHING, refused=False) == FaultsSeen((), frozenset({Link.GATEWAY}))


def test_where_we_cannot_poll_no_fault_is_known_and_none_has_ended() -> None:
    blind = faults_seen(links(us=UNKNOWN, database=BAD), NOTHING, refused=False)
    assert blind == FaultsSeen((), frozenset(Link))


def test_a_fault_carries_the_root_cause_that_speaks_of_its_link() -> None:
    (fault,) = faults_seen(links(database=BAD), why(CauseKind.DATABASE_DOWN, Link.DATABASE), refused=False).faults
    assert (fault.root, fault.text) == ("database down", "the database down")


def test_a_fault_of_which_the_root_cause_does_not_speak_says_what_its_link_shows() -> None:
    reason = why(CauseKind.DATABASE_DOWN, Link.DATABASE)
    faults = faults_seen(links(database=BAD, gateway=BAD), reason, refused=False).faults
    (gateway,) = (one for one in faults if one.link is Link.GATEWAY)
    assert (gateway.root, str(gateway.text)) == ("gateway broken", "gateway is broken: text")


def test_lost_messages_explain_waits_however_long_they_last() -> None:
    (fault,) = faults_seen(links(webhook=BAD), why(CauseKind.BOT_OWES, Link.BOT), refused=False).faults
    assert (fault.link, fault.since, fault.root) == (Link.WEBHOOK, 0.0, "no reply")


def test_our_own_link_explains_nothing() -> None:
    assert not any(explains_link(Link.US, link) for link in Link)
