"""Answers the requests of windows and commands."""

import secrets
from collections.abc import Awaitable, Callable, Sequence

from qualtui.engine.fix_runner import FixRunner
from qualtui.engine.incident_views import activity_view, incident_view
from qualtui.engine.journal import Entry, Journal
from qualtui.model import (
    Acknowledged,
    Activity,
    CustomerClosed,
    Event,
    Incident,
    Noted,
    NoticeQueued,
    Phase,
    Released,
    Severity,
    State,
)
from qualtui.probes.customers import EVERYBODY
from qualtui.store.activity import OURSELVES, line
from qualtui.store.errors import StoreError
from qualtui.store.fold import apply
from qualtui.text import _, clean, masked, plural
from qualtui.wire import (
    Acknowledge,
    AddNote,
    Answer,
    CloseCustomer,
    Customers,
    Done,
    Findings,
    IncidentDetail,
    ListCustomers,
    ListFixes,
    NoticeLog,
    Notices,
    NoticeView,
    PreviewFix,
    Refresh,
    Refused,
    Request,
    RunDoctor,
    RunFix,
    ShowIncident,
    StopFix,
    TestNotice,
    UndoFix,
)

History = Callable[[int], Awaitable[tuple[Event, ...]]]
CustomersOf = Callable[[ListCustomers, int], Awaitable[Customers | Refused]]  # at most so many
Examined = Callable[[], Awaitable[Findings]]

LISTED = 200  # waiting customers in a list; where one is looked for it is among all
LINES = 5_000  # of an incident's history, so that the answer fits into a frame ...
HEAD = 100  # ... of them the first
CONSONANTS = "bcdfghjkmnpqrstvwxz"  # of them a test's mark is made: digits in a row would be masked as a phone


