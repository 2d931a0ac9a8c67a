"""Which figures the overview shows, in which groups, and what each is held against."""

from functools import lru_cache

import msgspec

from qualtui.series.catalogue import OWN
from qualtui.text import _, clean
from qualtui.wire import AgentDetail

MOST = 6  # series of the user's own that are shown
LONG = 30 * 86_400.0  # s: a budget that lasts so long does not end
MANY = 20  # events that a ratio needs; below that its counts are shown


class Entry(msgspec.Struct, frozen=True):
    """A row: its label, the series, and the goal that it is held against (None: only rules judge it).

    `zero`: 0 is good, more is neither until a rule says so. `grey`: never coloured.
    """

    label: str
    series: str
    goal: float | None = None
    goal_text: str = ""
    zero: bool = False
    grey: bool = False
    rare: bool = False  # shown only when it is not 0
    state: bool = False  # 1 or 0: shown as up or down
    age: bool = False  # shown in whole seconds
    up: str = ""  # the series that says whether there was an answer at all: where it is 0, that is shown instead
    part: str = ""  # of a ratio: what is counted, and of how many; below MANY these are shown, not the ratio
    whole: str = ""
    least: bool = False  # the goal is a least, not a most
    text: str = ""  # shown instead of the value
    ends: str = ""  # the series that says for how long it lasts at this rate; shown below LONG
    note: str = ""  # shown beside the value

    def missed(self, value: float) -> bool:
        """Whether a value misses the goal."""
        if self.goal is None:
            return False
        return not (value >= self.goal if self.least else value <= self.goal)  # no number misses it, too


class Group(msgspec.Struct, frozen=True):
    """A titled group; `lead` is the series of its chart."""

    title: str
    lead: str
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def groups() -> tuple[Group, ...]:
    """The groups of the overview, in the order of importance."""
    return (
        Group(
            _("Customers"),
            "customers.answered_1h",
            (
                Entry(_("Waiting"), "customers.waiting", zero=True),
                Entry(_("Oldest"), "customers.oldest", rare=True, age=True),
                Entry(_("Not delivered"), "customers.phantom", goal=0, rare=True),
                Entry(_("Never stored"), "customers.unstored", goal=0, rare=True),
                Entry(_("Never greeted"), "customers.never_greeted", zero=True, rare=True),
                Entry(_("Answered"), "customers.answered_1h"),
                Entry(_("Backlog"), "customers.backlog", grey=True),
            ),
        ),
        Group(
            _("Sessions"),
            "sessions.bot_owes",
            (
                Entry(_("Bot owes reply"), "sessions.bot_owes", zero=True),
                Entry(_("Repeated question"), "sessions.same_question", zero=True),
                Entry(_("Waiting for client"), "sessions.waiting_client", grey=True),
                Entry(_("Never messaged"), "sessions.never_messaged", grey=True),
                Entry(_("Active"), "sessions.active", grey=True),
                Entry(
                    _("Qualified 30d"),
                    "leads.conversion",
                    grey=True,
                    part="leads.qualified",
                    whole="leads.assessed",
                ),
            ),
        ),
        Group(_("Failures 10m"), "failures.rate", _failures()),
        Group(_("Goals"), "reply.follow_p95", _goals()),
    )


@lru_cache(maxsize=1)
def ratios() -> dict[str, tuple[str, str]]:
    """By series of a ratio those of what is counted, and of how many."""
    entries = [entry for group in groups() for entry in group.entries]
    return {entry.series: (entry.part, entry.whole) for entry in entries if entry.part}


def own(view: AgentDetail) -> Group | None:
    """The figures of the user's own series, those that a rule calls bad first; None where there are none."""
    figures = [figure for name, figure in view.figures.items() if name.startswith(OWN)]
    if not figures:
        return None
    figures.sort(key=lambda figure: -1 if figure.severity is None else -2 - figure.severity.rank)
    entries = tuple(Entry(_label(figure.name), figure.name) for figure in figures[:MOST])
    title = _("Own")
    if len(figures) > MOST:
        title = _("Own {part} of {all}").format(part=MOST, all=len(figures))
    return Group(title, entries[0].series, entries)


def _label(name: str) -> str:
    words = clean(name.removeprefix(OWN).replace("_", " ").replace("-", " "), 40)
    return words[:1].upper() + words[1:]


