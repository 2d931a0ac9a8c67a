"""The exit code of `status` is the truth: nothing that can't be judged is ok, and what is only to be known is."""

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from qualtui.cli.app import app
from qualtui.cli.status import exit_code, long_lines, short_line
from qualtui.diagnosis.chain import BAD, BUSY, NO_SOURCE
from qualtui.model import Evidence, Link, Phase, Severity
from qualtui.widgets.words import clock
from qualtui.wire import (
    AgentDetail,
    AgentSummary,
    ChannelView,
    IncidentView,
    LinkView,
    NowState,
    NowView,
    Snapshot,
)
from tests import snapshots
from tests.cli.folders import AGENT, at_home

CALM = NowView(None, True, "EVERYONE ANSWERED")
BLIND = NowView(None, False, "CANNOT TELL")


def agent(now: NowView) -> AgentSummary:
    return AgentSummary("bot", now)


def incident(severity: Severity, phase: Phase = Phase.FIRING) -> IncidentView:
    return IncidentView(1, "bot", "r", severity, phase, "s", "", 1.0, 1.0, None, "", "", "", "")


def trouble(severity: Severity) -> NowView:
    return NowView(severity, False, "TROUBLE")


CASES = [
    ("calm", [CALM], [], 0),
    ("one agent of two cannot be judged", [CALM, BLIND], [], 3),
    ("nothing is watched", [], [], 3),
    ("trouble begins", [trouble(Severity.WARNING)], [], 1),
    ("a warning", [trouble(Severity.WARNING)], [incident(Severity.WARNING)], 1),
    ("a critical beside an agent that cannot be judged", [BLIND], [incident(Severity.CRITICAL)], 2),
    ("what is only to be known", [trouble(Severity.INFO)], [incident(Severity.INFO)], 0),
    ("only to be known, and an agent that cannot be judged", [BLIND], [incident(Severity.INFO)], 3),
    ("resolved", [CALM], [incident(Severity.CRITICAL, Phase.RESOLVED)], 0),
]


@pytest.mark.parametrize(("what", "agents", "incidents", "code"), CASES, ids=[case[0] for case in CASES])
def test_the_exit_code_is_the_worst_that_is_known(
    what: str, agents: list[NowView], incidents: list[IncidentView], code: int
) -> None:
    shot = Snapshot(1.0, 1, snapshots.engine(), tuple(map(agent, agents)), tuple(incidents), ())
    assert exit_code(shot) == code


