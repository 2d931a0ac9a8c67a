"""What each series would have said on the day before a demo, as large as the demo's own figures are. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from qualtui.demo.configuration import AGENT
from qualtui.demo.yesterday import UNANSWERABLE, Moment, Trouble, Yesterday, minutes, moments
from qualtui.model import Sample
from qualtui.series.catalogue import DECLARED
from qualtui.series.declaration import Series

MINUTE = "goal.minute"  # at its own pace
GOAL_UP = 0.005  # the share of minutes that may be bad
GOAL_ANSWERED = 0.05  # of messages
LEFT = 30 * 24 * 60  # minutes: how long an error budget lasts at most
_SELDOM = frozenset(
    {"health.back", "health.away", "health.stuck_sending"}
)  # no sample where it has nothing to say
_PER_HOUR = 95.0  # customers answered, in office hours
_A_DAY = 1100.0  # messages

Shape: TypeAlias = Callable[[Moment], float | None]


def _is(value: float | None, **otherwise: float | None) -> Shape:
    """A value, and others by the name of a trouble."""
    by = {Trouble[name.upper()]: other for name, other in otherwise.items()}
    return lambda at: by.get(at.trouble, value)


def _near(mean: float, spread: float = 0.1, **otherwise: float | None) -> Shape:
    """About `mean`, never below a tenth of it; another mean, or nothing, by the name of a trouble."""
    by = {Trouble[name.upper()]: other for name, other in otherwise.items()}

    def shape(at: Moment) -> float | None:
        middle = by.get(at.trouble, mean)
        return None if middle is None else middle * max(0.1, at.random.gauss(1.0, spread))

    return shape


def _busy(mean: float, spread: float = 0.05) -> Shape:
    """A whole number that follows how busy it is."""
    return lambda at: float(round(mean * at.load * max(0.0, at.random.gauss(1.0, spread))))


def _slower(mean: float) -> Shape:
    """Seconds of a reply: somewhat more when it is busy, much more while the database is slow."""
    return lambda at: (
        mean
        * (0.8 + 0.3 * at.load + at.random.uniform(0, 0.15))
        * (4 if at.trouble is Trouble.DATABASE_SLOW else 1)
    )


def _age(mean: float, *, of_bot: bool = True) -> Shape:
    """Seconds since something last happened: more at night; while the bot sends nothing, since then."""

    def shape(at: Moment) -> float:
        if of_bot and at.unanswered:
            return at.since
        return min(40.0, at.random.expovariate(max(0.1, at.load) / mean))

    return shape


def _chance(of: float, most: int = 1) -> Shape:
    """Mostly 0. More: customers that the bot is answering, or who wait because of a fault."""

    def shape(at: Moment) -> float:
        busy = at.random.randint(1, most) if at.random.random() < of * at.load else 0
        return float(busy + at.unanswered)

    return shape


def _database_seconds(at: Moment) -> float:
    """Of an empty question; a second is slow."""
    if at.trouble is Trouble.DATABASE_SLOW:
        return at.random.uniform(1.2, 1.6)
    return 0.005 * max(0.3, at.random.gauss(1.0, 0.3))


def _waiting(at: Moment) -> float:
    return float(at.unanswered)


def _waited(at: Moment) -> float:
    """The oldest customer's wait, who wrote soon after the trouble began."""
    return max(0.0, at.since - 8.0) if at.unanswered else at.random.choice((0.0, 0.0, 0.0, 0.4, 0.9))


def _few(per_hour: float) -> Shape:
    """How many came since the sample before."""

    def shape(at: Moment) -> float:
        if at.unanswered:
            return 0.0
        mean = per_hour * at.load * at.pace / 3600
        return float(int(mean) + (at.random.random() < mean % 1))

    return shape


