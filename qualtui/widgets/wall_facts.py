"""What the wall says of an agent: how it is, who waits, why, who has it. Pure; nothing personal of a customer."""

import re
from enum import StrEnum
from math import isfinite
from typing import NamedTuple

from qualtui.model import Phase, Severity
from qualtui.text import _
from qualtui.widgets.line import safe
from qualtui.widgets.view_state import ConnectionState, ViewState
from qualtui.widgets.words import age, call_words, count, lasting, level_word, quantity
from qualtui.wire import AgentSummary, IncidentView, NowState, Snapshot, Today, worse

STALE = 3.0  # s: the engine sends at least once a second, so two updates are missed
TURN = 10.0  # s that each of several agents is shown
MOST = 99_999  # customers that are counted in large digits
_CLAUSE = re.compile(r"(?::|;|,) ")


class Blackout(StrEnum):
    """Why nothing that the wall knows may be believed."""

    CONNECTING = "connecting"
    STALE = "stale"
    NO_ENGINE = "no engine"


class WallState(NamedTuple):
    """How it is: a sign, a word, and the badge's style."""

    sign: str
    word: str
    badge: str


class WallFacts(NamedTuple):
    """The four facts, each large and in more words. `waiting` and `oldest` None: not known."""

    state: WallState
    waiting: int | None
    oldest: float | None
    cause: str
    why: str
    who: str
    owned: bool
    next: str


def blackout(sight: ViewState, now: float) -> Blackout | None:
    """Why the whole wall must say that it shows nothing; None while it is kept up to date."""
    if sight.bond is ConnectionState.LOST:
        return Blackout.NO_ENGINE
    if sight.snapshot is None:
        return Blackout.STALE if sight.bond is ConnectionState.SILENT else Blackout.CONNECTING
    if sight.bond is ConnectionState.SILENT or now - sight.snapshot.at > STALE:
        return Blackout.STALE
    return None


def badness(snapshot: Snapshot, agent: AgentSummary) -> Severity | None:
    """How bad it is at most: by what NOW says, and by each incident of the agent that fires."""
    fires = [one for one in snapshot.incidents if one.agent == agent.name and one.phase is Phase.FIRING]
    levels = [one.urgency for one in fires if one.urgency is not Severity.INFO]
    return max([*levels, *([agent.now.level] if agent.now.level else [])], key=lambda one: one.rank, default=None)


def ranked(snapshot: Snapshot) -> list[AgentSummary]:
    """The agents, the worst first."""

    def key(agent: AgentSummary) -> tuple[int, int, int]:
        level = badness(snapshot, agent)
        return (level.rank if level else -1, *worse(agent))

    return sorted(snapshot.agents, key=key, reverse=True)


