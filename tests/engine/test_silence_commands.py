"""Silences are made, previewed, listed and ended by command; the journal decides who was first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.silence_views import silence_views
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.incident_changes import IncidentOpened
from qualtui.eventlog.mutes import NoticeMuted
from qualtui.model import Event, Origin, Phase, Severity
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    AddSilence,
    Answer,
    Command,
    Done,
    ExpireSilence,
    Findings,
    ListCustomers,
    ListSilences,
    NoticeLog,
    Notices,
    PreviewSilence,
    Refused,
    Request,
    SilencePreview,
    Silences,
)

HOUR = 3600.0


class Desk:
    """A command handler on a real store, in which incident #1 of the agent `bot` fires."""

    def __init__(self, store: SqliteStore) -> None:
        self.now = 1000.0
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.context = CommandContext(
            self.journal,
            FixRunner(self.journal, lambda: self.now),
            lambda: self.now,
            _no_history,
            _no_customers,
            _no_findings,
            lambda: None,
            lambda: None,
            lambda incident: incident,
        )
        self.commands = CommandHandler(self.context)

    async def fire(self) -> None:
        alert = AlertChanged(
            "waiting",
            "bot",
            Phase.INACTIVE,
            Phase.FIRING,
            Severity.CRITICAL,
            "it holds",
            900.0,
            link="customer",
            summary="they wait",
        )
        opened = IncidentOpened(
            1, "bot", ("waiting@bot",), Origin.APART, "waiting", Severity.CRITICAL, 900.0, "they wait"
        )
        await self.journal.append((alert, ""), (opened, ""))

    async def ask(self, ask: Command, who: str = "ana") -> Answer:
        return await self.commands.answer(Request(1, ask, who))

    async def add(self, *matchers: str, seconds: float = HOUR, reason: str = "planned", who: str = "ana") -> str:
        answer = await self.ask(AddSilence(matchers, seconds, reason), who)
        assert isinstance(answer, Done | Refused)
        return str(answer.text)

    @property
    def only(self) -> str:
        (found,) = self.journal.state.silences
        return found


async def _no_history(_number: int) -> tuple[Event, ...]:
    return ()


async def _no_customers(_ask: ListCustomers, _most: int) -> Refused:
    raise NotImplementedError


async def _no_findings() -> Findings:
    raise NotImplementedError


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield Desk(opened)


async def test_a_silence_of_an_incident_knows_its_cause(desk: Desk) -> None:
    await desk.fire()
    assert await desk.add('incident="1"') == "#1 is silenced until 01:16"
    silence = desk.journal.state.silences[desk.only]
    assert (silence.author, silence.reason, silence.until) == ("ana", "planned", 4600.0)
    assert silence.causes == {1: desk.journal.state.incidents[1].revision}
    assert desk.journal.state.activity[-1].number == 1


async def test_the_second_learns_who_was_first(desk: Desk) -> None:
    await desk.add("agent=bot", "rule=waiting")
    said = await desk.add("rule=waiting", 'agent="bot"', who="bruno")
    assert said.startswith("ana silenced this until 01:16 already; end it: qualtui silence expire ")
    assert len(desk.journal.state.silences) == 1
    desk.now += HOUR
    assert (await desk.add("agent=bot", "rule=waiting", who="bruno")).startswith("silenced until")


async def test_a_silence_that_hides_nothing_now_says_so_because_a_name_may_be_misspelled(desk: Desk) -> None:
    await desk.fire()
    said = await desk.add("rule=wating")
    assert said.startswith("silenced until 01:16, but it hides no alert now; end it: qualtui silence")
    assert (await desk.add("rule=waiting")).startswith("silenced until 01:16; end it")


