"""What only the host knows comes first where it is the cause, and is not blamed where it is not."""

from typing import Any

import pytest

from qualtui.diagnosis.chain import BAD, NO_SOURCE, OK, UNKNOWN, chain
from qualtui.diagnosis.diagnose import root_cause
from qualtui.diagnosis.faults import faults_seen
from qualtui.diagnosis.root_cause import CauseKind, RootCause
from qualtui.model import Evidence, Link, Sample
from qualtui.series.evidence import Reading, Readings
from qualtui.text.message import Saying
from qualtui.wire import LinkView
from tests.diagnosis.readings import NOW, readings

FINE = {
    "suspended": 0, "cpu": 6, "memory": 41, "instances": 1, "failing": 0, "failures_1h": 0,
    "deploys": 0, "deploy_age": 90_000, "deploy_harm": 0,
}  # fmt: skip
REFUSED: dict[str, Any] = {"health_up": (0.0, "refused"), "health_down": (1.0, "refused"), "health_refused": 1.0}


def at_host(base: Readings, *, notes: dict[str, tuple[Saying, str]] | None = None, **figures: float) -> Readings:
    """The readings with those of a host; its notes and codes by the series' word."""
    for word, value in {**FINE, **figures}.items():
        note, code = (notes or {}).get(word, ("", ""))
        sample = Sample(f"bot/host.{word}", NOW, value, note, code)
        base[f"host.{word}"] = Reading(Evidence.FRESH, sample)
    return base


def seen(found: Readings, before: tuple[LinkView, ...] = ()) -> tuple[dict[Link, LinkView], RootCause]:
    links = chain(found, before, NOW)
    return {view.link: view for view in links}, root_cause(links, found, NOW)


def test_a_bot_without_a_configured_host_has_no_source_for_it() -> None:
    by, reason = seen(readings())
    assert (by[Link.HOST].status, reason.root) == (NO_SOURCE, CauseKind.NONE)


def test_a_calm_host_is_green_and_says_how_full_its_memory_is() -> None:
    by, reason = seen(at_host(readings()))
    assert (by[Link.HOST].status, str(by[Link.HOST].text), reason.root) == (OK, "memory 41%", CauseKind.NONE)


def test_a_host_that_does_not_answer_is_unknown_and_takes_nothing_from_the_bots_own_word() -> None:
    found = at_host(readings())
    for name in [name for name in found if name.startswith("host.")]:
        found[name] = Reading(Evidence.NO_DATA)
    by, reason = seen(found)
    assert (by[Link.HOST].status, reason.text) == (UNKNOWN, "")


def test_a_suspended_service_is_the_cause_of_the_bot_that_is_down() -> None:
    found = at_host(readings(**REFUSED), suspended=1, notes={"suspended": ("billing", "")})
    by, reason = seen(found)
    assert (reason.link, reason.root) == (Link.HOST, CauseKind.SUSPENDED)
    assert str(reason.text) == "The host has suspended the bot's service for 0s: billing"
    assert reason.step
    assert [one.link for one in faults_seen(list(by.values()), reason, refused=True).faults] == [Link.HOST]


@pytest.mark.parametrize(
    ("code", "root"),
    [("out of memory", CauseKind.OUT_OF_MEMORY), ("failed", CauseKind.INSTANCE_FAILED)],
)
def test_an_instance_that_was_killed_explains_the_bot_that_refuses(code: str, root: CauseKind) -> None:
    notes: dict[str, tuple[Saying, str]] = {"failing": ("instance out of memory at 03:02", code)}
    by, reason = seen(at_host(readings(**REFUSED), failing=1, failures_1h=1, notes=notes))
    assert (by[Link.HOST].status, reason.link, reason.root) == (BAD, Link.HOST, root)
    assert str(reason.text) == "The host: instance out of memory at 03:02; none answers since"
    assert [one.link for one in faults_seen(list(by.values()), reason, refused=True).faults] == [Link.HOST]


def test_a_failure_that_the_bot_has_outlived_is_none() -> None:
    by, reason = seen(at_host(readings(), failing=1, failures_1h=1))
    assert (by[Link.HOST].status, reason.root) == (OK, CauseKind.NONE)


def test_a_database_that_is_down_comes_before_the_instance_that_failed_over_it() -> None:
    found = at_host(readings(db_up=(0.0, "refused"), **REFUSED), failing=1, failures_1h=1)
    assert seen(found)[1].root is CauseKind.DATABASE_DOWN


DOWN = (LinkView(Link.BOT, BAD, "refused", Evidence.FRESH, NOW - 120),)


@pytest.mark.parametrize(
    ("age", "root"),
    [
        (60.0, CauseKind.BAD_DEPLOY),  # seen down a minute before the host called the deploy live
        (720.0, CauseKind.BAD_DEPLOY),
        (2000.0, CauseKind.BOT_DOWN),  # it ran well for half an hour
        (90_000.0, CauseKind.BOT_DOWN),
    ],
)
def test_a_bot_that_goes_down_soon_after_a_deploy_names_it(age: float, root: CauseKind) -> None:
    found = at_host(readings(**REFUSED), deploy_age=age, notes={"deploy_age": ("abc1234", "dep-1")})
    reason = seen(found, DOWN)[1]
    assert reason.root is root
    assert ("abc1234" in str(reason.text)) == (root is CauseKind.BAD_DEPLOY)


def test_a_deploy_with_which_errors_rose_is_the_cause_and_one_without_is_not() -> None:
    notes: dict[str, tuple[Saying, str]] = {
        "deploy_harm": ("5 of 6 answers failed since it, 1 of 20 before", ""),
        "deploy_age": ("abc1234", "dep-1"),
    }
    harmed = seen(at_host(readings(), deploy_age=720, deploy_harm=78, notes=notes))[1]
    assert str(harmed.text) == (
        "The deploy abc1234, 12m ago, broke the webhook: 5 of 6 answers failed since it, 1 of 20 before"
    )
    assert harmed.root is CauseKind.BAD_DEPLOY
    assert seen(at_host(readings(), deploy_age=720, deploy_harm=10, notes=notes))[1].root is CauseKind.NONE
