"""Whether an incident's notices are muted now: the notice that is sent, or why none is."""

from msgspec.structs import replace

from qualtui.alerts.mutes import MuteRules, muted_notice, mutes_of, passes
from qualtui.alerts.notice_decision import NoticeDecision, NoticeTiming, due_notice
from qualtui.alerts.silences import holding
from qualtui.config.values import Config
from qualtui.engine.draft import Draft
from qualtui.engine.mute_rules import mute_rules
from qualtui.model import AlertState, Incident, Severity


class IncidentMutes:
    """The silences of the state, and what a configuration mutes."""

    def __init__(self) -> None:
        self.rules = MuteRules()

    def use(self, config: Config) -> None:
        """Takes a configuration."""
        self.rules = mute_rules(config)

    def heard(
        self, draft: Draft, incident: Incident, fire: list[AlertState], waiting: int | None, now: float
    ) -> list[AlertState]:
        """Return those of an incident's alerts for which people may be called now."""
        state = draft.state
        silences = holding(incident, state.silences.values())
        mutes = mutes_of(fire, incident, state.alerts.values(), silences, self.rules, waiting, now)
        return [one for one in fire if one.key not in mutes]

    def due(
        self,
        draft: Draft,
        incident: Incident,
        fire: list[AlertState],
        waiting: int | None,
        timing: NoticeTiming,
        now: float,
    ) -> NoticeDecision | None:
        """Return the notice that those of an incident's alerts are due that are not muted; record a muted one.

        `fire`: the incident's alerts that count.
        """
        state = draft.state
        mutes = mutes_of(fire, incident, state.alerts.values(), state.silences.values(), self.rules, waiting, now)
        heard = [one for one in fire if one.key not in mutes]
        due = due_notice(incident, worst(heard), waiting, timing, now)
        severity = worst(fire)
        if not mutes or severity is worst(heard):
            return due
        withheld = due_notice(incident, severity, waiting, timing, now)
        if withheld is None:
            return due
        # Of the worst alerts, all of which are muted. A notice can be milder than they are.
        over = [mutes[one.key] for one in fire if one.severity is severity]
        if any(passes(withheld, one, incident) for one in over):
            return replace(withheld, passed=True)
        if due is not None:
            return due
        record = muted_notice(withheld, over[0], incident)
        if record is not None:
            draft.add(record)
        return None


def worst(alerts: list[AlertState]) -> Severity | None:
    """The severity of the worst of these alerts."""
    return max((one.severity for one in alerts), key=lambda one: one.rank, default=None)
