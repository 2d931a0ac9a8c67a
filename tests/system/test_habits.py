"""Each habit of a gateway, switched on in the demo: screen, `status`, retry and doctor say the right thing."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from benchmarks.engine import engine_on
from qualtui.client import Client
from qualtui.demo.configuration import AGENT
from qualtui.demo.launch import service_arguments, spawn_services
from qualtui.model import Severity
from qualtui.wire import Customers, Done, ListCustomers, Preview, PreviewFix, RunFix, Snapshot
from tests.screens.stand_in import until
from tests.system.living import World, agent, seen, status, told

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPEED = 100.0
ANSWERED = "EVERYONE ANSWERED"


class Scene:
    """The living system and a window on it; every fault that a test leaves on is taken back."""

    def __init__(self, world: World, client: Client) -> None:
        self.world = world
        self.client = client

    async def preview(self, fix: str) -> Preview:
        answer = await self.client.ask(PreviewFix(fix, AGENT))
        assert isinstance(answer, Preview), answer
        return answer

    async def reaches(self, least: int) -> Preview:
        """A retry's preview once it reaches so many: the gateway's chats are read a little later than the rows."""
        plan = await self.preview("retry")
        try:
            async with asyncio.timeout(20):
                while plan.total < least or plan.refused:
                    await self.next()
                    plan = await self.preview("retry")
        except TimeoutError:
            raise AssertionError(f"retry reaches {plan.total}: {plan.refused}; {plan.items}") from None
        return plan

    async def next(self) -> Snapshot:
        """The next snapshot."""
        return await seen(self.client, lambda _shot: True, 10, "a snapshot")

    async def evidence(self) -> str:
        """What the doctor says of the chats as evidence: its verdict and why."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "qualtui", "--config", self.world.at.config, "doctor", "--json"),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _errors = await process.communicate()
        found = next(one for one in json.loads(out)["findings"] if one["check"] == "gateway.evidence")
        return f"{found['verdict']}: {found['why']}"

    async def calm(self) -> None:
        """Everybody is answered, and nobody who waits is left over from the test before."""
        await seen(self.client, lambda shot: str(agent(shot).now.headline) == ANSWERED, 60, "everyone is answered")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def living() -> AsyncIterator[Scene]:
    async with (
        spawn_services(service_arguments(speed=SPEED, traffic=False, history=6)) as services,
        aiohttp.ClientSession() as http,
        engine_on(Path(services.config)) as engine,
        engine.client("ana") as client,
    ):
        yield Scene(World(services, http), client)


def claims_calm(shot: Snapshot) -> bool:
    return str(agent(shot).now.headline) == ANSWERED


class Doubt(msgspec.Struct, frozen=True):
    """A habit after which the gateway's chats are no evidence, and the words for it."""

    fault: str
    words: str


DOUBTS = [
    Doubt("chats-hidden", "hidden id (@lid)"),
    Doubt("chats-request-time", "the time of the request"),
    Doubt("session-nameless", "me: null"),
]


# First of all: an id that the gateway linked to nobody is not looked up again for two minutes.
async def test_one_person_under_two_ids_is_counted_and_written_to_once(living: Scene) -> None:
    await living.calm()
    await living.world.fault("chats-doubled", True)
    await living.world.fault("customers-unanswered", True)
    try:
        await seen(living.client, lambda shot: waiting(shot) >= 3, 20, "three wait")
        people = await living.client.ask(ListCustomers(AGENT))
        assert isinstance(people, Customers)
        assert len({one.phone for one in people.customers}) == len(people.customers) >= 3
        plan = await living.reaches(3)
        never = {lead[:8] for lead in await living.world.never_answered()}
        done = await living.client.ask(RunFix(plan.token), 60)
        assert isinstance(done, Done)
        # Of one who was answered before, an answer may be under way: he alone may need none any more.
        found = re.fullmatch(r"Answered (\d+) of (\d+)(?:; left: (\d+) answered meanwhile)?", str(done.text))
        assert found is not None, done.text
        answered, total, meanwhile = (int(each or 0) for each in found.groups())
        assert answered + meanwhile == total == plan.total
        assert answered >= sum(one.id in never for one in plan.items)
        assert (await living.evidence()).startswith("ok")
    finally:
        await living.world.fault("customers-unanswered", False)
        await living.world.fault("chats-doubled", False)
    await living.calm()


