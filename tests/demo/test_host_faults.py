"""The demo's Render really runs the bot: what it does to the service, customers and pollers feel."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from qualtui.config.load import load
from qualtui.config.values import HostSettings, HostWrite
from qualtui.demo.switch import list_faults
from qualtui.hosts.host import Host, HostError, HostEventKind, HostFault
from qualtui.hosts.registry import host_of
from qualtui.probes.host import HostProbe
from qualtui.probes.host_logs import HostLogsProbe
from tests.demo.running import Running, eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


def settings_of(demo: Running, *allow: HostWrite) -> HostSettings:
    """As in the configuration that the demo writes."""
    host = load(Path(demo.at.config), {}).agents["ldc-bot"].host
    assert host is not None
    return msgspec.structs.replace(host, allow=allow)


@pytest_asyncio.fixture(loop_scope="session")
async def render(demo: Running) -> AsyncIterator[Host]:
    host = host_of(settings_of(demo, *HostWrite))
    yield host
    await host.close()


async def healthy(demo: Running) -> bool:
    try:
        return (await demo.ask("GET", f"{demo.at.agent_url}/health"))[0] == 200
    except OSError:
        return False


async def is_on(demo: Running, name: str) -> bool:
    return any(one.on for one in await list_faults(demo.at.control_url) if one.name == name)


async def test_the_demo_configures_its_host_and_every_part_of_it_answers(demo: Running) -> None:
    probe = HostProbe("bot", settings_of(demo))
    samples = {one.series: one for one in await probe.ask(time.time())}
    await probe.close()
    assert samples["bot/host.suspended"].value == 0
    assert samples["bot/host.memory"].value == pytest.approx(37, abs=3)


async def test_a_leaking_bot_is_killed_and_a_new_instance_answers(demo: Running, render: Host) -> None:
    (before,) = await render.instances()
    await demo.fault("memory-leak", True)
    since = time.time()

    async def killed() -> bool:
        kinds = [one.kind for one in await render.events(since)]
        return kinds[:2] == [HostEventKind.OUT_OF_MEMORY, HostEventKind.AVAILABLE]

    await eventually(killed, within=60)
    await demo.fault("memory-leak", False)
    await eventually(lambda: healthy(demo))
    (after,) = await render.instances()
    assert after.id != before.id


async def test_a_suspended_service_has_no_bot_until_it_is_resumed(demo: Running, render: Host) -> None:
    await demo.fault("suspended", True)
    assert (await render.service()).suspended
    assert not await healthy(demo)
    await demo.fault("agent-down", True)  # ends no suspension, and its end does not either
    await demo.fault("agent-down", False)
    assert not await healthy(demo)
    await demo.fault("suspended", False)
    await eventually(lambda: healthy(demo))


async def test_a_bot_that_crashes_at_each_start_fails_again_and_again_until_it_runs(
    demo: Running, render: Host
) -> None:
    since = time.time()
    await demo.fault("crash-loop", True)

    async def again() -> bool:
        events = await render.events(since)
        return sum(one.kind is HostEventKind.FAILED and str(one.text) == "exited with 1" for one in events) > 1

    await eventually(again, within=60)
    assert not await healthy(demo)
    await demo.fault("agent-down", True)  # its end starts no bot that crashes
    await demo.fault("agent-down", False)
    assert not await healthy(demo)
    await demo.fault("crash-loop", False)
    await eventually(lambda: healthy(demo))
    assert (await render.events(since))[-1].kind is HostEventKind.AVAILABLE


async def test_a_cold_start_hangs_for_a_while_ends_by_itself_and_is_a_new_instance(
    demo: Running, render: Host
) -> None:
    (before,) = await render.instances()
    await demo.fault("cold-start", True)
    assert await is_on(demo, "cold-start")

    async def awake() -> bool:
        return not await is_on(demo, "cold-start")

    await eventually(awake, within=60)
    await eventually(lambda: healthy(demo))
    (after,) = await render.instances()
    assert after.id != before.id


async def test_a_bad_deploy_answers_500_until_a_rollback(demo: Running, render: Host) -> None:
    good = next(one for one in await render.deploys(0.0) if one.live)
    await demo.fault("bad-deploy", True)
    assert next(one for one in await render.deploys(0.0) if one.live).id != good.id
    since = time.time()

    async def failed() -> bool:
        found = (await render.requests(since - 60, time.time() + 1)).by_status or {}
        return found.get("500", 0) > 0

    await eventually(failed, within=60)
    await render.rollback(good.id)
    assert not await is_on(demo, "bad-deploy")


async def test_a_host_that_is_down_or_refuses_says_nothing_of_the_bot(demo: Running) -> None:
    for name, fault in (("host-down", HostFault.BROKEN), ("host-limited", HostFault.LIMITED)):
        await demo.fault(name, True)
        host = host_of(settings_of(demo))
        with pytest.raises(HostError) as caught:
            await host.service()
        await host.close()
        assert caught.value.fault is fault
        assert await healthy(demo)
        await demo.fault(name, False)


async def test_a_bot_that_burns_cpu_is_above_the_limit_of_the_rule(demo: Running, render: Host) -> None:
    await demo.fault("cpu-burn", True)
    cpu = (await render.usage(time.time())).cpu.percent
    assert cpu is not None
    assert cpu > 80


async def test_what_the_bot_writes_of_failed_sends_is_in_its_log_and_counted_without_a_phone(
    demo: Running,
) -> None:
    probe = HostLogsProbe("bot", settings_of(demo))
    await demo.fault("sends-refused", True)

    async def counted() -> bool:
        samples = {one.series: one for one in await probe.ask(time.time())}
        sends = samples["bot/logs.sends"]
        assert "telefone" not in str(sends.note)
        return bool(sends.value) and samples["bot/failures.known_texts"].value != 0

    await eventually(counted, within=60)
    await demo.fault("sends-refused", False)
    await probe.close()
