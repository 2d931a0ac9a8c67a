"""The machines of an agent: each link of the chain with its uptime bar, and the charts of what is measured."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from qualtui.model import Evidence, Link, Severity
from qualtui.text import _
from qualtui.widgets.catalogue import Entry
from qualtui.widgets.chain import link_mark, link_names
from qualtui.widgets.figures import mark
from qualtui.widgets.levels import CellLevel
from qualtui.widgets.line import Line, Span, column, padded, safe, whole_words
from qualtui.widgets.look import Look
from qualtui.widgets.marks import MARKED
from qualtui.widgets.uptime import uptime_bar
from qualtui.widgets.words import evidence_text, quantity, unasked
from qualtui.wire import AgentDetail, Limit, LinkView, SeriesHistory

WIDE = 120  # cells from which a row shows its status in full, and how long the link was up
_NAME = 9


class Machine(NamedTuple):
    """A link: the series that its uptime bar is made of, the one whose mean is its uptime, and its charts.

    `more`: charts that come after all others, or first where the link is chosen.
    """

    link: Link
    bar: tuple[str, ...]
    up: str = ""
    charts: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


MACHINES = (
    Machine(Link.US, ("control.up", "sight.blind"), "control.up"),
    Machine(
        Link.HOST,
        ("host.suspended", "host.failing", "host.cpu", "host.memory"),
        "",
        ("host.cpu", "host.memory"),
        ("host.requests", "host.latency", "host.instances"),
    ),
    Machine(Link.WEBHOOK, ("failures.timeouts",), "", ("customers.last_inbound",)),
    Machine(Link.BOT, ("health.up", "health.down"), "health.up", ("health.seconds",)),
    Machine(Link.DATABASE, ("db.up", "db.seconds"), "db.up", ("db.seconds",)),
    Machine(Link.GATEWAY, ("gateway.up", "gateway.working"), "gateway.working", ("gateway.seconds",)),
    Machine(Link.CUSTOMER, ("customers.oldest", "customers.lost"), "", ("reply.p95", "customers.oldest")),
)
CHARTS = tuple(name for machine in MACHINES for name in machine.charts)
MORE = tuple(name for machine in MACHINES for name in machine.more)
_ALL = (name for machine in MACHINES for name in (*machine.bar, *machine.charts, *machine.more))
SERIES = tuple(dict.fromkeys((*_ALL, *MARKED)))
# No rule speaks of these: while they are 1 the machine does not run, though its use has no points then.
BROKEN = {"host.suspended": Severity.CRITICAL, "host.failing": Severity.WARNING}


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """What the charts are called."""
    return {
        "host.cpu": _("Host: CPU"),
        "host.memory": _("Host: memory"),
        "host.requests": _("Host: requests of the webhook in 10 min"),
        "host.latency": _("Host: time of the webhook's answers, p95"),
        "host.instances": _("Host: instances"),
        "customers.last_inbound": _("Webhook: age of the newest message"),
        "health.seconds": _("Bot: time of /health"),
        "db.seconds": _("Database: empty query"),
        "gateway.seconds": _("WhatsApp: time to the gateway's answer"),
        "reply.p95": _("Customer: reply time p95"),
        "customers.oldest": _("Customer: oldest wait"),
    }


def held(series: SeriesHistory) -> SeriesHistory:
    """A series that says that the machine does not run, with a limit by which its bar shows that."""
    severity = BROKEN.get(series.name)
    return series if severity is None else replace(series, limits=(Limit(0.0, ">", severity),))


def machine_of(link: str) -> Machine:
    """The machine of a link. Raises StopIteration."""
    return next(machine for machine in MACHINES if machine.link == link)


def left_of(cells: int) -> int:
    """The cells before an uptime bar, and before the columns of a chart."""
    return 30 if cells >= WIDE else 20


def bar_cells(cells: int) -> int:
    """How many cells there is room for behind these."""
    return max(10, min(120, cells - left_of(cells) - (10 if cells >= WIDE else 0)))


def machine_row(
    view: LinkView,
    levels: Sequence[CellLevel],
    wide: int,
    up: float | None,
    cells: int,
    look: Look,
    cursor: int | None,
) -> Line:
    """A link: its state now, its uptime bar, and the share of the time in which it was up."""
    glyph, token = link_mark(view, look)
    room = left_of(cells) - _NAME - 3
    text = whole_words(safe(view.text, 40), room - 1)
    start = (
        Span(f" {glyph} ", token),
        Span(column(link_names()[view.link], _NAME), "strong" if view.status == "bad" else "label"),
        Span(column(text, room), token),
    )
    if view.status == "no_source":
        return (*start, Span(_("nothing measures it"), "faint"))
    bar = (*start, *uptime_bar(levels, look, wide, cursor))
    if up is None or cells < WIDE:
        return bar
    return (*bar, Span(f" {padded(quantity(up * 100, '%'), 7, right=True)}", "label"))


def chart_title(name: str, agent: AgentDetail, now: float, look: Look, *, chosen: bool) -> Line:
    """The head of a chart: what it is, and its value now."""
    title = (Span(look.glyphs.pointer if chosen else " ", "cursor"), Span(titles().get(name, name), "title"))
    figure = agent.figures.get(name)
    if figure is None:
        return title
    glyph, token = mark(Entry("", name, figure.goal), figure, look)
    wrong = evidence_text(figure, now)
    value = "" if figure.value is None else quantity(figure.value, figure.unit)
    spans = (
        Span(f"   {value}", "strong" if token in {"good", "text", "label"} else token),
        Span(f" {glyph}", token),
    )
    shade = "faint" if unasked(figure) else "unknown"
    return (*title, *spans, Span(f" {wrong}", shade)) if wrong else (*title, *spans)


def measured(agent: AgentDetail) -> list[str]:
    """The charts that have a source."""
    none = Evidence.NO_SOURCE
    known = [*CHARTS, *MORE]
    return [name for name in known if name in agent.figures and agent.figures[name].evidence is not none]


def unmeasured(agent: AgentDetail) -> list[str]:
    """The titles of those that have none."""
    there = set(measured(agent))
    names = {"host.cpu": _("host CPU"), "host.memory": _("host memory")}
    return [names.get(name, titles()[name]) for name in CHARTS if name not in there]