class CommandHandler:
    """One method a request; each answer is a value, a refusal too."""

    def __init__(
        self,
        journal: Journal,
        fixing: FixRunner,
        clock: Callable[[], float],
        history: History,
        customers: CustomersOf,
        examined: Examined,
        refresh: Callable[[], None],
        queued: Callable[[], None],
        current: Callable[[Incident], Incident] = lambda incident: incident,
    ) -> None:
        self._journal = journal
        self._fixing = fixing
        self._clock = clock
        self._history = history
        self._customers = customers
        self._examined = examined
        self._refresh = refresh
        self._queued = queued
        self._current = current
        self.targets: tuple[str, ...] = ()
        self.agents: tuple[str, ...] = ()

    async def answer(self, request: Request) -> Answer:  # noqa: PLR0912 - a branch a request
        """The answer to a request."""
        ask, who = request.ask, clean(request.who, 40) or "?"
        agent = getattr(ask, "agent", "")
        if agent and agent not in self.agents:
            return Refused(_("no agent {!r}; there is: {}").format(clean(agent, 40), ", ".join(self.agents)))
        match ask:
            case Acknowledge():
                return await self._acknowledge(ask, who)
            case AddNote():
                return await self._note(ask, who)
            case Refresh():
                self._refresh()
                return Done(_("asking every probe now"))
            case PreviewFix():
                return await self._fixing.preview(ask.agent, ask.fix, ask.mode, ask.number)
            case RunFix():
                return await self._fixing.run(ask.token, who)
            case UndoFix():
                return await self._fixing.undo(ask.run, who)
            case StopFix():
                return await self._fixing.stop(ask.run, who)
            case ListFixes():
                return self._fixing.list(self._clock())
            case ShowIncident():
                return await self._show(ask.number)
            case TestNotice():
                return await self._test(ask.target, who)
            case NoticeLog():
                return self._notices()
            case ListCustomers():
                return await self._customers(ask, LISTED)
            case CloseCustomer():
                return await self._close_customer(ask, who)
            case RunDoctor():
                return await self._examined()
        return Refused(_("this engine does not know that request"))

    async def _acknowledge(self, ask: Acknowledge, who: str) -> Answer:
        refusal = ""

        def decision(state: State) -> tuple[Entry, ...]:
            nonlocal refusal
            incident = state.incidents.get(ask.number)
            if incident is None:
                # Numbers only go up, and of those given all that fire are known.
                old = ask.number < state.next_number
                refusal = (_("#{} is resolved") if old else _("no incident #{}")).format(ask.number)
            elif incident.phase is Phase.RESOLVED:
                refusal = _("#{} is resolved").format(ask.number)
            elif ask.release and incident.owner != who:
                refusal = _("#{} is not yours: {} has it").format(ask.number, incident.owner or _("nobody"))
            elif ask.release:
                return ((Released(ask.number, who), ""),)
            elif incident.owner == who:
                refusal = _("you have #{} already").format(ask.number)
            elif incident.owner != ask.expect:
                told = _("{} was first: has #{} already; `qualtui incidents ack {} --take` takes it")
                refusal = told.format(incident.owner or _("nobody"), ask.number, ask.number)
            else:
                return ((Acknowledged(ask.number, who), ""),)
            return ()

        await self._journal.decide(decision)
        if refusal:
            return Refused(refusal)
        word = _("nobody has #{} now") if ask.release else _("you have #{}")
        return Done(word.format(ask.number))

    async def _note(self, ask: AddNote, who: str) -> Answer:
        text = masked(clean(ask.text, 500))
        if not text:
            return Refused(_("the note is empty"))
        try:
            if not await self._known(ask.number):
                return Refused(_("no incident #{}").format(ask.number))
        except StoreError as error:
            return Refused(_("#{} can't be looked up: {}").format(ask.number, error))
        await self._journal.append((Noted(ask.number, who, text), ""))
        return Done(_("noted on #{}").format(ask.number))

    async def _close_customer(self, ask: CloseCustomer, who: str) -> Answer:
        """Closes one who waits; what came after the asker looked stays owed."""
        reason = masked(clean(ask.reason, 200))
        if not reason:
            return Refused(_("say how it was answered: a reason is needed"))
        told = await self._customers(ListCustomers(ask.agent), EVERYBODY)
        if isinstance(told, Refused):
            return told
        found = [one for one in told.customers if one.lead.startswith(ask.lead)] if ask.lead else []
        if len(found) != 1:
            word = _("{} customers begin with {!r}: give more of the id") if found else _("{1!r} does not wait")
            return Refused(word.format(len(found), clean(ask.lead, 40)))
        one = found[0]
        upto = min(ask.upto or one.last, one.last)
        body = CustomerClosed(ask.agent, one.lead, who, reason, upto)
        written = await self._journal.append((body, f"closed/{ask.agent}/{one.lead}/{upto:.6f}"))
        if not written:
            return Refused(_("{} was closed already").format(one.lead[:8]))
        self._refresh()
        if upto < one.last:
            return Done(_("noted; the customer has written again since and still waits"))
        return Done(_("{} is owed nothing more, unless it writes again").format(one.lead[:8]))

    async def _show(self, number: int) -> Answer:
        """The incident as it stands, else as its events tell it: they are kept for long after it has ended."""
        state = self._journal.state
        incident = state.incidents.get(number)
        try:
            told, lines = _retold(await self._history(number))
        except StoreError as error:
            if incident is None:
                return Refused(_("#{} can't be looked up: {}").format(number, error))
            unread = clean(_("its history can't be read: {}").format(error))
            told, lines = State(), (Activity(self._clock(), OURSELVES, unread),)
        found = incident or told.incidents.get(number)
        if found is None:
            return Refused(_("no incident #{}").format(number))
        history = tuple(activity_view(line) for line in lines)
        return IncidentDetail(incident_view(self._current(found), told if incident is None else state), history)

    async def _known(self, number: int) -> bool:
        """Whether there is, or ever was, such an incident. Raises StoreError where that can't be read."""
        return number in self._journal.state.incidents or bool(await self._history(number))

    async def _test(self, target: str, who: str) -> Answer:
        if target and target not in self.targets:
            known = ", ".join(self.targets) or _("none")
            return Refused(_("no target {!r}; there is: {}").format(target, known))
        names = (target,) if target else self.targets
        if not names:
            return Refused(_("the configuration names no target: see [notify.targets.NAME]"))
        mark = "".join(secrets.choice(CONSONANTS) for _letter in range(8))
        keys = tuple(f"test/{mark}/{name}" for name in names)
        entries = []
        for name, key in zip(names, keys, strict=True):
            body = _("{} asked for this test. Nothing is wrong.").format(who) + "\n" + _("key {}").format(key)
            queued = NoticeQueued(key, 0, name, "test", Severity.INFO, _("Test notice of qualtui"), body)
            entries.append((queued, f"notice/{key}"))
        await self._journal.append(*entries)
        self._queued()
        text = _("test notice queued for {}; `qualtui notify log` tells the outcome").format(", ".join(names))
        return Done(text, notices=keys)

    def _notices(self) -> Answer:
        newest = sorted(self._journal.state.notices.values(), key=lambda n: -n.queued_at)[:100]
        return Notices(
            tuple(
                NoticeView(n.key, n.target, n.kind, n.title, n.status, n.attempt, n.queued_at, n.reason)
                for n in newest
            )
        )


def _retold(events: Sequence[Event]) -> tuple[State, tuple[Activity, ...]]:
    """The fold of an incident's events alone, and all their lines, not only the newest."""
    state, lines = State(), []
    for event in events:
        said = line(state, event)
        lines += [] if said is None else [said]
        state = apply(state, event)
    left_out = len(lines) - LINES
    if left_out > 0:
        text = plural("{n} line in between is left out", "{n} lines in between are left out", left_out)
        gap = Activity(lines[HEAD].at, OURSELVES, text.format(n=left_out))
        lines[HEAD : HEAD + left_out] = [gap]
    return state, tuple(lines)
