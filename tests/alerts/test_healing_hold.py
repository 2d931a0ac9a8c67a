"""Whether the page of an incident waits for an automatic fix."""

import msgspec

from qualtui.alerts.healing_hold import HealingStep, healing_step
from qualtui.eventlog.healing import POLICY
from qualtui.model import FixRun, Healing, Incident, Phase, Severity

RESTART = Healing("gateway-restart", "auto", at=100.0, hold_until=400.0)
PROPOSED = Healing("retry", "suggest", at=130.0)
FIRES = Incident(
    1, "gateway-not-working", "bot", Severity.CRITICAL, Phase.FIRING, 90.0, 90.0, "FAILED", healing=RESTART
)
RUN = FixRun("r", "gateway-restart", "bot", POLICY, 110.0, number=1)


def test_a_page_waits_for_a_fix_that_runs_by_itself_and_no_longer_than_that() -> None:
    assert healing_step(FIRES, [RUN], 120.0) is HealingStep.HOLD
    assert healing_step(FIRES, [RUN], 400.0) is HealingStep.NONE


def test_a_fix_that_is_only_proposed_for_what_remains_does_not_end_the_wait() -> None:
    after = msgspec.structs.replace(FIRES, healing=PROPOSED, healed=(RESTART,), cause_ended_at=125.0)
    done = msgspec.structs.replace(RUN, finished_at=124.0, outcome="ok")
    assert healing_step(after, [done], 135.0) is HealingStep.FIXED
    assert healing_step(msgspec.structs.replace(after, cause_ended_at=None), [RUN], 135.0) is HealingStep.HOLD


def test_a_proposal_alone_holds_nothing_nor_does_a_run_that_failed() -> None:
    assert healing_step(msgspec.structs.replace(FIRES, healing=PROPOSED), [], 135.0) is HealingStep.NONE
    failed = msgspec.structs.replace(RUN, finished_at=124.0, outcome="failed")
    assert healing_step(FIRES, [failed], 135.0) is HealingStep.NONE
