"""Rows and chats against the truth: customers, a bot, a gateway and a person with a phone, in any order."""

import heapq
import itertools
from collections.abc import Callable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.tracking.chat_corrections import Known, heard_until, with_chats, with_heard
from qualtui.tracking.deliverability import Deliverability
from qualtui.tracking.gateway_chats import CLOCKS, SETTLE, ChatMessage, Chats, with_messages, with_page
from qualtui.tracking.identity import chat_key
from qualtui.tracking.ledger import RowPage, advance, begun, current, packed, unpacked
from qualtui.tracking.replies import PendingReply, ReplyRow, ReplyState, RowKind

BORN = 1_000_000.0
TICK, READ_EVERY = 15.0, 30.0
PAGED = 600.0  # s: customers-waiting is CRITICAL
SLACK = 130.0  # s by which a wait may be told late or early: a read, a look, a queue


class Person:
    """A customer in truth."""

    def __init__(self, place: int) -> None:
        self.lead = f"lead{place}"
        self.chat = f"55119{place:08}@c.us"
        self.stored = False
        self.said: list[ChatMessage] = []
        self.since: float | None = None  # waits in truth
        self.open_at = 0.0  # and did so then
        self.late = False  # a message was stored after it had been answered: then it waits until the bot answers

    def wrote(self, now: float) -> None:
        self.said.append(ChatMessage(float(int(now)), ours=False))
        self.since = self.since or now

    def got(self, now: float, ack: int) -> None:
        self.said.append(ChatMessage(float(int(now)), ours=True, ack=ack))
        if ack > 0:
            self.since = None


class World:
    """What happens, and when; the rows and the chats that it leaves."""

    def __init__(self) -> None:
        self.now = BORN
        self.people = [Person(place) for place in range(3)]
        self.rows: list[ReplyRow] = []
        self.database = self.gateway = self.overview = True
        self._ties = itertools.count()  # two things at one instant happen in the order in which they were planned
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self.blind = 0.0  # when something could not be read
        self._broken: list[tuple[float, float]] = []

    def at(self, after: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + after, next(self._ties), act))

    def run(self, until: float) -> None:
        while self._due and self._due[0][0] <= until:
            self.now, _place, act = heapq.heappop(self._due)
            act()
        self.now = until

    def word(self, at: float) -> Deliverability:
        broken = any(begin <= at < end for begin, end in self._broken) or (not self.gateway and at >= self._since)
        return Deliverability.BROKEN if broken else Deliverability.WORKING

    def store(self, person: Person, what: RowKind) -> None:
        if not self.database:
            return
        person.late = person.late or (what is RowKind.RECEIVED and person.since is None)
        if not person.stored:
            person.stored = True
            self.rows.append(ReplyRow(self.now, RowKind.LEAD, person.lead, person.lead))
        self.rows.append(ReplyRow(self.now, what, f"row{len(self.rows)}", person.lead, f"session-{person.lead}"))

    def writes(self, person: Person, fate: str) -> None:
        """The customer writes; `fate` is what the bot makes of it."""
        if not self.gateway:
            return  # WhatsApp keeps it until the gateway is back; nobody can know of it
        person.wrote(self.now)
        if fate == "lost":
            return
        wait = 100.0 if fate == "queued" else 1.0
        self.at(wait, lambda: self.store(person, RowKind.RECEIVED))
        if fate != "stored":
            self.at(wait + (25.0 if fate == "refused" else 8.0), lambda: self._sends(person, fate))

    def _sends(self, person: Person, fate: str) -> None:
        if self.gateway and fate != "refused":
            person.got(self.now, 0 if fate == "pending" else 2)
        self.at(0.3, lambda: self.store(person, RowKind.SENT))

    def phone(self, person: Person) -> None:
        if self.gateway:
            person.got(self.now, 2)

    def online(self) -> None:
        """What was pending is taken."""
        for person in self.people:
            person.said = [msgspec.structs.replace(one, ack=2) if one.ours else one for one in person.said]
            heard = max((place for place, one in enumerate(person.said) if one.ours), default=-1)
            if person.since is not None and heard >= 0:
                person.since = next((one.at for one in person.said[heard + 1 :]), None)

    def fail(self, *, fails: bool) -> None:
        if fails and self.gateway:
            self._since = self.now
        elif not fails and not self.gateway:
            self._broken.append((self._since, self.now))
        self.gateway = not fails