def test_figures_are_told_as_on_the_screen() -> None:
    figures = {
        name: snapshots.figure(name, value)
        for name, value in {"customers.waiting": 12.0, "sessions.bot_owes": 1.0, "reply.p95": 0.599794}.items()
    }
    shot = Snapshot(1.0, 1, snapshots.engine(windows=1), (), (), ())
    shot = snapshots.showing(shot, AgentDetail("a", now=CALM, chain=(), figures=figures))
    lines = long_lines(shot, 0)
    assert lines[0].endswith(", 1 viewer")
    assert "  waiting 12, bot owes 1, p95 600ms" in lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "No configuration found. Write one: qualtui config init"),
        (AGENT + "[screen]\nasci = true", "screen.asci: found an unknown key"),
    ],
    ids=["none", "a wrong one"],
)
def test_without_a_usable_configuration_a_program_gets_its_answer_too(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = at_home(tmp_path, monkeypatch)
    if text:
        (home / "config.toml").write_text(text)
    short = CliRunner().invoke(app, ["status", "--short"])
    assert (short.exit_code, short.stderr, short.stdout.count("\n")) == (3, "", 1)
    assert short.stdout.startswith("UNKNOWN ")
    assert told in short.stdout
    plain = CliRunner().invoke(app, ["status", "--json"])
    answer = json.loads(plain.stdout)
    assert (plain.exit_code, plain.stderr, answer["status"], answer["code"]) == (3, "", "unknown", 3)
    assert told in answer["problem"]


def test_a_channel_that_fails_is_told_with_its_time_and_how_to_try_it() -> None:
    channel = ChannelView("ops", snapshots.AT - 240, "HTTP 404")
    shot = msgspec.structs.replace(snapshots.calm(), engine=snapshots.engine(channels=(channel,)))
    since = clock(snapshots.AT - 240, shot.zone, seconds=True)
    (line,) = [line for line in long_lines(shot, 0) if line.startswith("!")]
    assert line == f"! channel ops fails since {since}: HTTP 404; try: qualtui notify test ops"


def test_what_is_wrong_with_the_watcher_stands_in_the_short_line_too() -> None:
    told = ("the store q.db was deleted or moved away", "the disk is full")
    shot = Snapshot(1.0, 1, snapshots.engine(troubles=told), (agent(CALM),), (), ())
    assert short_line(shot, 0).endswith("EVERYONE ANSWERED; ! the store q.db was deleted or moved away (+1)")
    assert long_lines(shot, 0)[1:3] == [f"! {text}" for text in told]


def test_a_store_that_fails_is_a_warning_about_the_engine_and_none_about_the_bot() -> None:
    engine = snapshots.engine(troubles=("the store q.db: the disk is full",), failing=True)
    shot = Snapshot(1.0, 1, engine, (agent(CALM),), (incident(Severity.INFO),), ())
    assert exit_code(shot) == 1
    assert short_line(shot, 1) == "WARNING bot: EVERYONE ANSWERED; ! the store q.db: the disk is full"
    assert long_lines(shot, 1)[0].startswith("WARNING ")
    assert exit_code(msgspec.structs.replace(shot, agents=(agent(BLIND),))) == 3
    assert exit_code(msgspec.structs.replace(shot, incidents=(incident(Severity.CRITICAL),))) == 2


def test_incidents_without_a_row_are_counted() -> None:
    shot = Snapshot(
        1.0,
        1,
        snapshots.engine(),
        (agent(CALM),),
        (incident(Severity.CRITICAL),),
        (),
        firing={Severity.CRITICAL: 70},
    )
    assert short_line(shot, 2).endswith("(+69)")
    assert long_lines(shot, 2)[-1] == "and 69 more open incidents"


def test_one_line_says_what_the_screen_s_headline_says() -> None:
    told = NowView(Severity.CRITICAL, False, "3 CUSTOMERS WAITING FOR THE BOT", "oldest 12m", number=2)
    first = msgspec.structs.replace(incident(Severity.CRITICAL), number=1)
    second = msgspec.structs.replace(incident(Severity.CRITICAL), number=2)
    shot = Snapshot(1.0, 1, snapshots.engine(), (agent(CALM), agent(told)), (first, second), ())
    assert short_line(shot, 2) == "CRITICAL #2 bot: 3 CUSTOMERS WAITING FOR THE BOT oldest 12m (+1)"


def test_what_recovers_is_a_warning_in_its_own_words() -> None:
    over = msgspec.structs.replace(incident(Severity.CRITICAL), recovering=True)
    told = NowView(Severity.WARNING, False, "RECOVERING", "no one waits", number=1, state=NowState.RECOVERING)
    shot = Snapshot(1.0, 1, snapshots.engine(), (agent(told),), (over,), ())
    assert exit_code(shot) == 1
    assert short_line(shot, 1) == "WARNING #1 bot: RECOVERING no one waits"
    assert any(line.startswith("#1 RECOVERING bot: s") for line in long_lines(shot, 1))


def test_the_chain_is_told_in_words_and_each_once() -> None:
    links = (
        LinkView(Link.HOST, NO_SOURCE, "no source", Evidence.NO_SOURCE),
        LinkView(Link.BOT, BUSY, "silent 40s", Evidence.FRESH),
        LinkView(Link.GATEWAY, BAD, "FAILED", Evidence.FRESH),
        LinkView(Link.CUSTOMER, "ok", "answered", Evidence.FRESH),
    )
    shot = Snapshot(1.0, 1, snapshots.engine(), (), (), ())
    shot = snapshots.showing(shot, AgentDetail("a", CALM, links, {}))
    chain = "  host no source → bot busy: silent 40s → gateway BROKEN: FAILED → customer answered"
    assert chain in long_lines(shot, 0)
