"""`qualtui status`: the state for scripts and prompts. Exit code 0 ok, 1 warning, 2 critical, 3 unknown.

Imports no command-line library: a prompt runs it each few seconds (`qualtui.cli.line` recognizes it).
"""

import time
from collections.abc import Sequence
from pathlib import Path

from qualtui.cli.common import CRITICAL, OK, UNKNOWN, WARNING, CommandError, NoConfigurationError
from qualtui.cli.engine import in_full, snapshot
from qualtui.cli.tables import print_json
from qualtui.cli.words import words
from qualtui.config.errors import ConfigErrors
from qualtui.diagnosis.chain import BAD, BUSY
from qualtui.model import Evidence, Phase, Severity
from qualtui.series.catalogue import OWN
from qualtui.text import _, clean, plural, span
from qualtui.widgets.view_state import firing_count as count_firing
from qualtui.widgets.view_state import recovering
from qualtui.widgets.words import failing, quantity, severity_word
from qualtui.wire import AgentDetail, LinkView, Overview, Snapshot, worse

FIGURES = ("customers.waiting", "customers.lost", "customers.backlog", "sessions.bot_owes", "reply.p95")
CODES = {Severity.CRITICAL: CRITICAL, Severity.WARNING: WARNING, Severity.INFO: OK}
WORDS = {OK: "OK", WARNING: "WARNING", CRITICAL: "CRITICAL", UNKNOWN: "UNKNOWN"}


def show(config: Path | None, *, short: bool = False, once: bool = False, as_json: bool = False) -> int:
    """Print the present state; return the exit code."""
    try:
        if once:
            shot = _polled(config)
        elif short:
            shot = snapshot(config)
        else:
            shot = in_full(config, () if as_json else FIGURES)
    except (CommandError, ConfigErrors) as error:
        if isinstance(error, CommandError) and error.code != UNKNOWN:
            raise
        if isinstance(error, ConfigErrors) and not (short or as_json):
            raise  # each of its lines on stderr
        return _unknown(config, error, short=short, as_json=as_json)
    code = exit_code(shot)
    if as_json:
        print_json({"status": WORDS[code].lower(), "code": code, "snapshot": document(shot)})
    elif short:
        print(short_line(shot, code))
    else:
        print("\n".join(long_lines(shot, code)))
    return code


def document(shot: Snapshot) -> dict[str, object]:
    """The snapshot for programs: its agents are the details."""
    fields = {name: getattr(shot, name) for name in Overview.__struct_fields__}
    return {**fields, "agents": shot.details}


def exit_code(shot: Overview) -> int:
    """The exit code: the worst firing incident, a recovering one counts as a warning at most.

    Unknown if an agent can't be judged; a warning where the engine itself fails and all else is well.
    """
    firing = [CODES[one.urgency] for one in shot.incidents if one.phase is Phase.FIRING]
    begun = [CODES[agent.now.level] for agent in shot.agents if agent.now.level is not None]
    worst = max([*firing, *begun], default=OK)
    untold = any(agent.now.level is None and not agent.now.calm for agent in shot.agents)
    if worst == OK and (untold or not shot.agents):
        return UNKNOWN
    # Our own fault is none of theirs: no incident, and not OK either.
    return WARNING if worst == OK and shot.engine.failing else worst


def short_line(shot: Overview, code: int) -> str:
    """One line; the engine's own troubles are at its end."""
    troubles = shot.engine.troubles
    rest = f" (+{len(troubles) - 1})" if len(troubles) > 1 else ""
    return _how(shot, code) + (f"; ! {clean(words(troubles[0]), 300)}{rest}" if troubles else "")


def _how(shot: Overview, code: int) -> str:
    """The headline of the worst agent, or of all agents if all is well."""
    worst = max(shot.agents, key=worse, default=None)
    if code in {WARNING, CRITICAL} and worst is not None:
        now, many = worst.now, count_firing(shot, Severity.CRITICAL, Severity.WARNING) + recovering(shot)
        if now.level is not None:
            number = f"#{now.number} " if now.number else ""
            rest = many - bool(now.number)
            line = f"{number}{worst.name}: {words(now.headline)} {words(now.detail)}".rstrip()
            return f"{WORDS[code]} {line}" + (f" (+{rest})" if rest > 0 else "")
        firing = (one for one in shot.incidents if one.phase is Phase.FIRING and CODES[one.urgency] != OK)
        first = next(firing, None)
        if first is not None:  # of an agent without a level
            line = f"#{first.number} {first.agent}: {words(first.summary)}"
            return f"{WORDS[code]} {line}" + (f" (+{many - 1})" if many > 1 else "")
    return f"{WORDS[code]} " + "; ".join(f"{agent.name}: {words(agent.now.headline)}" for agent in shot.agents)