@pytest.mark.parametrize(
    ("matchers", "seconds", "reason", "said"),
    [
        ((), HOUR, "x", "a silence needs 1 to 20 matchers"),
        (("agent=bot",) * 21, HOUR, "x", "a silence needs 1 to 20 matchers"),
        (("bot",), HOUR, "x", "'bot': expected a matcher such as"),
        (("agent=~(",), HOUR, "x", "'agent=~(': expected a regular expression in RE2 syntax"),
        (("agent=~.*",), HOUR, "x", "these matchers fit alerts without any label"),
        (("agent!=bot",), HOUR, "x", "these matchers fit alerts without any label"),
        (("agent=bot",), HOUR, " ", "the reason is empty"),
        (("agent=bot",), 1.0, "x", "--for: a silence lasts from 1m to 30d 0h"),
        (("agent=bot",), 31 * 86400.0, "x", "--for: a silence lasts from 1m to 30d 0h"),
        (("agent=bot",), float("nan"), "x", "--for: a silence lasts from 1m to 30d 0h"),
        (("incident=1",), 25 * HOUR, "x", "--for: a silence lasts from 1m to 1d 0h"),
        (("incident=7",), HOUR, "x", "no incident #7; see them: qualtui incidents list --all"),
    ],
)
async def test_what_can_not_be_silenced_is_refused_with_the_reason(
    matchers: tuple[str, ...], seconds: float, reason: str, said: str, desk: Desk
) -> None:
    await desk.fire()
    assert (await desk.add(*matchers, seconds=seconds, reason=reason)).startswith(said)
    assert desk.journal.state.silences == {}


async def test_a_preview_shows_what_would_be_hidden_and_changes_nothing(desk: Desk) -> None:
    await desk.fire()
    answer = await desk.ask(PreviewSilence(("link=customer",)))
    assert isinstance(answer, SilencePreview)
    assert [(one.rule, one.number, one.severity) for one in answer.alerts] == [("waiting", 1, Severity.CRITICAL)]
    other = await desk.ask(PreviewSilence(("link=gateway",)))
    assert isinstance(other, SilencePreview)
    assert other.alerts == ()
    assert desk.journal.state.silences == {}


async def test_a_silence_is_ended_once_and_by_name(desk: Desk) -> None:
    await desk.add("agent=bot")
    name = desk.only
    assert isinstance(await desk.ask(ExpireSilence(name), "bruno"), Done)
    for silence, said in ((name, "bruno ended it at 00:16 already"), ("none", "no silence 'none'")):
        answer = await desk.ask(ExpireSilence(silence))
        assert isinstance(answer, Refused)
        assert str(answer.text).startswith(said)


async def test_those_that_run_are_listed_and_those_that_are_over_on_request(desk: Desk) -> None:
    await desk.fire()
    await desk.add("agent=bot", seconds=7200.0)
    await desk.add("rule=waiting", seconds=HOUR)
    await desk.add("rule=other", seconds=60.0)
    desk.now += 120
    running = await desk.ask(ListSilences())
    assert isinstance(running, Silences)
    assert [(one.matchers, one.hides) for one in running.silences] == [
        (('rule="waiting"',), 1),
        (('agent="bot"',), 1),
    ]
    every = await desk.ask(ListSilences(ended=True))
    assert isinstance(every, Silences)
    assert [one.matchers for one in every.silences][-1] == ('rule="other"',)
    assert [one.until for one in silence_views(desk.journal.state, desk.now)] == [4600.0, 8200.0]


async def test_a_phone_in_a_reason_is_masked(desk: Desk) -> None:
    await desk.add("agent=bot", reason="call +55 11 98765-4321")
    assert desk.journal.state.silences[desk.only].reason == "call +55 11 •••••-••21"


async def test_the_notice_log_shows_what_was_muted(desk: Desk) -> None:
    await desk.fire()
    await desk.journal.append((NoticeMuted("k", 1, "firing", Severity.CRITICAL, "silenced by ana"), ""))
    answer = await desk.ask(NoticeLog())
    assert isinstance(answer, Notices)
    (only,) = answer.notices
    assert (only.status, str(only.title), only.reason) == ("muted", "#1 bot: they wait", "silenced by ana")
