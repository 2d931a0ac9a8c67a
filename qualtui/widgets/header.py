"""The header: how bad, which agent, is the data alive, who looks, what time it is."""

from qualtui.model import Severity
from qualtui.text import _, plural, span
from qualtui.widgets.line import Line, Span, safe, spread, width
from qualtui.widgets.look import Look
from qualtui.widgets.view_state import ConnectionState, ViewState, recovering
from qualtui.widgets.words import age, clock, count, failing
from qualtui.wire import EngineView, NowState

START = "qualtui watch"
OLD = 5.0  # s from which on data is shown as old


def header(sight: ViewState, now: float, cells: int, look: Look) -> Line:
    """One row, fitted to so many cells: what matters most is leftmost."""
    zone = sight.snapshot.zone if sight.snapshot else "UTC"
    right = (Span(clock(now, zone, name=cells >= 100), "label"), Span(" "))
    left = (*_state(sight, now, look), *_agent(sight))
    pulse = _pulse(sight, now, look)
    alive = sight.watched and sight.snapshot is not None and now - sight.snapshot.at < OLD
    if not alive or width(left) + width(pulse) + width(right) < cells:  # a healthy one is left out as a whole
        left = (*left, *pulse)
    for extra in _extras(sight, now, look):
        if width(left) + width(extra) + width(right) >= cells:
            break
        left = (*left, *extra)
    return spread(left, right, cells)


def _state(sight: ViewState, now: float, look: Look) -> Line:
    glyphs = look.glyphs
    if sight.bond is ConnectionState.LOST or (sight.bond is ConnectionState.SILENT and sight.snapshot is None):
        return (Span(f" {glyphs.critical} {_('NO ENGINE')} ", "critbadge"), Span(" "))
    if sight.bond is ConnectionState.SILENT:
        silent = _("ENGINE SILENT {age}").format(age=age(now, sight.since))
        return (Span(f" {glyphs.critical} {silent} ", "critbadge"), Span(" "))
    if sight.snapshot is None:
        return (Span(f" {glyphs.unknown} {_('CONNECTING')} ", "infobadge"), Span(" "))
    spans: list[Span] = []
    for severity, word, badge, token in (
        (Severity.CRITICAL, _("CRITICAL"), "critbadge", "crit"),
        (Severity.WARNING, _("WARNING"), "warnbadge", "warn"),
    ):
        if number := sight.firing(severity):
            text = f" {look.severity(severity)[0]} {word} {number} "
            spans += [Span(text, token if spans else badge), Span(" ")]
    if sight.snapshot is not None and (number := recovering(sight.snapshot)):
        text = f" {look.glyphs.warning} {_('RECOVERING')} {number} "
        spans += [Span(text, "warn" if spans else "warnbadge"), Span(" ")]
    # INFO does not say how the agent is.
    spans += [] if spans else _quiet(sight, look)
    if number := sight.firing(Severity.INFO):
        spans += [Span(f" {look.severity(Severity.INFO)[0]} {_('INFO')} {number} ", "busy"), Span(" ")]
    return tuple(spans)


def _quiet(sight: ViewState, look: Look) -> Line:
    """Nothing fires but INFO: OK only where fresh evidence says so."""
    agents = sight.snapshot.agents if sight.snapshot else ()
    if agents and all(agent.now.calm and agent.now.level is None and agent.learning is None for agent in agents):
        states = {agent.now.state for agent in agents}
        if sight.snapshot and sight.snapshot.engine.failing:  # our own fault, none of theirs
            return (Span(f" {look.glyphs.warning} {_('ENGINE TROUBLE')} ", "warnbadge"), Span(" "))
        if states == {NowState.PLAIN}:
            return (Span(f" {look.glyphs.good} {_('OK')} ", "good"), Span(" "))
        word = _("CHECKING") if NowState.WAITING not in states else _("WAITING")
        return (Span(f" {look.glyphs.none} {word} ", "busy"), Span(" "))
    levels = [agent.now.level for agent in agents if agent.now.level is not None]
    if levels:  # trouble begins: no rule fires yet
        worst = max(levels, key=lambda level: level.rank)
        badge = "critbadge" if worst is Severity.CRITICAL else "warnbadge"
        return (Span(f" {look.severity(worst)[0]} {_('TROUBLE')} ", badge), Span(" "))
    if any(agent.learning is not None for agent in agents):
        return (Span(f" {look.glyphs.unknown} {_('LEARNING')} ", "infobadge"), Span(" "))
    return (Span(f" {look.glyphs.unknown} {_('CANNOT TELL')} ", "warnbadge"), Span(" "))


def _agent(sight: ViewState) -> Line:
    view = sight.view
    if view is None:
        return ()
    others = len(sight.snapshot.agents) - 1 if sight.snapshot else 0
    more = (Span(" " + _("+{n} more").format(n=others), "faint"),) if others else ()
    return (Span(" " + safe(view.name, 40), "strong"), *more, Span("  "))


def _pulse(sight: ViewState, now: float, look: Look) -> Line:
    if sight.bond is ConnectionState.LOST:
        how = _("start it: {command}").format(command=START)
        seen = _("last seen {age} ago").format(age=age(now, sight.since)) if sight.snapshot else ""
        return (Span(f" {seen}  " if seen else " ", "crit"), Span(how, "strong"), Span("  "))
    if sight.bond is ConnectionState.SILENT:
        return ()
    if sight.snapshot is None:
        return (Span(" " + (safe(sight.reason, 100) or _("waiting for the engine")), "label"),)
    old = now - sight.snapshot.at
    text = " " + _("engine {heart}{age}").format(heart=look.glyphs.heart, age=age(now, sight.snapshot.at))
    return (Span(text, "label" if old < OLD else "warn"), Span("  "))


