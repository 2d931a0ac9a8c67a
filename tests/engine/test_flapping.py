"""What ends and returns again and again holds its notices, shows it, and says once what is true in the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind, NoticeTiming, due_notice
from qualtui.config.values import Config, Level, OncallSettings, Operator, PersonSettings, Rule
from qualtui.diagnosis.faults import Fault, FaultsSeen
from qualtui.engine.incident_views import activity, incident_view
from qualtui.eventlog.healing import PolicyDecided
from qualtui.eventlog.incidents import Acknowledged
from qualtui.eventlog.notices import NoticeQueued
from qualtui.eventlog.silences import SilenceCreated
from qualtui.model import Link, Phase, Sample, Severity
from qualtui.model.matchers import matcher_of
from qualtui.notify.render import notice_words
from qualtui.store.sqlite import SqliteStore
from tests.engine.test_evaluator import DOWN, WAITING, Scene, configuration

PAGE = ["flapping to pager", "flapping to mail"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(tmp_path / "store.db") as opened:
        yield opened


async def notices(scene: Scene, value: float, after: float, series: str = "gateway.down") -> list[str]:
    """The notices that a look decides."""
    scene.now += after
    scene.recent.add([Sample(f"bot/{series}", scene.now, value)])
    bodies = [event.body for event in await scene.evaluator.look(("bot",))]
    return [f"{one.kind} to {one.channel}" for one in bodies if isinstance(one, NoticeQueued)]


async def flapping(store: SqliteStore) -> Scene:
    """A session that fires for the fourth time, 2 min each, 5 min apart."""
    scene = Scene(store, {"down": DOWN})
    for _time in range(3):
        await notices(scene, 1, 300)
        await notices(scene, 0, 120)
    assert await notices(scene, 1, after=300) == PAGE
    return scene


def words(scene: Scene, kind: str) -> str:
    found = [one for one in scene.journal.state.notices.values() if one.kind == kind and one.channel == "pager"]
    title, body = notice_words(found[-1])
    return f"{title}\n{body}"


async def test_three_returns_are_one_notice_and_hold_those_that_would_follow(store: SqliteStore) -> None:
    scene = await flapping(store)
    said = words(scene, "flapping")
    assert said.startswith("FLAPPING: CRITICAL #1 bot: ")
    assert "It is flapping: 4 times in 21m. Until it is steady, notices of its end and return are held." in said
    for _time in range(5):
        assert await notices(scene, 0, after=120) == []
        assert await notices(scene, 1, after=300) == []
    assert list(scene.journal.state.incidents) == [1]
    view = incident_view(scene.journal.state.incidents[1], scene.journal.state)
    assert str(view.flapping) == "flapping: 5 times in 28m"


async def test_it_ends_by_itself_and_says_once_that_it_is_over(store: SqliteStore) -> None:
    scene = await flapping(store)
    assert await notices(scene, 0, after=60) == []
    assert await notices(scene, 0, after=899) == []
    assert await notices(scene, 0, after=1) == ["resolved to pager", "resolved to mail"]
    assert await notices(scene, 0, after=60) == []
    incident = scene.journal.state.incidents[1]
    assert (incident.flaps, incident.phase) == (False, Phase.RESOLVED)


async def test_it_ends_by_itself_and_says_once_that_it_still_fires(store: SqliteStore) -> None:
    scene = await flapping(store)
    assert await notices(scene, 1, after=899) == []
    assert await notices(scene, 1, after=1) == ["steady to pager", "steady to mail"]
    assert words(scene, "steady").startswith("NO LONGER FLAPPING, STILL CRITICAL #1 bot: ")
    assert await notices(scene, 1, after=5) == []
    assert await notices(scene, 0, after=5) == ["resolved to pager", "resolved to mail"]
    # The next return is one as ever: what counts as flapping began anew.
    assert await notices(scene, 1, after=300) == ["reopened to pager", "reopened to mail"]


async def test_what_flaps_keeps_its_number_until_it_is_steady(store: SqliteStore) -> None:
    scene = await flapping(store)
    await notices(scene, 0, 60)
    assert await notices(scene, 1, after=840) == []  # 14 min later; what does not flap is new after 10
    assert list(scene.journal.state.incidents) == [1]


async def test_growth_of_waiting_customers_and_a_worse_severity_are_never_held(store: SqliteStore) -> None:
    rule = Rule(series="user.queue", op=Operator.ABOVE, warning=Level(1), critical=Level(50))
    scene = Scene(store, {"queue": rule})
    for _time in range(4):
        await notices(scene, 9, 300, "user.queue")
        await notices(scene, 0, 120, "user.queue")
    assert await notices(scene, 60, 200, "user.queue") == ["worse to pager", "worse to mail"]
    assert await notices(scene, 0, 60, "user.queue") == []
    assert await notices(scene, 60, 60, "user.queue") == []
    scene.waiting = 11
    assert await notices(scene, 60, 5, "user.queue") == ["growth to pager", "growth to mail"]
    assert "Flapping: 6 times in 28m." in words(scene, "growth")
    assert await notices(scene, 60, 5, "user.queue") == []


async def test_it_flaps_on_after_a_restart(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as first:
        before = await flapping(first)
        await notices(before, 0, 60)
    with SqliteStore.open(tmp_path / "store.db") as second:
        after = Scene(second, {"down": DOWN})
        after.now = before.now
        assert await notices(after, 1, after=60) == []
        assert after.journal.state.incidents[1].flaps
        assert await notices(after, 0, after=60) == []
        assert await notices(after, 0, after=900) == ["resolved to pager", "resolved to mail"]


async def test_who_owns_what_flaps_keeps_it_when_it_returns(store: SqliteStore) -> None:
    scene = await flapping(store)
    await scene.journal.append((Acknowledged(1, "ana"), ""))
    await notices(scene, 0, 60)
    await notices(scene, 1, 60)
    assert scene.journal.state.incidents[1].owner == "ana"


async def test_a_return_calls_nobody_before_the_next_step_is_due(store: SqliteStore) -> None:
    def on_call(config: Config) -> Config:
        people = {name: PersonSettings(channels=("pager",)) for name in ("ana", "bruno")}
        return replace(config, people=people, oncall=OncallSettings(order=("ana", "bruno")))

    scene = Scene(store, {"down": DOWN})
    scene.evaluator.use(on_call(configuration({"down": DOWN})), {})
    for _time in range(3):
        await notices(scene, 1, 300)
        await notices(scene, 0, 120)
    await notices(scene, 1, 300)
    called = scene.journal.state.incidents[1].escalation
    assert called is not None
    assert await notices(scene, 0, after=60) == []
    assert await notices(scene, 1, after=60) == []
    assert scene.journal.state.incidents[1].escalation == called
    await notices(scene, 0, 60)
    assert await notices(scene, 1, after=180) == ["escalation to pager"]  # nobody took it: the second step


async def test_no_notice_of_what_flaps_waits_for_a_fix_that_runs_by_itself(store: SqliteStore) -> None:
    scene = Scene(store, {"down": DOWN})
    for _time in range(3):
        await notices(scene, 1, 300)
        await notices(scene, 0, 120)
    auto = PolicyDecided(1, "gateway-restart", "bot", "auto", hold_until=scene.now + 390)
    scene.now += 1
    await scene.journal.append((auto, ""))
    assert await notices(scene, 1, 299) == PAGE


async def test_a_cause_that_comes_and_goes_is_one_line_and_wakes_nobody(store: SqliteStore) -> None:
    rules = {"down": DOWN, "queue": Rule(series="customers.oldest", critical=Level(600), link=Link.CUSTOMER)}
    scene = Scene(store, rules)
    broken = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
    scene.seen = broken
    await notices(scene, 1, after=5)
    await notices(scene, 700, 5, "customers.oldest")
    said: list[str] = []
    for _time in range(10):
        scene.seen = FaultsSeen()
        said += await notices(scene, 0, after=30)
        scene.seen = broken
        said += await notices(scene, 1, after=30)
    state = scene.journal.state
    assert said == ["flapping to mail"]
    assert [one.severity for one in state.notices.values() if one.kind == "flapping"] == [Severity.WARNING]
    assert state.incidents[1].flaps
    lines = [str(line.text) for line in activity(state)]
    assert [line for line in lines if "the cause" in line] == [
        "the cause is back (came back 10 times since 00:17)"
    ]
    assert len(lines) < 10
    assert state.incidents[1].severity is Severity.CRITICAL


async def test_what_flaps_in_a_silence_keeps_no_other_incident_quiet(store: SqliteStore) -> None:
    queue = Rule(series="user.queue", op=Operator.ABOVE, critical=Level(5), summary="queue")
    scene = Scene(store, {"down": DOWN, "customers-waiting": WAITING, "queue": queue})
    broken = FaultsSeen((Fault(Link.GATEWAY, 1000.0, "gateway broken", "the session is FAILED"),))
    scene.seen = broken
    assert await notices(scene, 1, after=5) == ["firing to pager", "firing to mail"]
    await notices(scene, 700, 5, "customers.oldest")
    causes = {1: scene.journal.state.incidents[1].revision}
    silence = SilenceCreated(
        "abc", (matcher_of('link=~"gateway|customer"'),), "ana", "why", scene.now + 9999.0, causes
    )
    await scene.journal.append((silence, ""))
    for _time in range(4):
        scene.seen = FaultsSeen()
        assert await notices(scene, 0, after=30) == []
        scene.seen = broken
        assert await notices(scene, 1, after=30) == []
    assert scene.journal.state.incidents[1].flaps
    assert [one.kind for one in scene.journal.state.muted] == ["flapping"]
    assert await notices(scene, 6, 5, "user.queue") == ["firing to pager", "firing to mail"]


async def test_the_notice_that_it_flaps_is_a_page_where_many_more_wait_since(store: SqliteStore) -> None:
    scene = await flapping(store)
    incident, timing = scene.journal.state.incidents[1], NoticeTiming()
    assert incident.flapping is not None
    assert incident.last is not None
    unsaid = replace(incident, flapping=replace(incident.flapping, reported=False))
    known = due_notice(unsaid, Severity.CRITICAL, 1, timing, scene.now)
    assert known == NoticeDecision(NoticeKind.FLAPPING, Severity.WARNING, 1)
    grown = due_notice(unsaid, Severity.CRITICAL, 11, timing, scene.now)
    assert grown == NoticeDecision(NoticeKind.FLAPPING, Severity.CRITICAL, 11)
    milder = replace(unsaid, last=replace(incident.last, severity=Severity.WARNING))
    worse = due_notice(milder, Severity.CRITICAL, 1, timing, scene.now)
    assert worse == NoticeDecision(NoticeKind.FLAPPING, Severity.CRITICAL, 1)


@pytest.mark.parametrize("fires", [True, False])
async def test_the_end_of_what_flaps_is_notified_where_its_agent_is_gone(
    store: SqliteStore, *, fires: bool
) -> None:
    scene = await flapping(store)
    if not fires:
        await notices(scene, 0, 60)
    gone = configuration({"down": DOWN})
    scene.evaluator.use(replace(gone, agents={"other": gone.agents["bot"]}), {})
    bodies = [event.body for event in await scene.evaluator.settle()]
    said = [f"{one.kind} to {one.channel}" for one in bodies if isinstance(one, NoticeQueued)]
    assert said == ["resolved to pager", "resolved to mail"]
    assert await scene.evaluator.settle() == ()
