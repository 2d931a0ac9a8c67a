"""One fault, one incident: timelines of faults and alerts, each with the incidents that come of it."""

import itertools
import random
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from qualtui.alerts.correlation import IncidentChange, correlate
from qualtui.diagnosis.faults import Fault, FaultsSeen
from qualtui.eventlog.alert_changes import AlertChanged
from qualtui.eventlog.fold import apply
from qualtui.model import Event, EventBody, Link, Phase, Severity, State

AGENT = "bot"
ROOTS = {
    "database": "database down",
    "gateway": "gateway broken",
    "bot": "bot down",
    "webhook": "webhook fails",
    "host": "host",
    "flood": "flood",
    "undelivered": "not delivered",
    "lost": "lost while the bot was down",
}
LINKS = {
    "database": Link.DATABASE,
    "gateway": Link.GATEWAY,
    "bot": Link.BOT,
    "webhook": Link.WEBHOOK,
    "host": Link.HOST,
    "flood": Link.CUSTOMER,
    "undelivered": Link.CUSTOMER,
    "lost": Link.WEBHOOK,
}
RULES = {  # alert -> its link; "": about none
    "waiting": Link.CUSTOMER.value,
    "lost": Link.CUSTOMER.value,
    "errors": Link.CUSTOMER.value,
    "slow": Link.CUSTOMER.value,
    "session": Link.GATEWAY.value,
    "deaf": Link.GATEWAY.value,
    "db": Link.DATABASE.value,
    "db-slow": Link.DATABASE.value,
    "down": Link.BOT.value,
    "timeouts": Link.WEBHOOK.value,
    "cpu": Link.HOST.value,
    "budget": Link.CUSTOMER.value,  # it follows
    "blind": "",
    "tls": "",
}


class Bench:
    """A log, its fold, and ticks of the correlation. Time is in seconds from the beginning."""

    def __init__(self, shuffled: random.Random | None = None) -> None:
        self.state = State(at=0.0)
        self.seen = FaultsSeen()
        self.log: list[str] = []
        self._shuffled = shuffled

    def _fold(self, body: EventBody, at: float) -> None:
        self.state = apply(self.state, Event(self.state.seq + 1, at, 1, body, f"k{self.state.seq}"))

    def tick(self, at: float, words: str) -> None:
        """`words`: +alert, +alert! (critical), ~alert (INFO), -alert, break:LINK[@since], mend:LINK, blind:LINK"""
        changes: list[AlertChanged] = []
        for word in words.split():
            if ":" in word:
                self._chain(at, word)
            else:
                changes.append(self._alert(at, word))
        if self._shuffled is not None:
            self._shuffled.shuffle(changes)
        for change in changes:
            self._fold(change, at)
        alerts, incidents = list(self.state.alerts.values()), list(self.state.incidents.values())
        if self._shuffled is not None:
            self._shuffled.shuffle(alerts)
            self._shuffled.shuffle(incidents)
        for body in correlate(AGENT, alerts, incidents, self.seen, at, self.state.next_number):
            self.log.append(said(body))
            self._fold(body, at)

    def _chain(self, at: float, word: str) -> None:
        what, _colon, name = word.partition(":")
        name, _sign, since = name.partition("@")
        link, faults, unknown = LINKS[name], self.seen.faults, self.seen.unknown
        if what == "break":
            fault = Fault(link, float(since or at), ROOTS[name], f"{name} is broken")
            faults = tuple(sorted((*faults, fault), key=lambda one: one.since))
            unknown -= {link}
        elif what == "mend":
            faults, unknown = tuple(one for one in faults if one.root != ROOTS[name]), unknown - {link}
        elif what == "blind":
            faults, unknown = tuple(one for one in faults if one.link is not link), unknown | {link}
        self.seen = FaultsSeen(faults, unknown)

    def _alert(self, at: float, word: str) -> AlertChanged:
        sign, name = word[0], word[1:].rstrip("!")
        name, _sign, since = name.partition("@")
        old = self.state.alerts.get(f"{name}@{AGENT}")
        severity = Severity.CRITICAL if word.endswith("!") else Severity.WARNING
        if sign == "~":
            severity = Severity.INFO
        before = old.phase if old is not None else Phase.INACTIVE
        new = Phase.RESOLVED if sign == "-" else Phase.FIRING
        began = old.since if old is not None else float(since or at)
        change = AlertChanged(name, AGENT, before, new, severity, "", began, RULES[name], 1.0, name)
        return replace(change, follows=name == "budget")

    def incidents(self) -> str:
        """Each incident: #number, ! where critical, its link or ?, the alerts that fire, or `over`."""
        lines = []
        for number, one in sorted(self.state.incidents.items()):
            if one.phase is Phase.RESOLVED:
                lines.append(f"#{number} over")
                continue
            fire = ",".join(sorted(key.partition("@")[0] for key, ended in one.members.items() if not ended))
            about = one.link or ("-" if one.origin.value == "apart" else "?")
            worst = "!" if one.severity is Severity.CRITICAL else ""
            left = " effects" if one.cause_ended_at is not None else ""
            lines.append(f"#{number}{worst} {about}: {fire}{left}")
        return "; ".join(lines)


