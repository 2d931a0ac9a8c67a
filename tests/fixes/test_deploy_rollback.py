"""deploy-rollback on a simulated Render: to code that was live, automatic deploys off first, once a deploy."""

import time
from collections.abc import AsyncIterator

import pytest

from qualtui.config.values import DeployRollbackSettings as Settings
from qualtui.config.values import HostWrite, Seconds
from qualtui.diagnosis.deploy_test import DeployCounts
from qualtui.fixes.deploy_rollback import DeployRollback, DeployTools
from qualtui.fixes.fix import FixError
from tests.fixes.render import Service, service

PROVEN = DeployCounts(before=20, before_failed=1, since=6, since_failed=5)
WELL = DeployCounts(before=20, before_failed=1, since=4, since_failed=0)


@pytest.fixture
async def render() -> AsyncIterator[Service]:
    """A good deploy, then a bad one that is live."""
    async with service(HostWrite.ROLLBACK) as found:
        await found.sim.deploy("new_commit", bad=True)
        yield found


async def soon(_seconds: float) -> None:
    pass


def fix_of(
    render: Service, counts: DeployCounts = PROVEN, tried: tuple[str, ...] = (), *, still: bool = False
) -> DeployRollback:
    async def around(_at: float) -> DeployCounts:
        return counts if render.sim.bad or still else WELL

    tools = DeployTools(time.time, around, render.answered, lambda: tried, soon)
    return DeployRollback("bot", render.settings, Settings(timeout=Seconds(5)), tools)


async def test_a_bad_deploy_goes_back_to_the_one_that_was_live_with_automatic_deploys_off_first(
    render: Service,
) -> None:
    bad, good = render.sim.deploys
    fix = fix_of(render)
    plan = await fix.preview("")
    assert (plan.subjects, plan.mode, plan.warnings, str(plan.refused)) == ((bad.id,), good.id, (), "")
    assert "Automatic deploys are switched off first" in str(plan.explain[1])
    outcome = await fix.run(plan)
    assert (outcome.outcome, render.writes) == ("ok", ["PATCH", "rollback"])
    assert str(outcome.summary).endswith("0 of 4 customers failed since; automatic deploys are off")
    assert (render.sim.auto_deploy, render.sim.bad) == (False, False)
    assert (await fix.verify(plan.subjects)).done == (bad.id,)
    await fix.close()


async def test_automatic_deploys_that_are_off_are_left_as_they_are(render: Service) -> None:
    render.sim.auto_deploy = False
    fix = fix_of(render)
    plan = await fix.preview("")
    assert str(plan.explain[1]) == "Automatic deploys are off already."
    await fix.run(plan)
    assert render.writes == ["rollback"]
    await fix.close()


async def test_customers_who_fail_after_the_rollback_too_make_it_no_success(render: Service) -> None:
    fix = fix_of(render, still=True)
    with pytest.raises(FixError, match="The older code is live, but 5 of 6 customers failed since"):
        await fix.run(await fix.preview(""))
    await fix.close()


async def test_answers_that_fail_after_the_rollback_too_make_it_no_success(render: Service) -> None:
    now = time.time()
    clock = [now]

    async def minutes(_seconds: float) -> None:
        clock[0] += 90.0
        render.sim.answers.extend([(now + 85.0, 500, 8.0)] * 4 + [(now + 85.0, 200, 8.0)])

    tools = DeployTools(lambda: clock[0], None, lambda: clock[0] + 1, tuple, minutes)
    fix = DeployRollback("bot", render.settings, Settings(timeout=Seconds(300)), tools)
    with pytest.raises(FixError, match="The older code is live, but 4 of 5 answers failed since"):
        await fix.run(await fix.preview(""))
    await fix.close()


@pytest.mark.parametrize("word", ["PATCH", "rollback"])
async def test_a_host_that_refuses_a_step_ends_the_run_and_nothing_is_repeated(render: Service, word: str) -> None:
    fix = fix_of(render)
    plan = await fix.preview("")
    render.fails[word] = 500
    with pytest.raises(FixError, match="the host: "):
        await fix.run(plan)
    assert render.writes.count(word) == 1
    assert render.sim.bad
    await fix.close()


async def test_a_rollback_whose_answer_is_lost_is_looked_for_and_never_repeated(render: Service) -> None:
    render.sim.auto_deploy = False
    fix = fix_of(render)
    plan = await fix.preview("")
    render.lost = True
    assert (await fix.run(plan)).outcome == "ok"
    assert render.writes == ["rollback"]
    await fix.close()


async def test_another_deploy_that_went_live_meanwhile_is_not_rolled_back(render: Service) -> None:
    fix = fix_of(render)
    plan = await fix.preview("")
    await render.sim.deploy("new_commit")
    assert (await fix.run(plan)).outcome == "nothing"
    assert render.writes == []
    await fix.close()


async def test_a_deploy_is_not_rolled_back_twice_and_never_to_one_that_was_taken_back(render: Service) -> None:
    bad, good = render.sim.deploys
    fix = fix_of(render, tried=(bad.id,))
    assert "It was rolled back once already" in str((await fix.preview("")).warnings[0])
    await render.sim.rollback(good.id)
    await render.sim.deploy("new_commit", bad=True)
    plan = await fix.preview("")
    assert plan.mode == next(one.id for one in render.sim.deploys if one.trigger == "rollback")
    assert plan.warnings == ()
    await fix.close()


async def test_a_rollback_is_not_rolled_back_without_a_person(render: Service) -> None:
    await render.sim.rollback(render.sim.deploys[1].id)
    fix = fix_of(render)
    assert "What is live is a rollback itself" in [str(one) for one in (await fix.preview("")).warnings]
    await fix.close()


async def test_what_customers_do_not_prove_is_a_warning_which_no_policy_overrides(render: Service) -> None:
    fix = fix_of(render, DeployCounts(20, 0, 6, 2))
    (warning,) = (await fix.preview("")).warnings
    assert str(warning) == "Not proven: 2 customers failed since the deploy: too few to prove it"
    await fix.close()


async def test_without_an_earlier_live_deploy_there_is_nothing_to_go_back_to() -> None:
    async with service(HostWrite.ROLLBACK) as render:
        fix = fix_of(render)
        assert "no earlier deploy" in str((await fix.preview("")).refused)
        await fix.close()


async def test_without_leave_it_says_what_allow_lacks() -> None:
    async with service(HostWrite.RESTART) as render:
        assert str(fix_of(render).unavailable) == 'allow in [agents.bot.host] does not have "rollback"'