@pytest.mark.parametrize("doubt", DOUBTS, ids=[one.fault for one in DOUBTS])
async def test_chats_that_cannot_be_believed_are_named_and_never_green(living: Scene, doubt: Doubt) -> None:
    await living.calm()
    await living.world.fault("customers-unanswered", True)
    await living.world.fault(doubt.fault, True)

    def says_so(shot: Snapshot) -> bool:
        now, chats = agent(shot).now, agent(shot).figures["chats.evidence"]
        return chats.value == 0 and doubt.words in str(chats.note) and not now.calm  # two intervals later

    try:
        shot = await seen(living.client, says_so, 20, doubt.words)
        assert not claims_calm(shot)
        code, said = await status(living.world.at.config)
        assert code >= 1, said["snapshot"]["agents"][0]["now"]
        plan = await living.preview("retry")
        assert not plan.token, told(shot)
        assert not plan.refused or doubt.words in str(plan.refused)
        finding = await living.evidence()
        assert doubt.words in finding
        assert not finding.startswith("ok")
    finally:
        await living.world.fault(doubt.fault, False)
        await living.world.fault("customers-unanswered", False)
    await living.calm()


async def test_pending_acks_are_an_answer_only_where_something_proves_it(living: Scene) -> None:
    await living.calm()
    await living.world.fault("acks-pending", True)
    await living.world.fault("customers-unanswered", True)
    try:
        await seen(living.client, lambda shot: waiting(shot) >= 3, 20, "three wait")
        plan = await living.reaches(3)
        done = await living.client.ask(RunFix(plan.token), 90)
        assert isinstance(done, Done)
        # The next message of a customer proves that the answer arrived; who stays silent proves nothing.
        found = re.fullmatch(r"Answered (\d+) of (\d+)(?:; (\d+) accepted, not yet delivered)?", str(done.text))
        assert found is not None, done.text
        answered, total, accepted = (int(each or 0) for each in found.groups())
        assert answered + accepted == total == plan.total
    finally:
        await living.world.fault("customers-unanswered", False)
        await living.world.fault("acks-pending", False)
    await living.calm()


async def test_refused_sends_of_a_session_that_says_working_are_never_green(living: Scene) -> None:
    await living.calm()
    await living.world.fault("sends-refused", True)
    green: list[str] = []

    def only_claimed(shot: Snapshot) -> bool:
        claimed = bool(agent(shot).figures["customers.claimed"].value)
        if claimed and claims_calm(shot):
            green.append(told(shot))
        return claimed

    try:
        await seen(living.client, only_claimed, 30, "an answer is only claimed")
        assert green == []
        await living.world.fault("customers-unanswered", True)
        await seen(living.client, lambda shot: bool(waiting(shot)), 20, "somebody waits")
        plan = await living.reaches(1)
        done = await living.client.ask(RunFix(plan.token), 60)
        assert isinstance(done, Done)
        text = str(done.text)
        assert text.startswith(f"Answered 0 of {plan.total}; ")
        assert "refused by gateway: HTTP 422" in text or "may have been sent" in text
    finally:
        await living.world.fault("sends-refused", False)
        await living.world.fault("customers-unanswered", False)


def waiting(shot: Snapshot) -> float:
    return agent(shot).figures["customers.waiting"].value or 0.0


async def test_a_login_that_is_gone_is_for_a_person_and_no_restart_is_offered(living: Scene) -> None:
    await living.world.fault("logged-out", True)

    def says_so(shot: Snapshot) -> bool:
        now = agent(shot).now
        return "must log it in" in str(now.why) and now.level is Severity.CRITICAL

    try:
        shot = await seen(living.client, says_so, 30, "the session is logged out, CRITICAL")
        now = agent(shot).now
        assert now.fix != "gateway-restart"
        assert str(now.step).startswith("log in with the phone")
        code, said = await status(living.world.at.config)
        assert code == 2, said["snapshot"]["agents"][0]["now"]
        assert "no restart helps" not in str((await living.preview("retry")).title)
    finally:
        await living.world.fault("logged-out", False)


async def test_a_foreign_customer_waits_and_is_left_to_a_person(living: Scene) -> None:
    await living.calm()
    await living.world.fault("foreign-number", True)

    async def left_to_a_person() -> bool:
        return any("answer by hand" in str(one.why) for one in (await living.preview("retry")).items)

    try:
        await until(left_to_a_person, 100.0)  # a delivery is looked for during a minute
    finally:
        await living.world.fault("foreign-number", False)