def _failures() -> tuple[Entry, ...]:
    return (
        Entry(
            _("No answer"),
            "failures.rate",
            goal=5,
            goal_text="≤ 5%",
            part="failures.unanswered",
            whole="failures.messages",
        ),
        Entry(_("In a row"), "failures.consecutive", zero=True),
        Entry(_("Send failed"), "failures.sends", zero=True),
        Entry(_("Webhook timeouts"), "failures.timeouts", zero=True),
        Entry(_("Logged by bot 1h"), "failures.logged", grey=True),
        Entry(_("In host's logs"), "failures.known_texts", zero=True),
    )


def _goals() -> tuple[Entry, ...]:
    """S15-S18 in truth, each held against its goal in the configuration."""
    return (
        Entry(
            _("Up 30d"),
            "goal.up",
            least=True,
            part="goal.minutes_good",
            whole="goal.minutes_known",
        ),
        _budget(_("Up budget left")),
        Entry(
            _("Answered 24h"),
            "goal.answered",
            least=True,
            part="goal.messages_answered",
            whole="goal.messages",
        ),
        Entry(_("Follow-up p95"), "reply.follow_p95"),
        Entry(_("First reply p95"), "reply.first_p95"),
        Entry(_("Reply median"), "reply.p50", grey=True),
        Entry(_("Lost"), "customers.lost", zero=True),
    )


@lru_cache(maxsize=1)
def literal() -> tuple[tuple[str, Entry, Entry], ...]:
    """Return the raw values, each beside the truth that drives the screen."""
    waiting = Entry(_("Waiting"), "customers.waiting", zero=True)
    owes = Entry(_("Bot owes reply"), "sessions.bot_owes", zero=True)
    could = _truth(_("Can answer"), "goal.minute", state=True)
    failed = _truth(_("In a row"), "failures.consecutive")
    answered = Entry(_("Answered 24h"), "goal.answered", part="goal.messages_answered", whole="goal.messages")
    return (
        ("S1", _row(_("Bot's /health"), "health.up", state=True), could),
        ("S2", _row(_("Unprocessed leads"), "row.leads_unprocessed"), waiting),
        ("S3", _row(_("Stuck sessions"), "row.sessions_stuck"), owes),
        (
            "S6",
            _row(_("Errors of /health"), "row.error_rate", part="failures.unreached", whole="row.asked"),
            Entry(_("No answer"), "failures.rate", part="failures.unanswered", whole="failures.messages"),
        ),
        ("S7", _row(_("Errors in a row"), "row.consecutive_errors"), failed),
        (
            "S8",
            _row(_("Time of /health"), "health.seconds", up="health.up"),
            Entry(_("Follow-up p95"), "reply.follow_p95"),
        ),
        ("S9", _row(_("Timeouts 10m"), "row.timeouts"), _truth(_("Webhook timeouts"), "failures.timeouts")),
        ("S10", _row(_("Processed 1h"), "row.leads_processed"), Entry(_("Answered"), "customers.answered_1h")),
        ("S11", _row(_("Webhook errors"), "host.http_errors"), answered),
        ("S12", _row(_("Reply, mean"), "row.reply_mean"), Entry(_("Reply median"), "reply.p50")),
        ("S13", _row(_("Active sessions"), "sessions.active"), owes),
        ("S14", _row(_("Logged by bot 1h"), "failures.logged"), _truth(_("Send failed"), "failures.sends")),
        ("S15", _row(_("/health up 30d"), "row.availability"), Entry(_("Up 30d"), "goal.up")),
        ("S15", _row(_("Minutes unknown"), "goal.minutes_unknown"), _budget(_("Up budget left"))),
        ("S16", _row(_("Reply, mean"), "row.reply_mean"), Entry(_("Reply p95"), "reply.p95")),
        ("S17", _row(_("Bot's success"), "agent.success"), answered),
        ("S18", _row(_("Unprocessed leads"), "row.leads_unprocessed"), _truth(_("Lost"), "customers.lost")),
        ("S21", _row(_("Bot's deep check"), "deep.up", state=True), _truth(_("Services broken"), "deep.broken")),
    )


def _budget(label: str) -> Entry:
    """The minutes of 30 d that may still fail, and when they end at the present rate."""
    return Entry(label, "goal.up_left", goal=0, goal_text=_("spent"), least=True, ends="goal.up_lasts")


def _row(label: str, series: str, *, state: bool = False, up: str = "", part: str = "", whole: str = "") -> Entry:
    """A row's own figure: never coloured."""
    return Entry(label, series, grey=True, state=state, up=up, part=part, whole=whole)


def _truth(label: str, series: str, *, state: bool = False) -> Entry:
    """A figure of which any is bad."""
    return Entry(label, series, zero=not state, state=state)
