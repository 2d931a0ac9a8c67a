"""One function decides the fix: the cause's own, nothing tried in vain, and nothing that has nothing to do."""

import pytest

from qualtui.diagnosis.fix_choice import TriedFixes, offered_fix, spent_fixes, useful_fix
from qualtui.diagnosis.root_cause import RootCause
from qualtui.model import FixRun, Link
from tests.diagnosis.readings import readings

TITLES = {"retry": "Answer", "session-cleanup": "Close", "gateway-restart": "Restart"}
CAUSE = RootCause("The gateway failed", link=Link.GATEWAY, fixes=("gateway-restart", "retry"))


def title(fix: str) -> str:
    return TITLES.get(fix, "")


def test_a_known_cause_has_its_own_fix_and_the_rule_s_is_for_an_unknown_one() -> None:
    assert offered_fix(CAUSE, ["session-cleanup"], TriedFixes(), title) == "gateway-restart"
    assert offered_fix(RootCause(), ["session-cleanup"], TriedFixes(), title) == "session-cleanup"
    assert offered_fix(None, ["session-cleanup"], TriedFixes(), title) == "session-cleanup"
    assert offered_fix(RootCause("The bot is down"), ["session-cleanup"], TriedFixes(), title) == ""


def test_what_cannot_be_run_is_not_offered_and_what_was_tried_in_vain_comes_last() -> None:
    assert (
        offered_fix(CAUSE, [], TriedFixes(), lambda fix: "" if fix == "gateway-restart" else title(fix)) == "retry"
    )
    assert offered_fix(CAUSE, [], TriedFixes(fixes=frozenset({"gateway-restart"})), title) == "retry"
    assert offered_fix(CAUSE, [], TriedFixes(fixes=frozenset(TITLES)), title) == "gateway-restart"


@pytest.mark.parametrize(
    ("fix", "outcome", "again"),
    [
        ("retry", "ok", True),  # twenty of thirty were answered
        ("retry", "stopped", True),
        ("retry", "interrupted", True),
        ("retry", "nothing", False),
        ("retry", "failed", False),
        ("gateway-restart", "ok", False),  # it works again, and yet the incident lasts
        ("gateway-restart", "failed", False),
        ("gateway-restart", "interrupted", True),
        ("session-cleanup", "ok", False),
        ("retry", "", True),  # under way
    ],
)
def test_a_run_is_in_vain_only_if_another_one_would_change_nothing(fix: str, outcome: str, again: bool) -> None:
    assert spent_fixes([FixRun("x", fix, "bot", "ana", 1.0, outcome=outcome)]) == (set() if again else {fix})


def test_the_newest_run_of_a_fix_counts_and_none_that_was_taken_back() -> None:
    failed = FixRun("x", "gateway-restart", "bot", "ana", 1.0, outcome="failed")
    assert spent_fixes([FixRun("y", "gateway-restart", "bot", "ana", 2.0, outcome="interrupted"), failed]) == set()
    closed = FixRun("x", "session-cleanup", "bot", "ana", 1.0, outcome="ok", undone_by="y")
    undo = FixRun("y", "session-cleanup", "bot", "ana", 2.0, outcome="ok", undoes="x")
    assert spent_fixes([closed, undo]) == set()


def test_closing_sessions_is_offered_only_where_one_would_be_closed() -> None:
    assert not useful_fix("session-cleanup", readings(sessions_owed_for=300), 1800.0)
    assert useful_fix("session-cleanup", readings(sessions_owed_for=1800), 1800.0)
    assert useful_fix("session-cleanup", readings(sessions_owed_for=0, sessions_unreadable=1), 1800.0)
    assert useful_fix("session-cleanup", {}, 1800.0), "nothing is known of it"
    assert useful_fix("retry", readings(sessions_owed_for=0), 1800.0)
