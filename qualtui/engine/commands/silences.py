"""Commands on silences: add, preview, expire, list."""

import secrets
from collections.abc import Sequence

from qualtui.engine.commands.context import CommandContext
from qualtui.engine.commands.notices import CONSONANTS
from qualtui.engine.journal import Entry
from qualtui.engine.silence_views import hidden, silence_view
from qualtui.eventlog.silences import SilenceCreated, SilenceExpired
from qualtui.model import Phase, Silence, State
from qualtui.model.matchers import Matcher, MatcherError, MatchOperator, all_hold, matcher_of
from qualtui.text import clean, masked
from qualtui.text.message import Text, message
from qualtui.wire import (
    AddSilence,
    Answer,
    Done,
    ExpireSilence,
    ListSilences,
    PreviewSilence,
    Refused,
    SilencedAlert,
    SilencePreview,
    Silences,
)

SHORTEST, LONGEST = 60.0, 30 * 86400.0  # s
OF_INCIDENT = 86400.0  # s at most of a silence of one incident
MOST = 20  # matchers


async def add(context: CommandContext, ask: AddSilence, who: str) -> Answer:
    """Silence the alerts that fulfil all matchers. The journal decides who was first."""
    matchers = _matchers(ask.matchers)
    if isinstance(matchers, Text):
        return Refused(matchers)
    number, reason = _incident(matchers), masked(clean(ask.reason, 200))
    if (unfit := _unfit(ask.seconds, number, reason)) is not None:
        return Refused(unfit)
    refusal: Text | None = None
    hides = 0
    name = "".join(secrets.choice(CONSONANTS) for _letter in range(6))
    until = context.clock() + ask.seconds

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal, hides
        refusal = _refusal(state, matchers, number, context.clock())
        if refusal is not None:
            return ()
        mine = [alert.number for alert in hidden(matchers, state, context.labels)]
        hides = len(mine)
        causes = {one: state.incidents[one].revision for one in sorted(set(mine)) if one in state.incidents}
        return ((SilenceCreated(name, matchers, who, reason, until, causes, number), ""),)

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    if number:
        text = message("#{number} is silenced until {until:clock}", number=str(number), until=until)
        return Done(text)
    if not hides:  # perhaps a name is misspelled
        text = message(
            "silenced until {until:clock}, but it hides no alert now; end it: qualtui silence expire {id}",
            until=until,
            id=name,
        )
        return Done(text)
    return Done(message("silenced until {until:clock}; end it: qualtui silence expire {id}", until=until, id=name))


async def preview(context: CommandContext, ask: PreviewSilence, who: str) -> Answer:
    """Return the firing alerts that a silence would hide."""
    del who
    matchers = _matchers(ask.matchers)
    if isinstance(matchers, Text):
        return Refused(matchers)
    alerts = hidden(matchers, context.journal.state, context.labels)
    found = tuple(SilencedAlert(one.rule, one.agent, one.severity, one.number, one.summary) for one in alerts)
    return SilencePreview(tuple(str(one) for one in matchers), found)


async def expire(context: CommandContext, ask: ExpireSilence, who: str) -> Answer:
    """End a silence before its time."""
    refusal: Text | None = None

    def decision(state: State) -> tuple[Entry, ...]:
        nonlocal refusal
        found = state.silences.get(ask.id)
        refusal = _expire_refusal(found, ask.id, context.clock())
        if refusal is not None or found is None:
            return ()
        return ((SilenceExpired(ask.id, who, _incident(found.matchers)), ""),)

    await context.journal.decide(decision)
    if refusal is not None:
        return Refused(refusal)
    return Done(message("the silence {id} is over: what fires is notified", id=ask.id))


async def list_silences(context: CommandContext, ask: ListSilences, who: str) -> Answer:
    """Return the silences, the first to end first."""
    del who
    state, now = context.journal.state, context.clock()
    chosen = [one for one in state.silences.values() if ask.ended or one.runs(now)]
    chosen.sort(key=lambda one: (not one.runs(now), one.until))
    return Silences(
        tuple(
            silence_view(one, len(hidden(one.matchers, state, context.labels)) if one.runs(now) else 0)
            for one in chosen
        )
    )


def _matchers(texts: Sequence[str]) -> tuple[Matcher, ...] | Text:
    """The matchers in texts, or what is wrong with them."""
    if not 0 < len(texts) <= MOST:
        return message("a silence needs 1 to {most:whole} matchers", most=MOST)
    made = []
    for text in texts:
        try:
            made.append(matcher_of(text))
        except MatcherError as error:
            return message("'{text}': expected {expected}", text=clean(text, 80), expected=str(error))
    if all_hold(made, {}):
        return message("these matchers fit alerts without any label, so they would silence everything")
    return tuple(dict.fromkeys(made))


def _incident(matchers: Sequence[Matcher]) -> int:
    """The incident that matchers are about; 0: none in particular."""
    for one in matchers:
        if one.label == "incident" and one.op is MatchOperator.EQUAL and one.value.isdecimal():
            return int(one.value[:10])
    return 0


def _unfit(seconds: float, number: int, reason: str) -> Text | None:
    if not reason:
        return message("the reason is empty")
    longest = OF_INCIDENT if number else LONGEST
    if not SHORTEST <= seconds <= longest:
        return message("--for: a silence lasts from {least:span} to {most:span}", least=SHORTEST, most=longest)
    return None


def _refusal(state: State, matchers: tuple[Matcher, ...], number: int, now: float) -> Text | None:
    """Why this silence can't be made now; None where it can."""
    if number:
        incident = state.incidents.get(number)
        if incident is None and number >= state.next_number:
            return message("no incident #{number}; see them: qualtui incidents list --all", number=str(number))
        if incident is None or incident.phase is Phase.RESOLVED:
            return message("#{number} is resolved", number=str(number))
    for one in state.silences.values():
        if one.runs(now) and set(one.matchers) == set(matchers):
            return message(
                "{author} silenced this until {until:clock} already; end it: qualtui silence expire {id}",
                author=one.author,
                until=one.until,
                id=one.id,
            )
    return None


def _expire_refusal(found: Silence | None, name: str, now: float) -> Text | None:
    if found is None:
        return message("no silence '{id}'; see them: qualtui silence list", id=clean(name, 40))
    if found.runs(now):
        return None
    if found.ended_by:
        return message("{who} ended it at {at:clock} already", who=found.ended_by, at=found.until)
    return message("it ended at {at:clock} already", at=found.until)