class Monitor:
    """The product's own judgement."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = begun(BORN, 10.0, BORN, 20.0)
        self.chats = Chats()
        self._read = 0
        self._next = BORN

    def restart(self) -> None:
        self.ledger = unpacked(packed(self.ledger))
        self.chats = Chats()

    def look(self) -> dict[str, PendingReply]:
        """Who waits, by lead or number."""
        world = self.world
        if world.gateway and world.overview and world.now >= self._next:
            self._next = world.now + READ_EVERY
            self._read_chats()
        if world.database:
            rows, self._read = world.rows[self._read :], len(world.rows)
            leads = RowPage(tuple(row for row in rows if row.what is RowKind.LEAD))
            messages = RowPage(tuple(row for row in rows if row.what is not RowKind.LEAD))
            self.ledger = advance(self.ledger, messages, leads, world.now, world.word)
        return self._told().owed

    def _read_chats(self) -> None:
        now = self.world.now
        told = [(one.chat, one.said[-1]) for one in self.world.people if one.said]
        self.chats = with_page(self.chats, told, now)
        found = {}
        for person in self.world.people:
            key = chat_key(person.chat)
            chat = self.chats.open.get(key)
            if chat is not None and not chat.looked and now - (chat.since or now) > SETTLE:
                seen = with_messages(chat, person.said[-20:])
                found[key] = msgspec.structs.replace(seen, looked=seen.looked and now - chat.last.at > SETTLE)
        self.chats = self.chats.having(found, now)

    def _told(self) -> ReplyState:
        book = current(self.ledger, self.world.now, self.world.word)
        numbers = {one.lead: chat_key(one.chat) for one in self.world.people}
        heard = {lead: at for lead, at in self.ledger.heard.items() if lead in book.owed}
        heard |= heard_until(book, self.chats, numbers)
        self.ledger = msgspec.structs.replace(self.ledger, heard=heard)
        known = {key: self._known(key) for key in self.chats.waiting(BORN)}
        fresh = self.world.now - self.chats.read_at <= 3 * READ_EVERY
        return with_chats(with_heard(book, heard), self.chats, numbers, known, str, BORN, fresh=fresh)

    def _known(self, key: str) -> Known | None:
        person = next(one for one in self.world.people if chat_key(one.chat) == key)
        since = self.chats.open[key].last.at - CLOCKS
        mine = [row for row in self.world.rows[: self._read] if row.lead == person.lead]
        if not mine:
            return None
        newest = {
            what: max((row.at for row in mine if row.what is what and row.at >= since), default=None)
            for what in RowKind
        }
        return Known(person.lead, newest[RowKind.RECEIVED], newest[RowKind.SENT])


FATES = ["answered", "lost", "stored", "refused", "pending", "queued"]
STEPS = st.one_of(
    st.tuples(st.just("writes"), st.integers(0, 2), st.sampled_from(FATES)),
    st.tuples(st.just("phone"), st.integers(0, 2), st.just("")),
    st.tuples(
        st.sampled_from(["online", "restart", "database", "gateway", "overview"]), st.booleans(), st.just("")
    ),
)


def play(world: World, monitor: Monitor, step: tuple[str, int, str]) -> None:
    what, which, fate = step
    if what == "writes":
        world.writes(world.people[which], fate)
    elif what == "phone":
        world.phone(world.people[which])
    elif what == "online":
        world.online()
    elif what == "restart":
        monitor.restart()
    elif what == "gateway":
        world.fail(fails=not which)
    else:
        setattr(world, what, bool(which))


def names(world: World, owed: dict[str, PendingReply]) -> dict[str, float]:
    """Since when each is said to wait, by lead. Nobody is told twice."""
    by = {chat_key(one.chat): one.lead for one in world.people}
    told = [by.get(name, name) for name in owed]
    assert len(told) == len(set(told)), f"told twice: {told}"
    return {by.get(name, name): one.since for name, one in owed.items()}


def pass_by(world: World, monitor: Monitor, seconds: float) -> None:
    """Time goes on; nobody is paged about one who does not wait so long, where both witnesses are heard."""
    end = world.now + seconds
    while world.now < end:
        world.run(min(end, world.now + TICK))
        if not (world.database and world.gateway and world.overview):
            world.blind = world.now
        told = names(world, monitor.look())
        for person in world.people:
            if person.since is not None:
                person.open_at = world.now
            since = told.get(person.lead, world.now)
            if (
                not person.late
                and world.now - since > PAGED
                and world.now - max(world.blind, person.open_at) > SLACK
            ):
                raise AssertionError(f"{person.lead} is answered")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([3.0, 20.0, 70.0, 200.0, 700.0]), STEPS), max_size=12))
def test_who_waits_in_truth_is_told_and_nobody_else(story: list[tuple[float, tuple[str, int, str]]]) -> None:
    world = World()
    monitor = Monitor(world)
    ends = [("database", 1, ""), ("gateway", 1, ""), ("overview", 1, "")]
    for gap, step in [*story, *((0.0, end) for end in ends)]:
        pass_by(world, monitor, gap)
        play(world, monitor, step)
    pass_by(world, monitor, 400.0)
    told = names(world, monitor.look())
    for person in world.people:
        assert person.late or (person.lead in told) is (person.since is not None)
        assert person.late or abs(told.get(person.lead, 0.0) - (person.since or 0.0)) <= SLACK
