"""service-restart on a simulated Render: once, only where it is allowed, and well only when the bot answers."""

import time
from collections.abc import AsyncIterator

import pytest

from qualtui.config.values import HostWrite, Seconds
from qualtui.config.values import ServiceRestartSettings as Settings
from qualtui.fixes.fix import FixError
from qualtui.fixes.service_restart import ServiceRestart
from tests.fixes.render import Service, service


@pytest.fixture
async def render() -> AsyncIterator[Service]:
    async with service(HostWrite.RESTART) as found:
        yield found


async def soon(_seconds: float) -> None:
    pass


def fix_of(render: Service, *, answers: bool = True, timeout: float = 5.0) -> ServiceRestart:
    answered = render.answered if answers else lambda: None
    return ServiceRestart("bot", render.settings, Settings(timeout=Seconds(timeout)), time.time, answered, soon)


async def test_a_restart_replaces_the_instance_and_is_well_when_the_bot_answers(render: Service) -> None:
    fix, old = fix_of(render), render.sim.instance
    plan = await fix.preview("")
    assert (str(plan.title), plan.subjects) == ("Restarts the bot's service agente-qualificador", (old,))
    outcome = await fix.run(plan)
    assert (outcome.outcome, outcome.done, render.writes) == ("ok", (old,), ["restart"])
    assert str(outcome.summary).startswith("The bot answers, ")
    assert (await fix.verify(plan.subjects)).done == (old,)
    await fix.close()


async def test_a_new_instance_that_does_not_answer_is_no_success(render: Service) -> None:
    fix = fix_of(render, answers=False, timeout=0.3)
    with pytest.raises(FixError, match="A new instance runs, but the bot does not answer"):
        await fix.run(await fix.preview(""))
    await fix.close()


async def test_a_service_that_somebody_else_restarted_meanwhile_is_left_alone(render: Service) -> None:
    fix = fix_of(render)
    plan = await fix.preview("")
    await render.sim.restart()
    assert (await fix.run(plan)).outcome == "nothing"
    assert render.writes == []
    await fix.close()


async def test_a_restart_whose_answer_is_lost_is_looked_for_and_never_repeated(render: Service) -> None:
    fix = fix_of(render)
    plan = await fix.preview("")
    render.lost = True
    outcome = await fix.run(plan)
    assert (outcome.outcome, render.writes) == ("ok", ["restart"])
    await fix.close()


@pytest.mark.parametrize("status", [400, 429, 500])
async def test_a_restart_that_the_host_refuses_fails_and_is_not_repeated(render: Service, status: int) -> None:
    fix = fix_of(render)
    plan = await fix.preview("")
    render.fails["restart"] = status
    with pytest.raises(FixError, match="the host: "):
        await fix.run(plan)
    assert render.writes == ["restart"]
    assert render.sim.instance in plan.subjects
    await fix.close()


async def test_a_suspended_service_is_not_restarted(render: Service) -> None:
    fix = fix_of(render)
    await render.sim.suspend(True)
    plan = await fix.preview("")
    assert "resume it" in str(plan.refused)
    with pytest.raises(FixError):
        await fix.run(plan)
    assert render.writes == []
    await fix.close()


async def test_without_leave_it_says_what_allow_lacks() -> None:
    async with service() as render:
        fix = fix_of(render)
        assert str(fix.unavailable) == 'allow in [agents.bot.host] does not have "restart"'
        with pytest.raises(FixError, match="allow in"):
            await fix.run(await fix.preview(""))
        assert render.writes == []
        await fix.close()
