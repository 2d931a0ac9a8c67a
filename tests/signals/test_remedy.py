"""One function decides the fix: the cause's own, nothing tried in vain, and nothing that has nothing to do."""

import pytest

from qualtui.model import FixRun, Link
from qualtui.signals.remedy import Tried, offered, spent, useful
from qualtui.signals.why import Why
from tests.signals.readings import readings

TITLES = {"retry": "Answer", "session-cleanup": "Close", "waha-restart": "Restart"}
CAUSE = Why("The gateway failed", link=Link.WAHA, fixes=("waha-restart", "retry"))


def title(fix: str) -> str:
    return TITLES.get(fix, "")


def test_a_known_cause_has_its_own_fix_and_the_rule_s_is_for_an_unknown_one() -> None:
    assert offered(CAUSE, ["session-cleanup"], Tried(), title) == "waha-restart"
    assert offered(Why(), ["session-cleanup"], Tried(), title) == "session-cleanup"
    assert offered(None, ["session-cleanup"], Tried(), title) == "session-cleanup"
    assert offered(Why("The bot is down"), ["session-cleanup"], Tried(), title) == ""


def test_what_cannot_be_run_is_not_offered_and_what_was_tried_in_vain_comes_last() -> None:
    assert offered(CAUSE, [], Tried(), lambda fix: "" if fix == "waha-restart" else title(fix)) == "retry"
    assert offered(CAUSE, [], Tried(fixes=frozenset({"waha-restart"})), title) == "retry"
    assert offered(CAUSE, [], Tried(fixes=frozenset(TITLES)), title) == "waha-restart"


@pytest.mark.parametrize(
    ("fix", "outcome", "again"),
    [
        ("retry", "ok", True),  # twenty of thirty were answered
        ("retry", "stopped", True),
        ("retry", "interrupted", True),
        ("retry", "nothing", False),
        ("retry", "failed", False),
        ("waha-restart", "ok", False),  # it works again, and yet the incident lasts
        ("waha-restart", "failed", False),
        ("waha-restart", "interrupted", True),
        ("session-cleanup", "ok", False),
        ("retry", "", True),  # under way
    ],
)
def test_a_run_is_in_vain_only_if_another_one_would_change_nothing(fix: str, outcome: str, again: bool) -> None:
    assert spent([FixRun("x", fix, "bot", "ana", 1.0, outcome=outcome)]) == (set() if again else {fix})


def test_the_newest_run_of_a_fix_counts_and_none_that_was_taken_back() -> None:
    failed = FixRun("x", "waha-restart", "bot", "ana", 1.0, outcome="failed")
    assert spent([FixRun("y", "waha-restart", "bot", "ana", 2.0, outcome="interrupted"), failed]) == set()
    closed = FixRun("x", "session-cleanup", "bot", "ana", 1.0, outcome="ok", undone_by="y")
    undo = FixRun("y", "session-cleanup", "bot", "ana", 2.0, outcome="ok", undoes="x")
    assert spent([closed, undo]) == set()


def test_closing_sessions_is_offered_only_where_one_would_be_closed() -> None:
    assert not useful("session-cleanup", readings(sessions_owed_for=300), 1800.0)
    assert useful("session-cleanup", readings(sessions_owed_for=1800), 1800.0)
    assert useful("session-cleanup", readings(sessions_owed_for=0, sessions_unreadable=1), 1800.0)
    assert useful("session-cleanup", {}, 1800.0), "nothing is known of it"
    assert useful("retry", readings(sessions_owed_for=0), 1800.0)