def _automatic(engine: EngineView, at: float, look: Look) -> list[Line]:
    """Automatic fixes that a person stopped, or that stopped themselves."""
    pieces: list[Line] = []
    left = engine.fixes_stopped_until - at
    if left > 0:
        shown = _("AUTO FIXES STOPPED {time}").format(time=span(left))
        pieces.append((Span(f" {look.glyphs.warning} {shown} ", "warnbadge"), Span("  ")))
    if broken := engine.fixes_broken:
        word = plural("{fix} STOPPED ITSELF", "{n} FIXES STOPPED THEMSELVES", len(broken))
        shown = word.format(fix=safe(broken[0], 20), n=len(broken))
        pieces.append((Span(f" {look.glyphs.warning} {shown} ", "warnbadge"), Span("  ")))
    return pieces


def _extras(sight: ViewState, now: float, look: Look) -> list[Line]:
    """What may be left out where there is no room, the most useful first."""
    pieces: list[Line] = []
    snapshot = sight.snapshot
    if sight.paused is not None:
        paused = _("PAUSED {age}").format(age=age(now, sight.paused))
        pieces.append((Span(f" {paused} ", "infobadge"), Span("  ")))
    if not sight.acts:
        pieces.append((Span(f" {_('READ-ONLY')} ", "infobadge"), Span("  ")))
    if snapshot is None or not sight.watched:
        return pieces
    if silences := snapshot.silences:  # the first to end first
        minutes = max(0, int(silences[0].until - now + 59) // 60)
        word = plural("SILENCED {left} left", "{n} SILENCES {left} left", len(silences))
        shown = word.format(n=len(silences), left=f"{minutes // 60:02d}:{minutes % 60:02d}")
        pieces.append((Span(f" {shown} ", "infobadge"), Span("  ")))
    if channels := snapshot.engine.channels:
        word = plural("{name} FAILS {age}", "{n} CHANNELS FAIL {age}", len(channels))
        shown = word.format(name=safe(channels[0].name, 20), n=len(channels), age=age(now, channels[0].since))
        pieces.append((Span(f" {look.glyphs.warning} {shown} ", "warnbadge"), Span("  ")))
    pieces += _automatic(snapshot.engine, snapshot.at, look)
    if snapshot.scheduled:
        planned = snapshot.scheduled[0]
        shown = _("ANSWER {n} AT {time}").format(n=planned.count, time=clock(planned.due_at, snapshot.zone))
        pieces.append((Span(f" {shown} ", "infobadge"), Span("  ")))
    if snapshot.maintenance_until > now:
        shown = _("MAINTENANCE until {time}").format(time=clock(snapshot.maintenance_until, snapshot.zone))
        pieces.append((Span(f" {shown} ", "infobadge"), Span("  ")))
    if snapshot.night_until > now:
        shown = _("NIGHT until {time}").format(time=clock(snapshot.night_until, snapshot.zone))
        pieces.append((Span(f" {shown} ", "infobadge"), Span("  ")))
    if snapshot.oncall:
        after = f" {look.glyphs.arrow} {safe(snapshot.oncall_next, 20)}" if snapshot.oncall_next else ""
        pieces.append(
            (Span(_("on call") + " ", "label"), Span(safe(snapshot.oncall, 20) + after, "text"), Span("  "))
        )
    if snapshot.demo:
        speed = f" {look.glyphs.times}{count(snapshot.speed)}" if snapshot.speed != 1 else ""
        pieces.append((Span(_("DEMO") + speed, "busy"), Span("  ")))
    if sight.literal:
        pieces.append((Span(_("RAW VALUES"), "busy"), Span("  ")))
    here = plural("{n} viewer", "{n} viewers", snapshot.engine.windows)
    pieces.append((Span(here.format(n=count(snapshot.engine.windows)), "faint"), Span("  ")))
    return pieces


def banners(sight: ViewState, look: Look) -> list[Line]:
    """What is wrong with the watcher itself, at most three rows."""
    rows: list[Line] = []
    if sight.bond is ConnectionState.LOST and sight.snapshot is not None:
        text = _("Engine not running: the figures below are old. {reason}").format(reason=safe(sight.reason, 160))
        rows.append((Span(f" {look.glyphs.critical} {text}", "crit"),))
    elif sight.bond is ConnectionState.SILENT:
        text = _("The engine is connected but sends nothing: it may be stopped or overloaded.")
        rows.append((Span(f" {look.glyphs.critical} {text}", "crit"),))
    if sight.snapshot is not None:
        engine, zone = sight.snapshot.engine, sight.snapshot.zone
        channels = [failing(channel, zone, sight.snapshot.at) for channel in engine.channels]
        shown, room = [safe(text, 300) for text in (*engine.troubles, *channels)], 3 - len(rows)
        if len(shown) > room:
            rest = len(shown) - room + 1
            more = plural("and {n} more: see `qualtui status`", "and {n} more: see `qualtui status`", rest)
            shown = [*shown[: room - 1], more.format(n=rest)]
        rows += [(Span(f" {look.glyphs.warning} {text}", "warn"),) for text in shown]
    return rows