def long_lines(shot: Snapshot, code: int) -> list[str]:
    """A few lines an agent, and the open incidents."""
    number = shot.engine.windows
    engine = plural("engine pid {pid}, {n} viewer", "engine pid {pid}, {n} viewers", number)
    lines = [f"{WORDS[code]}  {engine.format(pid=shot.engine.pid, n=number)}"]
    lines += [f"! {words(trouble)}" for trouble in shot.engine.troubles]
    lines += [f"! {failing(channel, shot.zone, shot.at)}" for channel in shot.engine.channels]
    details = {one.name: one for one in shot.details}
    for agent in shot.agents:
        lines.append(f"{agent.name}: {words(agent.now.headline)} {words(agent.now.detail)}".rstrip())
        if agent.now.why:
            lines.append("  " + _("why: {text}").format(text=words(agent.now.why)))
        if agent.now.fix:
            lines.append("  " + _("fix: {text}").format(text=agent.now.fix))
        if agent.now.step:
            lines.append("  " + _("next step: {text}").format(text=words(agent.now.step)))
        detail = details.get(agent.name)
        if detail is not None:
            lines.append("  " + " → ".join(_link(one) for one in detail.chain))
            lines.append("  " + _figures(detail, FIGURES, shot.at))
            if own := [name for name in detail.figures if name.startswith(OWN)]:
                lines.append("  " + _figures(detail, own, shot.at))
    for one in shot.incidents:
        if one.phase is Phase.FIRING:
            owner = one.owner or _("no owner")
            lines.append(f"#{one.number} {severity_word(one)} {one.agent}: {words(one.summary)} ({owner})")
    lines += more(shot)
    return lines


def _link(view: LinkView) -> str:
    """A link in a few words, with its status if it is broken or busy."""
    word = {BAD: _("BROKEN"), BUSY: _("busy")}.get(view.status, "")
    return " ".join(part for part in (view.link.value, word and f"{word}:", words(view.text)) if part)


def more(shot: Overview) -> list[str]:
    """A line on the firing incidents that have no row in the overview; empty if all have one."""
    rest = count_firing(shot) - sum(one.phase is Phase.FIRING for one in shot.incidents)
    return (
        [plural("and {n} more open incident", "and {n} more open incidents", rest).format(n=rest)]
        if rest > 0
        else []
    )


def _figures(agent: AgentDetail, names: Sequence[str], now: float) -> str:
    parts = []
    for name in names:
        figure = agent.figures.get(name)
        if figure is None:
            continue
        label = name.partition(".")[2].replace("_", " ")
        if figure.value is None or figure.evidence in {Evidence.NO_DATA, Evidence.NO_SOURCE}:
            parts.append(f"{label} " + _("NO DATA"))
        else:
            old = f" ({_('OLD')} {span(now - (figure.at or now))})" if figure.evidence is Evidence.OLD else ""
            parts.append(f"{label} {quantity(figure.value, figure.unit)}{old}")
    return ", ".join(parts)


def _unknown(config: Path | None, error: CommandError | ConfigErrors, *, short: bool, as_json: bool) -> int:
    configured = not isinstance(error, NoConfigurationError | ConfigErrors)
    since = _last_seen(config) if configured else None
    problem = clean(str(error), 500)
    if as_json:
        print_json({"status": "unknown", "code": UNKNOWN, "problem": problem, "last_event_at": since})
        return UNKNOWN
    ago = "" if since is None else " " + _("(last event {age} ago)").format(age=span(time.time() - since))
    print(f"UNKNOWN {problem}{ago}")
    if configured and not short:
        print(_("To poll once without an engine: qualtui status --once"))
    return UNKNOWN


def _last_seen(config: Path | None) -> float | None:
    """When an engine last wrote to the store; None if there is no store, or it can't be read."""
    from qualtui.cli.common import resolve_window_config
    from qualtui.config.places import store_path

    path = store_path(resolve_window_config(config))
    seen = [part.stat().st_mtime for part in (path, path.with_name(path.name + "-wal")) if part.exists()]
    return max(seen, default=None)


def _polled(config: Path | None) -> Snapshot:
    from qualtui.cli.once import poll_once

    return poll_once(config)