def said(body: IncidentChange) -> str:
    return f"{type(body).__name__}#{body.number}"


class Story(NamedTuple):
    name: str
    ticks: tuple[tuple[float, str], ...]
    want: str
    events: str = ""  # the kinds of events, in order, where they matter


S = Story
STORIES = (
    S(
        "a budget joins the incident that burns it, and does not keep it open",
        ((0, "break:gateway"), (120, "+session!"), (300, "+budget"), (400, "mend:gateway"), (460, "-session")),
        "#1 over",
        "IncidentOpened#1 AlertsJoined#1 IncidentResolved#1",
    ),
    S(
        "an hour later the budget still burns: no incident is opened for it",
        ((0, "break:gateway +session!"), (300, "+budget"), (400, "mend:gateway -session"), (4000, ""), (9000, "")),
        "#1 over",
        "IncidentOpened#1 AlertsJoined#1 IncidentResolved#1",
    ),
    S(
        "the budget of a fault that just ended joins its incident, which stays over",
        ((0, "break:gateway +session!"), (400, "mend:gateway -session"), (430, "+budget"), (5000, "")),
        "#1 over",
        "IncidentOpened#1 IncidentResolved#1 AlertsJoined#1",
    ),
    S(
        "the fault comes back while the budget burns: the same number, both in it",
        (
            (0, "break:gateway +session!"),
            (300, "+budget"),
            (400, "mend:gateway -session"),
            (500, "break:gateway +session!"),
        ),
        "#1! gateway: budget,session",
    ),
    S(
        "a new fault is an incident of its own, though the budget still burns for the one before",
        (
            (0, "break:gateway +session!"),
            (300, "+budget"),
            (400, "mend:gateway -session"),
            (2000, "break:database +db!"),
            (2400, "mend:database -db"),
        ),
        "#1 over; #2 over",
    ),
    S("a budget that nothing explains is an incident, and ends with it", ((0, "+budget"),), "#1 ?: budget"),
    S("so it ends", ((0, "+budget"), (900, "-budget")), "#1 over"),
    S("and is opened again", ((0, "+budget"), (900, "-budget"), (1000, "+budget")), "#1 ?: budget"),
    S(
        "who waits joins the budget's incident; when they are answered it ends, whatever burns",
        ((0, "+budget"), (100, "+waiting!"), (200, "-waiting")),
        "#1 over",
    ),
    S(
        "a fault takes over the incident that its budget began",
        ((0, "+budget"), (60, "break:gateway"), (180, "+session!")),
        "#1! gateway: budget,session",
    ),
    S(
        "the budget says nothing of who leads",
        ((0, "+budget"), (60, "+blind"), (90, "+waiting!"), (120, "-budget")),
        "#1! ?: waiting; #2 -: blind",
    ),
    S(
        "our own blindness burns nothing: it is not joined",
        ((0, "+blind"), (60, "+budget")),
        "#1 -: blind; #2 ?: budget",
    ),
    S("a fault and its alert", ((0, "break:gateway"), (120, "+session!")), "#1! gateway: session"),
    S(
        "the fault's effects join it",
        ((0, "break:gateway"), (120, "+session!"), (180, "+waiting"), (600, "+errors")),
        "#1! gateway: errors,session,waiting",
        "IncidentOpened#1 AlertsJoined#1 AlertsJoined#1",
    ),
    S(
        "an effect that is seen before the fault's own alert opens the fault's incident",
        ((0, "break:gateway"), (60, "+waiting"), (120, "+session!")),
        "#1! gateway: session,waiting",
    ),
    S(
        "all in one tick are one incident",
        ((0, "break:gateway +session! +waiting +errors"),),
        "#1! gateway: errors,session,waiting",
        "IncidentOpened#1",
    ),
    S(
        "two independent faults are two incidents",
        ((0, "break:gateway"), (10, "+session!"), (20, "break:database"), (30, "+db!")),
        "#1! gateway: session; #2! database: db",
    ),
    S(
        "two faults at once are two incidents",
        ((0, "break:gateway break:database"), (10, "+session! +db!")),
        "#1! database: db; #2! gateway: session",
    ),
    S(
        "an effect belongs to the fault that broke first",
        ((0, "break:database"), (5, "break:gateway"), (10, "+db! +session!"), (200, "+waiting!")),
        "#1! database: db,waiting; #2! gateway: session",
    ),
    S(
        "the order of the breaks decides, not that of the chain",
        ((0, "break:gateway"), (5, "break:database"), (10, "+db! +session!"), (200, "+waiting!")),
        "#1! database: db; #2! gateway: session,waiting",
    ),
    S(
        "an effect stays where it is when an earlier fault is found",
        ((0, "break:gateway +waiting"), (10, "break:database@-5 +db!")),
        "#1 gateway: waiting; #2! database: db",
    ),
    S("no cause known", ((0, "+waiting"),), "#1 ?: waiting"),
    S("what no fault explains shares an incident", ((0, "+waiting"), (30, "+errors")), "#1 ?: errors,waiting"),
    S(
        "the cause is found late and takes the incident over",
        ((0, "+waiting"), (60, "break:gateway")),
        "#1 gateway: waiting",
        "IncidentOpened#1 CauseFound#1",
    ),
    S(
        "the fault's own alert then joins it",
        ((0, "+waiting"), (60, "break:gateway"), (180, "+session!")),
        "#1! gateway: session,waiting",
    ),
    S(
        "a fault that began long after the trouble does not explain it",
        ((0, "+waiting"), (121, "break:gateway"), (240, "+session!")),
        "#1 ?: waiting; #2! gateway: session",
    ),
    S(
        "one that was found late but began early does",
        ((0, "+waiting"), (600, "break:gateway@60"), (601, "+session!")),
        "#1! gateway: session,waiting",
    ),
    S(
        "trouble may be seen two minutes before its cause",
        ((0, "+waiting"), (120, "break:gateway")),
        "#1 gateway: waiting",
    ),
    S(
        "a fault explains the worst alert, and the others come along",
        ((0, "+slow"), (500, "+waiting!"), (510, "break:bot")),
        "#1! bot: slow,waiting",
    ),
    S(
        "a fault that explains only the lesser alert takes nothing over",
        ((0, "+waiting!"), (500, "+slow"), (510, "break:bot +down!")),
        "#1! ?: slow,waiting; #2! bot: down",
    ),
    S(
        "of two faults the first takes over",
        ((0, "+waiting"), (30, "break:bot@20 break:gateway@10")),
        "#1 gateway: waiting",
    ),
    S(
        "a fault with an incident of its own takes no second one over",
        ((0, "+waiting@-500"), (1, "break:gateway +session!"), (5, "+errors")),
        "#1 ?: waiting; #2! gateway: errors,session",
    ),
    S(
        "a fault that returns takes over what it explains although its own incident was resolved just now",
        (
            (0, "break:gateway +session!"),
            (60, "mend:gateway -session"),
            (100, "+waiting"),
            (160, "break:gateway"),
            (170, "+session!"),
        ),
        "#1 over; #2! gateway: session,waiting",
    ),
    S("a certificate is its own incident", ((0, "+tls"), (5, "+waiting")), "#1 -: tls; #2 ?: waiting"),
    S("two rules about no link are two incidents", ((0, "+tls +blind"),), "#1 -: blind; #2 -: tls"),
    S(
        "no fault takes over what is about no link",
        ((0, "+tls"), (5, "break:gateway +session!")),
        "#1 -: tls; #2! gateway: session",
    ),
    S("INFO opens none", ((0, "~timeouts"),), ""),
    S("what falls to INFO has ended", ((0, "+timeouts"), (60, "~timeouts")), "#1 over"),
    S(
        "what falls to INFO and is worse again soon is the same incident",
        ((0, "~timeouts"), (60, "+timeouts"), (120, "~timeouts"), (719, "+timeouts"), (800, "~timeouts")),
        "#1 over",
        "IncidentOpened#1 IncidentResolved#1 IncidentReopened#1 IncidentResolved#1",
    ),
    S(
        "what was INFO for long is a new incident",
        ((60, "+timeouts"), (120, "~timeouts"), (721, "+timeouts")),
        "#1 over; #2 ?: timeouts",
    ),
    S(
        "what rises from INFO opens one",
        ((0, "~timeouts"), (60, "+timeouts")),
        "#1 ?: timeouts",
    ),
    S("resolved with its last alert", ((0, "break:gateway +session!"), (60, "mend:gateway -session")), "#1 over"),
    S(
        "not before its last alert",
        ((0, "break:gateway +session! +waiting"), (60, "mend:gateway -session")),
        "#1 gateway: waiting effects",
        "IncidentOpened#1 CauseEnded#1",
    ),
    S(
        "the cause ends, the effect ends later",
        ((0, "break:gateway +session! +waiting"), (60, "mend:gateway -session"), (90, "-waiting")),
        "#1 over",
    ),
    S(
        "an incident of effects takes no new fault",
        (
            (0, "break:gateway +session! +waiting"),
            (60, "mend:gateway -session"),
            (900, "break:database +db!"),
        ),
        "#1 gateway: waiting effects; #2! database: db",
    ),
    S(
        "a late effect joins what is left of its cause",
        ((0, "break:bot +down! +waiting"), (60, "mend:bot -down"), (90, "+errors")),
        "#1 bot: errors,waiting effects",
    ),
    S(
        "what a cause leaves behind is no new fault",
        ((0, "break:bot +down! +waiting"), (60, "mend:bot -down break:lost"), (90, "+errors")),
        "#1 bot: errors,waiting effects",
    ),
    S(
        "messages that were not delivered are left of a broken session",
        ((0, "break:gateway +session! +waiting"), (60, "mend:gateway -session break:undelivered"), (90, "+lost!")),
        "#1! gateway: lost,waiting effects",
    ),
    S(
        "a new effect in a new fault belongs to the new fault",
        (
            (0, "break:gateway +session! +waiting"),
            (60, "mend:gateway -session"),
            (900, "break:database +db!"),
            (950, "+errors"),
        ),
        "#1 gateway: waiting effects; #2! database: db,errors",
    ),
    S(
        "a fault that is back within ten minutes has its number while effects remain",
        (
            (0, "break:gateway +session! +waiting"),
            (60, "mend:gateway -session"),
            (300, "break:gateway"),
            (420, "+session!"),
        ),
        "#1! gateway: session,waiting",
        "IncidentOpened#1 CauseEnded#1 CauseReturned#1 AlertsJoined#1",
    ),
    S(
        "later it has a new one",
        (
            (0, "break:gateway +session! +waiting"),
            (60, "mend:gateway -session"),
            (700, "break:gateway"),
            (820, "+session!"),
        ),
        "#1 gateway: waiting effects; #2! gateway: session",
    ),
    S(
        "a fault that is back within ten minutes of the end reopens its incident",
        (
            (0, "break:gateway +session!"),
            (60, "mend:gateway -session"),
            (400, "break:gateway"),
            (520, "+session!"),
        ),
        "#1! gateway: session",
        "IncidentOpened#1 IncidentResolved#1 IncidentReopened#1",
    ),
    S(
        "also by another of its effects",
        ((0, "break:gateway +session!"), (60, "mend:gateway -session"), (400, "break:gateway"), (430, "+waiting")),
        "#1 gateway: waiting",
    ),
    S(
        "by an effect alone it reopens without the cause, which is over",
        ((0, "break:gateway +session! +waiting"), (60, "mend:gateway -session -waiting"), (100, "+waiting")),
        "#1 gateway: waiting effects",
        "IncidentOpened#1 IncidentResolved#1 IncidentReopened#1 CauseEnded#1",
    ),
    S(
        "later it is a new incident",
        ((0, "break:gateway +session!"), (60, "mend:gateway -session"), (661, "break:gateway +session!")),
        "#1 over; #2! gateway: session",
    ),
    S(
        "trouble without a cause that is back reopens its incident",
        ((0, "+waiting"), (60, "-waiting"), (400, "+waiting")),
        "#1 ?: waiting",
    ),
    S("later it does not", ((0, "+waiting"), (60, "-waiting"), (661, "+waiting")), "#1 over; #2 ?: waiting"),
    S(
        "trouble that is back in another fault belongs to that fault",
        (
            (0, "break:gateway +session! +waiting"),
            (60, "mend:gateway -session -waiting"),
            (100, "break:bot +waiting"),
        ),
        "#1 over; #2 bot: waiting",
    ),
    S(
        "an alert that ends and is back within its open incident stays in it",
        ((0, "+waiting +errors"), (60, "-errors"), (100, "+errors")),
        "#1 ?: errors,waiting",
    ),
    S(
        "a certificate that is renewed and wrong again reopens its own",
        ((0, "+tls"), (60, "-tls"), (100, "+tls")),
        "#1 -: tls",
        "IncidentOpened#1 IncidentResolved#1 IncidentReopened#1",
    ),
    S(
        "no data does not end a cause",
        ((0, "break:gateway +session! +waiting"), (60, "blind:gateway")),
        "#1! gateway: session,waiting",
        "IncidentOpened#1",
    ),
    S(
        "our own network takes nothing over",
        ((0, "+waiting"), (10, "blind:gateway blind:database blind:bot"), (20, "+blind")),
        "#1 ?: waiting; #2 -: blind",
    ),
    S(
        "a cause that is seen again after a gap never ended",
        ((0, "break:gateway +session! +waiting"), (60, "blind:gateway"), (90, "break:gateway@0")),
        "#1! gateway: session,waiting",
        "IncidentOpened#1",
    ),
    S(
        "a cause that is gone after a gap has ended",
        ((0, "break:gateway +session! +waiting"), (60, "blind:gateway"), (90, "mend:gateway -session")),
        "#1 gateway: waiting effects",
    ),
    S(
        "its own alert keeps a fault open while it fires",
        ((0, "break:gateway +session! +waiting"), (60, "mend:gateway"), (120, "-session")),
        "#1 gateway: waiting effects",
        "IncidentOpened#1 CauseEnded#1",
    ),
    S("severity goes up with its worst alert", ((0, "+waiting"), (60, "+waiting!")), "#1! ?: waiting"),
    S("and down with it", ((0, "+waiting!"), (60, "+waiting")), "#1 ?: waiting"),
    S(
        "and down when the worst ends",
        ((0, "break:gateway +session! +waiting"), (5, "-session")),
        "#1 gateway: waiting",
    ),
    S(
        "a customer lost for a day stays in its incident",
        ((0, "+waiting!"), (86400, "+lost!"), (90000, "-waiting")),
        "#1! ?: lost",
    ),
    S(
        "a flood is the cause of who waits in it",
        ((0, "break:flood"), (60, "+waiting")),
        "#1 customer: waiting",
    ),
    S(
        "a bot that is down explains its webhook",
        ((0, "break:bot"), (10, "+timeouts"), (60, "+down!")),
        "#1! bot: down,timeouts",
    ),
    S(
        "a webhook explains no bot",
        ((0, "break:webhook"), (10, "+timeouts"), (60, "+down!")),
        "#1 webhook: timeouts; #2! ?: down",
    ),
    S(
        "a customer's trouble explains no gateway",
        ((0, "break:flood +waiting"), (60, "+deaf")),
        "#1 customer: waiting; #2 ?: deaf",
    ),
    S(
        "a host explains all",
        ((0, "break:host"), (10, "+cpu +down! +waiting +timeouts")),
        "#1! host: cpu,down,timeouts,waiting",
    ),
    S(
        "a host explains no database",
        ((0, "break:host"), (10, "+cpu"), (20, "+db-slow")),
        "#1 host: cpu; #2 ?: db-slow",
    ),
    S(
        "two alerts of one link are one incident",
        ((0, "break:database"), (10, "+db-slow"), (20, "+db!")),
        "#1! database: db,db-slow",
    ),
    S(
        "a second fault of its link joins the first",
        ((0, "break:gateway +session!"), (60, "+deaf")),
        "#1! gateway: deaf,session",
    ),
    S(
        "three faults, three incidents, effects with the first",
        ((0, "break:database"), (1, "break:gateway"), (2, "break:host"), (10, "+db! +session! +cpu +waiting!")),
        "#1 host: cpu; #2! database: db,waiting; #3! gateway: session",
    ),
    S(
        "trouble before both faults belongs to neither",
        ((0, "+waiting"), (300, "break:gateway break:database"), (310, "+db! +session!")),
        "#1 ?: waiting; #2! database: db; #3! gateway: session",
    ),
    S(
        "what ends in the tick in which it would join opens nothing",
        ((0, "break:gateway +session!"), (60, "+waiting"), (61, "-waiting mend:gateway -session")),
        "#1 over",
    ),
    S(
        "one ends while another begins in the same tick",
        ((0, "break:gateway +session!"), (60, "mend:gateway -session break:database +db!")),
        "#1 over; #2! database: db",
    ),
    S(
        "the other way round they stay two",
        ((0, "break:database +db!"), (60, "break:gateway +session!"), (120, "mend:database -db")),
        "#1 over; #2! gateway: session",
    ),
    S(
        "the effects of an ended fault stay when the other ends",
        (
            (0, "break:database +db! +waiting"),
            (60, "break:gateway +session!"),
            (120, "mend:database -db"),
            (180, "mend:gateway -session"),
        ),
        "#1 database: waiting effects; #2 over",
    ),
    S(
        "what began before a fault came back belongs to its incident, which was open then",
        ((0, "break:gateway +session!"), (100, "mend:gateway"), (200, "break:gateway"), (320, "+waiting@20")),
        "#1! gateway: session,waiting",
    ),
    S(
        "the same of a fault whose incident was resolved in between",
        (
            (0, "break:gateway +session!"),
            (100, "mend:gateway -session"),
            (300, "break:gateway +session!"),
            (320, "+waiting@20"),
        ),
        "#1! gateway: session,waiting",
    ),
    S(
        "what comes while the fault's own alert is kept firing is its effect",
        ((0, "break:gateway +session!"), (100, "mend:gateway"), (130, "+waiting@90"), (200, "-session")),
        "#1 gateway: waiting effects",
    ),
    S(
        "and so is what comes back with the fault, taken over by the effect's incident or not",
        (
            (0, "break:gateway +session!"),
            (100, "mend:gateway -session"),
            (110, "+waiting@100"),
            (300, "break:gateway +session!"),
            (320, "+slow@20"),
        ),
        "#1 over; #2! gateway: session,slow,waiting",
    ),
    S(
        "what began before the fault broke first does not, however often it came back",
        ((0, "break:gateway +session!"), (100, "mend:gateway"), (200, "break:gateway"), (320, "+waiting@-300")),
        "#1! gateway: session; #2 ?: waiting",
    ),
    S(
        "a flap of the link does not number anew",
        tuple((60.0 * n, "break:gateway +session!" if n % 2 == 0 else "mend:gateway -session") for n in range(9)),
        "#1! gateway: session",
    ),
)


