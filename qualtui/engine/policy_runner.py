"""Fixes that run by themselves: decided in the tick, written before anything acts, run by the FixRunner."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from qualtui.alerts.healing_quiet import quiet_reason
from qualtui.alerts.mutes import MuteRules
from qualtui.config.values import Config, PolicyMode, PolicySettings
from qualtui.engine.draft import Draft
from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.journal import Journal
from qualtui.engine.mute_rules import mute_rules
from qualtui.eventlog.auto_record import auto_record, decided_of
from qualtui.eventlog.healing import BREAKS, POLICY, PolicyDecided
from qualtui.eventlog.incident_lead import firing_members
from qualtui.fixes.guardrails import (
    HOLD,
    LEAST_HOLD,
    WITNESSES,
    Guardrail,
    GuardrailRefusal,
    HealingCase,
    mode_of,
    refusal_of,
    set_mode,
    stopped,
)
from qualtui.model import Event, Incident, Origin, Phase, Policies, Sample, State
from qualtui.series.evidence import Readings
from qualtui.text.message import message
from qualtui.tracking.session_starts import session_started
from qualtui.wire import PolicyView, Preview

log = logging.getLogger(__name__)

_ACTED = (
    "",
    Guardrail.PREVIEW,
    Guardrail.SUBJECTS,
)  # a decision after which the outside was touched, or looked at
_BEFORE = 60.0  # s before the cooldown at which one looks, for what was down when it was started


class PolicyRunner:
    """The policies of a configuration, over the state of the log."""

    def __init__(
        self,
        journal: Journal,
        fixing: FixRunner,
        clock: Callable[[], float],
        readings: Callable[[str], Readings],
        since: Callable[[str, float], Sequence[Sample]] = lambda _series, _at: (),
    ) -> None:
        """`readings`: of an agent, now. `since`: the samples of a series from a time on."""
        self._since = since
        self._journal = journal
        self._fixing = fixing
        self._clock = clock
        self._readings = readings
        self._config = Config(agents={})
        self._rules = MuteRules()
        self._queue: asyncio.Queue[PolicyDecided] = asyncio.Queue()

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self._config = config
        self._rules = mute_rules(config)

    def policy(self, fix: str) -> PolicySettings:
        """What the configuration says of a fix."""
        return getattr(self._config.policies, fix.replace("-", "_"), PolicySettings())

    def mode(self, fix: str) -> PolicyMode:
        """The mode that holds for a fix now."""
        return self._mode(fix, self._journal.state)

    def _mode(self, fix: str, state: State) -> PolicyMode:
        """The mode by a state; a fix that a person ran with success often enough is proven."""

        def earned() -> bool:
            return auto_record(fix, state.incidents.values(), state.runs.values()).good

        return mode_of(fix, self.policy(fix), state.policies, earned)

    def views(self) -> tuple[PolicyView, ...]:
        """What each fix does by itself, as it holds now."""
        said = self._journal.state.policies
        return tuple(self._view(fix, said) for fix in sorted(WITNESSES))

    def _view(self, fix: str, said: Policies) -> PolicyView:
        policy = self.policy(fix)
        failed = (key.partition("@") for key, count in said.failures.items() if count >= BREAKS)
        state = self._journal.state
        record = auto_record(fix, state.incidents.values(), state.runs.values())
        mode = self.mode(fix)
        wanted = set_mode(fix, policy, said)
        return PolicyView(
            fix,
            mode.value,
            fix in said.modes,
            policy.per_hour,
            policy.per_day,
            policy.subjects,
            float(policy.cooldown),
            tuple(agent for name, _at, agent in failed if name == fix),
            record.would_run,
            record.helped,
            record.good and mode in {PolicyMode.SUGGEST, PolicyMode.SHADOW},
            wanted is PolicyMode.AUTO and mode is not wanted,
        )

    # --- decided in the tick ---

    def decide(self, draft: Draft, incident: Incident, offered: Callable[[], str]) -> None:
        """Decide whether the fix of an incident runs by itself. `offered`: the fix that is offered now."""
        if incident.phase is not Phase.FIRING or not (fix := offered()):
            return
        certain = incident.origin is Origin.FAULT and incident.cause_ended_at is None
        witness = WITNESSES.get(fix)
        if not certain and (witness is None or not witness.alone):
            return
        mode = self._mode(fix, draft.state)
        before = decided_of(incident, fix)
        known = before is not None and before.mode == mode and before.at >= incident.began_at
        if mode is PolicyMode.OFF or (known and mode is not PolicyMode.AUTO):
            return
        refusal = refusal_of(self._case(draft.state, fix, incident))
        if refusal is None:
            hold = self._hold(incident) if mode is PolicyMode.AUTO else 0.0
            draft.add(PolicyDecided(incident.number, fix, incident.agent, mode, hold_until=hold))
        elif not known and refusal.guardrail is not Guardrail.VERIFYING:
            draft.add(_refused(incident.number, fix, incident.agent, mode, refusal))

    def _hold(self, incident: Incident) -> float:
        """Until when the page waits; 0 where it is out already."""
        paged = incident.reported is not None
        return 0.0 if paged else self._clock() + max(LEAST_HOLD, HOLD / self._config.demo.speed)

    def _case(self, state: State, fix: str, incident: Incident) -> HealingCase:
        agent, now = incident.agent, self._clock()
        members = firing_members(incident, state.alerts)
        decisions = (decided_of(one, fix) for one in state.incidents.values() if one.agent == agent)
        acted = (
            one.at
            for one in decisions
            if one is not None and one.mode == PolicyMode.AUTO and one.refused in _ACTED
        )
        return HealingCase(
            fix=fix,
            agent=agent,
            policy=self.policy(fix),
            now=now,
            readings=self._readings(agent),
            runs=tuple(run for run in state.runs.values() if run.agent == agent),
            decided_at=max(acted, default=0.0),
            started_at=partial(self._started, fix, agent, now),
            policies=state.policies,
            quiet=quiet_reason(members, incident, state.silences.values(), self._rules, now),
            trouble=self._journal.trouble,
            speed=self._config.demo.speed,
        )

    def _started(self, fix: str, agent: str, now: float) -> float | None:
        """When what a fix restarts was last seen to be started, by us or by somebody else; None: not lately."""
        witness = WITNESSES.get(fix)
        if witness is None or not witness.starting:
            return None
        begin = now - float(self.policy(fix).cooldown) - _BEFORE
        names = (witness.series, witness.starting, witness.needs_human)
        working, starting, needs_human = (self._since(f"{agent}/{name}", begin) for name in names)
        return session_started(working, starting, needs_human)

    # --- run ---

    def take(self, events: Iterable[Event]) -> None:
        """Run what these events, which are written, say is to run."""
        for event in events:
            body = event.body
            if isinstance(body, PolicyDecided) and body.mode == PolicyMode.AUTO and not body.refused:
                self._queue.put_nowait(body)

    async def work(self) -> None:
        """Run decided fixes until cancelled, those of different agents beside each other."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                decided = await self._queue.get()
                tasks.create_task(self._carried_out(decided), name=f"policy {decided.fix} {decided.agent}")

    async def _carried_out(self, decided: PolicyDecided) -> None:
        try:
            refusal = await self._run(decided)
        except Exception as error:  # the boundary of an automatic run: the page must go out
            log.exception("an automatic fix failed: %s", decided.fix)
            text = message("it failed: {error}", error=type(error).__name__)
            refusal = GuardrailRefusal(Guardrail.PREVIEW, text)
        if refusal is not None:
            body = _refused(decided.number, decided.fix, decided.agent, decided.mode, refusal)
            await self._journal.append((body, ""))

    async def _run(self, decided: PolicyDecided) -> GuardrailRefusal | None:
        """Preview and run; return what kept it from running."""
        witness = WITNESSES.get(decided.fix)
        how = "" if witness is None else witness.mode
        shown = await self._fixing.preview(decided.agent, decided.fix, how, decided.number)
        if not isinstance(shown, Preview):
            return GuardrailRefusal(Guardrail.PREVIEW, shown.text)
        if not shown.token:
            return GuardrailRefusal(Guardrail.PREVIEW, shown.refused or message("there is nothing to do"))
        if shown.weigh:
            return GuardrailRefusal(Guardrail.PREVIEW, shown.warnings[0])
        most = self.policy(decided.fix).subjects
        if shown.total > most:
            text = message("it would touch {count:whole}, at most {most:whole}", count=shown.total, most=most)
            return GuardrailRefusal(Guardrail.SUBJECTS, text)
        incident = self._journal.state.incidents.get(decided.number)
        if incident is not None and (reason := stopped(self._case(self._journal.state, decided.fix, incident))):
            return GuardrailRefusal(Guardrail.STOPPED, reason)
        await self._fixing.run(shown.token, POLICY)
        return None


def _refused(number: int, fix: str, agent: str, mode: str, refusal: GuardrailRefusal) -> PolicyDecided:
    return PolicyDecided(number, fix, agent, mode, refusal.guardrail, refusal.reason)
