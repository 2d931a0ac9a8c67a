"""The doctor on the host: each refusal has its next step, and what the key may change is said."""

import time

import pytest

from qualtui.config.values import HostName, HostSettings, Seconds, Secret
from qualtui.demo.pace import Pace
from qualtui.demo.render import SimulatedHost
from qualtui.demo.render_api import render_application
from qualtui.doctor.host_checks import (
    check_host,
    instances_finding,
    plan_finding,
    reach_finding,
    visible_finding,
)
from qualtui.hosts.host import HostError, HostFault, Instance, ServiceState
from qualtui.model.findings import FindingVerdict
from tests.hosts.render.document import checked


async def run_bot(on: bool) -> None:
    """Nothing runs here."""


async def verdicts(sim: SimulatedHost, key: str) -> dict[str, FindingVerdict]:
    async with checked(render_application(sim, "rnd_invented", time.time)) as (url, seen, wrong):
        settings = HostSettings(
            kind=HostName.RENDER, service=sim.service, key=Secret(key), timeout=Seconds(5), demo_url=url
        )
        report = await check_host(settings)
        assert wrong == []
        assert {one.method for one in seen} == {"GET"}
    return {one.check: one.verdict for one in report.findings}


async def test_a_calm_service_is_well_a_suspended_one_is_not_and_a_wrong_key_is_named() -> None:
    sim = SimulatedHost(Pace(10_000.0), 1, run_bot, lambda bad: None)
    calm = await verdicts(sim, "rnd_invented")
    assert calm == dict.fromkeys(("host.service", "host.plan", "host.key", "host.instances"), FindingVerdict.OK)
    await sim.suspend(True)
    suspended = await verdicts(sim, "rnd_invented")
    assert suspended["host.service"] is suspended["host.instances"] is FindingVerdict.FAILED
    assert await verdicts(sim, "rnd_other") == {"host.service": FindingVerdict.FAILED}


@pytest.mark.parametrize("fault", HostFault)
def test_each_refusal_has_a_next_step(fault: HostFault) -> None:
    assert reach_finding(HostError(fault, "why")).todo


def test_a_free_plan_is_a_warning_that_names_our_own_polls() -> None:
    found = plan_finding(ServiceState("bot", False, plan="free"))
    assert found.verdict is FindingVerdict.WARNING
    assert "polls keep the service awake" in str(found.why)
    assert plan_finding(ServiceState("bot", False, plan="starter")).verdict is FindingVerdict.OK


def test_a_key_that_sees_more_and_a_second_instance_are_warnings() -> None:
    assert [visible_finding(n).verdict for n in (1, 3)] == [FindingVerdict.OK, FindingVerdict.WARNING]
    two = (Instance("a", 1.0), Instance("b", 2.0))
    assert instances_finding(two).verdict is FindingVerdict.WARNING
    assert instances_finding(()).verdict is FindingVerdict.FAILED