def played(story: Story, shuffled: random.Random | None = None) -> Bench:
    bench = Bench(shuffled)
    for at, words in story.ticks:
        bench.tick(1000.0 + at, words.replace("@", "@") if "@" not in words else _shifted(words))
    return bench


def _shifted(words: str) -> str:
    """Times after @ count from the beginning, as those of the ticks do."""
    out = []
    for word in words.split():
        head, sign, since = word.partition("@")
        mark = "!" if since.endswith("!") else ""
        out.append(f"{head}@{1000.0 + float(since.rstrip('!'))}{mark}" if sign else word)
    return " ".join(out)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_timeline_gives_these_incidents(story: Story) -> None:
    bench = played(story)
    assert bench.incidents() == story.want
    if story.events:
        assert " ".join(bench.log) == story.events


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_order_within_a_tick_changes_nothing(story: Story) -> None:
    want = played(story)
    for seed in range(8):
        got = played(story, random.Random(seed))
        assert (got.incidents(), got.log) == (want.incidents(), want.log)


def test_a_tick_without_news_changes_nothing() -> None:
    for story in STORIES:
        bench = played(story)
        last = 1000.0 + story.ticks[-1][0]
        before = bench.state.seq
        bench.tick(last + 1.0, "")
        bench.tick(last + 2.0, "")
        assert bench.state.seq == before, story.name


def test_every_firing_alert_is_in_exactly_one_open_incident() -> None:
    chance = random.Random(7)
    words = [f"+{name}{mark}" for name, mark in itertools.product(RULES, ("", "!"))]
    words += [f"-{name}" for name in RULES] + [f"{do}:{name}" for do in ("break", "mend") for name in LINKS]
    for _round in range(60):
        bench = Bench()
        for step in range(25):
            some = chance.sample(words, 3)
            keys = [word.strip("+-!") for word in some]
            if len(set(keys)) == len(keys):
                bench.tick(1000.0 + 97.0 * step, " ".join(some))
            state = bench.state
            for alert in state.alerts.values():
                homes = [
                    one.number
                    for one in state.incidents.values()
                    if one.phase is Phase.FIRING and one.members.get(alert.key) == 0.0
                ]
                # What follows keeps the number of the incident that it followed, which may be over.
                assert homes == [alert.number] or (alert.follows and alert.number and not homes)
