"""Commands of people: renew, snooze, close, hand over, and who is on call."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui.config.values import AgentSettings, Config, HealthSettings, OncallSettings, PersonSettings
from qualtui.engine.command_handler import CommandHandler
from qualtui.engine.commands.context import CommandContext
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.oncall_view import oncall_banner
from qualtui.model import Event, Incident, Phase, Severity
from qualtui.store.sqlite import SqliteStore
from qualtui.wire import (
    Acknowledge,
    AddNote,
    AddSilence,
    Answer,
    AssignOncall,
    CloseIncident,
    Command,
    Customers,
    Done,
    Findings,
    Handover,
    ListCustomers,
    Oncall,
    Refused,
    Request,
    ShowHandover,
    ShowOncall,
    SnoozeIncident,
    UndoAcknowledge,
)
from tests.eventlog.bodies import fired

DAY = 86400.0
CONFIG = Config(
    agents={"bot": AgentSettings(health=HealthSettings(url="http://127.0.0.1/health"))},
    people={"ana": PersonSettings(), "bruno": PersonSettings()},
    oncall=OncallSettings(order=("ana", "bruno")),
)


class Scene:
    """A command handler on a real store, with one CRITICAL incident."""

    def __init__(self, store: SqliteStore) -> None:
        self.now, self.holds = 1000.0, True
        store.append([(fired(1, summary="the session is down"), "")], self.now)
        self.journal = Journal(store, store.load(), store.epoch, lambda: self.now)
        self.commands = CommandHandler(
            CommandContext(
                self.journal,
                FixRunner(self.journal, lambda: self.now),
                lambda: self.now,
                self._history,
                self._customers,
                self._doctor,
                lambda: None,
                lambda: None,
                lambda incident: incident,
                holds=lambda _incident: self.holds,
            )
        )
        self.commands.use(("bot",), (), CONFIG)

    async def ask(self, ask: Command, who: str = "ana") -> Answer:
        return await self.commands.answer(Request(1, ask, who))

    async def said(self, ask: Command, who: str = "ana") -> str:
        answer = await self.ask(ask, who)
        assert isinstance(answer, Done | Refused)
        return ("refused: " if isinstance(answer, Refused) else "") + str(answer.text)

    @property
    def incident(self) -> Incident:
        return self.journal.state.incidents[1]

    async def _history(self, _number: int) -> tuple[Event, ...]:
        return ()

    async def _customers(self, _ask: ListCustomers, _limit: int) -> Customers:
        raise NotImplementedError

    async def _doctor(self) -> Findings:
        raise NotImplementedError


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with SqliteStore.open(tmp_path / "store.db") as store:
        yield Scene(store)


async def test_an_owner_covers_renews_and_releases(scene: Scene) -> None:
    assert await scene.said(Acknowledge(1, reason="restarting, call 5511900000001")) == "you own #1 now"
    assert scene.incident.covers is Severity.CRITICAL
    assert "5511900000001" not in str(scene.journal.state.activity[-1].text)
    scene.now += 600
    assert (await scene.said(Acknowledge(1))).startswith("you still own #1")
    assert (scene.incident.owned_at, scene.incident.renewed_at) == (1000.0, 1600.0)
    assert (await scene.said(Acknowledge(1), "bruno")).startswith("refused: ana already owns #1")
    assert (await scene.said(SnoozeIncident(1), "bruno")).startswith("refused: ana already owns #1")
    assert await scene.said(Acknowledge(1, release=True)) == "#1 has no owner now"


async def test_a_snooze_is_ownership_without_reminders(scene: Scene) -> None:
    assert await scene.said(SnoozeIncident(1)) == "you own #1, without reminders for 30m"
    assert (scene.incident.owner, scene.incident.snoozed_until) == ("ana", 2800.0)
    assert await scene.said(SnoozeIncident(9)) == "refused: no incident #9; see them: qualtui incidents list --all"


async def test_an_acknowledgement_is_undone_to_what_held_before(scene: Scene) -> None:
    assert (
        await scene.said(UndoAcknowledge(9)) == "refused: no incident #9; see them: qualtui incidents list --all"
    )
    assert await scene.said(UndoAcknowledge(1)) == "refused: #1 has no owner"
    before = scene.incident
    await scene.said(Acknowledge(1))
    assert await scene.said(UndoAcknowledge(1), "bruno") == "refused: ana owns #1, not you"
    assert await scene.said(UndoAcknowledge(1)) == "undone: #1 has no owner, as before"
    assert scene.incident == before
    await scene.said(Acknowledge(1), "bruno")
    await scene.said(SnoozeIncident(1), "bruno")
    assert await scene.said(UndoAcknowledge(1), "bruno") == "undone: bruno owns #1 again"
    assert (scene.incident.owner, scene.incident.snoozed_until) == ("bruno", None)
    await scene.said(Acknowledge(1, expect="bruno"))
    assert await scene.said(UndoAcknowledge(1)) == "undone: bruno owns #1 again"


async def test_nobody_undoes_what_a_colleague_relied_on(scene: Scene) -> None:
    await scene.said(Acknowledge(1))
    await scene.said(AddNote(1, "mine"))
    await scene.said(AddNote(1, "then I wait"), "bruno")
    refused = "refused: someone else acted on #1 since; release it instead"
    assert await scene.said(UndoAcknowledge(1)) == refused
    await scene.said(Acknowledge(1, release=True))
    await scene.said(Acknowledge(1))
    scene.now += 10
    matchers = ('incident="1"',)
    await scene.said(AddSilence(matchers, 3600.0, "the provider works on it"), "bruno")
    refused = "refused: bruno acted on #1 since; release it instead"
    assert await scene.said(UndoAcknowledge(1)) == refused


async def test_what_still_holds_is_closed_only_by_force(scene: Scene) -> None:
    assert await scene.said(CloseIncident(1, " ")) == "refused: say why: --reason"
    assert (await scene.said(CloseIncident(1, "gone"))).startswith("refused: #1 still holds by fresh evidence")
    assert scene.incident.phase is Phase.FIRING
    assert (await scene.said(CloseIncident(1, "gone", force=True))).startswith("#1 is closed")
    assert (scene.incident.phase, scene.journal.state.alerts) == (Phase.RESOLVED, {})
    assert await scene.said(CloseIncident(1, "gone")) == "refused: #1 is resolved"


async def test_what_is_gone_is_closed_with_who_and_why(scene: Scene) -> None:
    scene.holds = False
    await scene.said(CloseIncident(1, "the service was removed"))
    line = scene.journal.state.activity[-1]
    assert (line.who, str(line.text)) == ("ana", "closed it, the service was removed: the session is down")


async def test_the_call_is_taken_and_given(scene: Scene) -> None:
    shown = await scene.ask(ShowOncall())
    assert isinstance(shown, Oncall)
    assert (shown.who, shown.next, shown.taken) == ("ana", "bruno", False)
    assert await scene.said(AssignOncall(), "Bruno") == "bruno is on call"
    assert await scene.said(AssignOncall("ana", until=scene.now + 3600)) == "ana is on call for 1h 00m"
    assert await scene.said(AssignOncall("zoe")) == "refused: no person 'zoe'; there is: ana, bruno"
    assert (await scene.said(AssignOncall("ana", until=scene.now - 5))).startswith(
        "refused: --until: a shift ends after"
    )
    assert (await scene.said(AssignOncall("ana", since=scene.now - DAY))).startswith("refused: a shift begins now")
    scene.now += 3600
    after = await scene.ask(ShowOncall())
    assert isinstance(after, Oncall)
    assert (after.who, after.taken) == ("bruno", True)


async def test_a_banner_comes_three_days_before_nobody_is_on_call(scene: Scene) -> None:
    def banner() -> str:
        return str(oncall_banner(scene.journal.state, CONFIG, scene.now))

    assert banner() == ""
    await scene.said(AssignOncall("ana", until=scene.now + 5 * DAY))
    assert banner() == ""
    scene.now += 2 * DAY
    assert banner() == "no one is on call in 3d 0h, bruno is next: qualtui oncall give bruno"
    scene.now += 4 * DAY
    assert banner() == "no one has taken the call, ana is called: qualtui oncall take"
    await scene.said(AssignOncall("bruno"))
    assert banner() == ""


async def test_a_handover_names_what_is_open_and_whose_it_is(scene: Scene) -> None:
    await scene.said(Acknowledge(1), "bruno")
    await scene.said(AddNote(1, "waiting for the vendor"), "bruno")
    digest = await scene.ask(ShowHandover())
    assert isinstance(digest, Handover)
    assert (digest.oncall, digest.next) == ("ana", "bruno")
    [item] = digest.items
    assert (item.incident.owner, item.incident.notes) == ("bruno", ("bruno: waiting for the vendor",))
    assert (item.tried, item.silenced_until) == ((), None)