def shown_agent(snapshot: Snapshot, now: float) -> AgentSummary | None:
    """The agent whose turn it is: the worst while one is CRITICAL, else one after the other.

    While some are in trouble, only those take turns: the others stand in the row below.
    """
    agents = ranked(snapshot)
    if not agents:
        return None
    if badness(snapshot, agents[0]) is Severity.CRITICAL:
        return agents[0]
    bad = [agent for agent in agents if badness(snapshot, agent) is not None or not agent.now.calm]
    turns = bad or agents
    return turns[int(now // TURN) % len(turns)] if isfinite(now) else turns[0]


def state_of(snapshot: Snapshot, agent: AgentSummary) -> WallState:
    """Its state in one word. OK only where fresh evidence says so."""
    level = badness(snapshot, agent)
    if level is Severity.CRITICAL:
        return WallState("✖", level_word(level), "critbadge")
    if agent.now.state is NowState.RECOVERING:
        return WallState("▲", _("RECOVERING"), "warnbadge")
    if agent.now.state is NowState.SCHEDULED:
        return WallState("▲", _("SCHEDULED"), "warnbadge")
    if level is not None:
        return WallState("▲", level_word(level), "warnbadge")
    if agent.learning is not None:
        return WallState("?", _("LEARNING"), "infobadge")
    if not agent.now.calm:
        return WallState("?", _("CANNOT TELL"), "warnbadge")
    if snapshot.engine.failing:
        return WallState("▲", _("ENGINE TROUBLE"), "warnbadge")
    if agent.now.state is NowState.PLAIN:
        return WallState("●", _("OK"), "okbadge")
    return WallState("○", _("CHECKING") if agent.now.state is NowState.CHECKING else _("WAITING"), "infobadge")


def facts(sight: ViewState, snapshot: Snapshot, agent: AgentSummary, now: float) -> WallFacts:
    """What is to be read from afar of this agent."""
    incident = sight.incident(agent.now.number) if agent.now.number else None
    cause = ""
    if agent.now.level is not None or not agent.now.calm:
        known = (incident.cause, incident.summary) if incident is not None else ()
        cause = next((text for one in (*known, agent.now.headline) if (text := safe(one, 120))), "")
    short = next((part for part in _CLAUSE.split(cause) if part), "")
    more = cause if short != cause else ""
    why = next(
        (part for one in (agent.now.why, more, agent.now.headline) if (part := safe(one, 200)) != short), ""
    )
    who, owned, after = _who(agent, incident, now)
    waiting, oldest = (agent.values.get(name) for name in ("customers.waiting", "customers.oldest"))
    number = int(waiting) if waiting is not None and isfinite(waiting) and 0 <= waiting <= MOST else None
    long = oldest if number and oldest is not None and isfinite(oldest) and oldest > 0 else None
    return WallFacts(state_of(snapshot, agent), number, long, short, why, who, owned, after)


def _who(agent: AgentSummary, incident: IncidentView | None, now: float) -> tuple[str, bool, str]:
    """Who has the incident, whether that is somebody, and who or what is next."""
    if incident is None or incident.phase is not Phase.FIRING:
        return "", True, ""
    if incident.link:  # a press on a link: no one has confirmed it
        who = safe(incident.link_who or incident.link, 40)
        return _("{who}: not confirmed").format(who=who), False, _("a person must confirm")
    if incident.owner:
        since = safe(agent.now.who, 80)
        tried = safe(agent.now.tried, 80)
        known = [_("tried: {fix}").format(fix=tried)] if tried else []
        return _("{who} has it").format(who=safe(incident.owner, 40)), True, "   ".join([since, *known]).strip()
    return _("No one has it"), False, call_words(incident.call, now) if incident.call is not None else ""


def calm_words(
    snapshot: Snapshot, agent: AgentSummary, now: float, today: Today | None = None
) -> list[tuple[str, str]]:
    """What is good to know while all is well: a figure, and what it is; the most useful first."""
    found: list[tuple[str, str]] = []
    if today is not None and today.agent == agent.name:
        word = _("answered today")
        if today.usual is not None:
            word = _("answered today, usually {usual} by now").format(usual=count(today.usual))
        found.append((count(today.answered), word))
    if agent.last_reply is not None:
        found.append((age(now, agent.last_reply), _("since the last reply")))
    ended = [
        one.resolved_at for one in snapshot.incidents if one.agent == agent.name and one.resolved_at is not None
    ]
    fires = any(one.agent == agent.name and one.phase is Phase.FIRING for one in snapshot.incidents)
    if ended and not fires:
        found.append((age(now, max(ended)), _("without an incident")))
    if (p95 := agent.values.get("reply.p95")) is not None:
        found.append((quantity(p95, "s"), _("reply time p95")))
    return found


def oncall_words(snapshot: Snapshot) -> str:
    """Who is on call, and who after that; empty where no one is."""
    who, after = safe(snapshot.oncall, 40), safe(snapshot.oncall_next, 40)
    if not who:
        return ""
    text = _("{who} is on call, then {next}") if after and after != who else _("{who} is on call")
    return text.format(who=who, next=after)


def waits(seconds: float | None) -> str:
    """A wait as it stands in large digits."""
    return "" if seconds is None else lasting(seconds)
