"""Silences: created and ended by people. One that ends by its time needs no event."""

import msgspec
from msgspec.structs import replace

from qualtui.eventlog.family import EventKind, Family, Kept
from qualtui.model import Activity, EventBody, Silence, State
from qualtui.model.matchers import Matcher
from qualtui.text import clean
from qualtui.text.message import message

ENDED_KEPT = 50  # silences that are over
SHOWN = 120  # characters of matchers and reason in a line


class SilenceCreated(EventBody, frozen=True, tag="silence.created"):
    """A person silenced the alerts that fulfil all matchers. `number`: of the incident that it is about, or 0."""

    id: str
    matchers: tuple[Matcher, ...]
    who: str
    reason: str
    until: float
    causes: dict[int, int] = msgspec.field(default_factory=dict)
    number: int = 0


class SilenceExpired(EventBody, frozen=True, tag="silence.expired"):
    """A person ended a silence before its time."""

    id: str
    who: str
    number: int = 0


def _create(state: State, body: SilenceCreated) -> State:
    made = Silence(body.id, body.matchers, body.who, body.reason, state.at, body.until, body.causes)
    return replace(state, silences=SILENCES.of({**state.silences, body.id: made}, state.at))


def _expire(state: State, body: SilenceExpired) -> State:
    old = state.silences.get(body.id)
    if old is None or not old.runs(state.at):
        return state
    ended = replace(old, until=state.at, ended_by=body.who)
    return replace(state, silences={**state.silences, body.id: ended})


def _ended(silences: dict[str, Silence], now: float) -> list[str]:
    over = [one for one in silences.values() if not one.runs(now)]
    return [one.id for one in sorted(over, key=lambda one: one.until)]


def written(matchers: tuple[Matcher, ...]) -> str:
    """The matchers as people write them."""
    return ", ".join(str(one) for one in matchers)


def _created_line(_state: State, at: float, body: SilenceCreated) -> Activity:
    text = message(
        "silenced {matchers} until {until:clock}: {reason}",
        matchers=clean(written(body.matchers), SHOWN),
        until=body.until,
        reason=clean(body.reason, SHOWN),
    )
    return Activity(at, clean(body.who), text, body.number)


def _expired_line(state: State, at: float, body: SilenceExpired) -> Activity | None:
    old = state.silences.get(body.id)
    if old is None:
        return None
    text = message("ended the silence of {matchers}", matchers=clean(written(old.matchers), SHOWN))
    return Activity(at, clean(body.who), text, body.number)


SILENCES: Kept[str, Silence] = Kept(
    "silences", "a silence that runs decides which notices are sent", ENDED_KEPT, _ended
)

FAMILY = Family(
    kinds=(
        EventKind(SilenceCreated, apply=_create, line=_created_line, number=lambda body: body.number),
        EventKind(SilenceExpired, apply=_expire, line=_expired_line, number=lambda body: body.number),
    ),
    kept=(SILENCES,),
)