def _failed(at: Moment) -> float:
    """Who was not answered in time: one more each 40 s of the trouble, four of each."""
    return float(bool(at.unanswered) and at.since // 40 != (at.since - at.pace) // 40 and at.since < 160)


def _minute(at: Moment) -> float:
    return 0.0 if at.trouble in UNANSWERABLE else 1.0


def _up(at: Moment) -> float | None:
    return 100 * (1 - at.bad / at.known) if at.known >= 20 else None


def _up_left(at: Moment) -> float | None:
    return GOAL_UP * at.known - at.bad if at.known >= 20 else None


def _missed(at: Moment) -> float:
    """Messages of the day that had no answer in time, by the minutes in which no one had one."""
    return round(at.bad * at.minute / 40)


SHAPES: Mapping[str, Shape] = {
    "health.up": _is(1, bot_down=0),
    "health.refused": _is(0, bot_down=1),
    "health.silent": _is(0),
    "health.database": _is(None),
    "health.gateway": _is(None),
    "health.seconds": _near(0.15, 0.4, bot_down=None, database_slow=0.9),
    "health.down": _is(0, bot_down=1),
    "health.back": lambda at: at.since - 100 if at.trouble is Trouble.CATCHING_UP else None,
    "health.away": _is(None, catching_up=100),
    "health.stuck_sending": _is(None),
    "db.up": _is(1),
    "db.silent": _is(0),
    "db.refused": _is(0),
    "db.seconds": _database_seconds,
    "db.skew": _near(-0.01, 0.3),
    "customers.waiting": _chance(0.3, 2),
    "customers.oldest": _waited,
    "customers.open_before_start": _is(0),
    "customers.open_oldest": _is(0),
    "customers.overdue": _waiting,
    "customers.workable": _chance(0.25),
    "customers.lost": _is(0),
    "customers.backlog": _is(0),
    "customers.phantom": _is(0),
    "customers.unstored": _is(0),
    "customers.claimed": _is(0),
    "customers.answered_1h": _busy(_PER_HOUR),
    "customers.last_reply": _age(3.3),
    "customers.last_sent": _age(2.9),
    "customers.last_row": _age(2.6),
    "customers.unseen": _is(0),
    "customers.flood": _is(0),
    "customers.last_inbound": _age(3.0, of_bot=False),
    "customers.never_greeted": _is(0),
    "reply.p50": _slower(0.43),
    "reply.p95": _slower(0.60),
    "reply.follow_p50": _slower(0.43),
    "reply.follow_p95": _slower(0.60),
    "reply.first_p50": _slower(0.42),
    "reply.first_p95": _slower(0.58),
    "reply.recent_p95": _slower(0.70),
    "messages.sent_1h": _busy(4.4 * _PER_HOUR),
    "failures.unanswered": _waiting,
    "failures.messages": _busy(8, 0.2),
    "failures.rate": _is(0),
    "failures.consecutive": _waiting,
    "failures.customers": _waiting,
    "failures.sends": _is(0, logged_out=1),
    "failures.timeouts": _is(0),
    "failures.logged": _is(0, database_slow=2),
    "failures.unreached": _is(0, bot_down=6),
    "leads.conversion": _near(28.6, 0.01),
    "leads.qualified": _near(76, 0.01),
    "leads.assessed": _near(265, 0.01),
    "sessions.same_question": _is(0),
    "sessions.looping": _is(0),
    "sessions.bot_owes": _waiting,
    "sessions.owed_for": _waited,
    "sessions.unreadable": _is(0),
    "sessions.active": _near(234, 0.01),
    "sessions.waiting_client": _near(232, 0.01),
    "sessions.never_messaged": _is(0),
    "agent.sent_1h": _busy(4.4 * _PER_HOUR),
    "agent.claimed": _busy(4.2 * _PER_HOUR),
    "agent.failed_1h": _is(0),
    "agent.deduped_1h": _is(0),
    "agent.success": _is(100),
    "agent.boots_1h": _is(0, catching_up=1),
    "goal.up": _up,
    "goal.minutes_good": lambda at: at.known - at.bad,
    "goal.minutes_known": lambda at: at.known,
    "goal.minutes_unknown": _is(0),
    "goal.answered": lambda at: 100 * (1 - _missed(at) / _A_DAY),
    "goal.messages_answered": lambda at: _A_DAY - _missed(at),
    "goal.messages": _is(_A_DAY),
    "goal.minute_answered": _few(_PER_HOUR),
    "goal.minute_failed": _failed,
    "goal.up_burn": _is(0),
    "goal.up_left": _up_left,
    "goal.up_lasts": lambda at: LEFT * at.minute,
    "goal.answered_burn": _is(0),
    "goal.answered_left": lambda at: GOAL_ANSWERED * _A_DAY - _missed(at),
    "goal.answered_lasts": lambda at: LEFT * at.minute,
    "row.leads_unprocessed": _is(0),
    "row.sessions_stuck": _near(208, 0.01),
    "row.leads_processed": _is(0),
    "row.reply_mean": _slower(0.43),
    "row.asked": _is(10),
    "row.error_rate": _is(None),
    "row.consecutive_errors": _is(0, bot_down=3),
    "row.timeouts": _is(0),
    "row.availability": _near(99.9, 0.0001),
    "gateway.up": _is(1),
    "gateway.silent": _is(0),
    "gateway.working": _is(1, logged_out=0),
    "gateway.uptime": lambda at: 86400 + 86400 - at.ago,
    "gateway.needs_human": _is(0),
    "gateway.chats_waiting": _chance(0.2),
    "gateway.session_starting": _is(0),
    "gateway.starting": _is(0),
    "gateway.seconds": _near(0.005, 0.3),
    "chats.evidence": _is(1, logged_out=0),
    "inbound.expected": _is(None),
    "host.suspended": _is(0),
    "host.cpu": _near(6, 0.1),
    "host.memory": _near(41, 0.03),
    "host.instances": _is(1),
    "host.age": lambda at: 3 * 86400 - at.ago,
    "host.failing": _is(0),
    "host.failures_1h": _is(0),
    "host.out_of_memory_1h": _is(0),
    "host.restarts_1h": _is(0),
    "host.http_errors": _is(0, bot_down=None),
    "host.requests": _near(14, 0.5),
    "host.latency": _near(9, 0.3),
    "host.deploys": _is(0),
    "host.deploy_age": lambda at: 3 * 86400 - at.ago,
    "host.deploy_harm": _is(0),
    "host.deploy_failed": _is(0),
    "sight.disagree": _is(0),
    "sight.blind": lambda at: at.random.uniform(0, 3),
    "engine.fault": _is(0),
    MINUTE: _minute,
}
"""By series of the demo: what varies by the hour or in a trouble. Any other has what it declares as usual."""


def shapes_of(declared: Iterable[Series]) -> dict[str, Shape]:
    """Return the shape of each series that has a past: its own, else about what is usual."""
    usual = {one.name: _near(one.usual) for one in declared if one.usual is not None}
    return {**usual, **SHAPES}


def yesterdays_samples(day: Yesterday) -> Iterator[Sample]:
    """Return the samples of the day; of one series in the order of time."""
    shapes = [(name, f"{AGENT}/{name}", shape) for name, shape in shapes_of(DECLARED).items() if name != MINUTE]
    for at in moments(day):
        when = day.now - at.ago
        for name, series, shape in shapes:
            value = shape(at)
            if value is not None or name not in _SELDOM:
                yield Sample(series, when, value)
    for at in minutes(day):
        yield Sample(f"{AGENT}/{MINUTE}", day.now - at.ago, _minute(at))
