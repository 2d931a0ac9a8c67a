"""Actions: what a person does from the window; each sends a command and shows the result in one line.

Those on an incident alone stand in incident_actions.py.
"""

from typing import Any

import msgspec
from textual.app import App

from qualtui.client import ClientError
from qualtui.screens.engine_port import Say
from qualtui.screens.feed import Feed
from qualtui.screens.incident_actions import IncidentActions
from qualtui.text import _, masked
from qualtui.text.message import message
from qualtui.widgets.line import BLANK, Line, Span, safe
from qualtui.widgets.look import Look
from qualtui.widgets.words import age, clock
from qualtui.wire import (
    Answer,
    CancelSchedule,
    CloseCustomer,
    Command,
    Done,
    Fixes,
    IncidentView,
    ListFixes,
    Preview,
    PreviewFix,
    Refresh,
    Refused,
    RunFix,
    RunningView,
    RunView,
    ScheduleFix,
    StartPolicies,
    StopFix,
    StopPolicies,
    UndoFix,
)

_PREVIEW_TIME = 20.0  # seconds
_RUN_TIME = 60.0


class Actions:
    """The actions of one window. None of them raises because of the engine."""

    def __init__(self, app: App[Any], feed: Feed, look: Look, say: Say) -> None:
        self._app = app
        self._feed = feed
        self._look = look
        self._say = say

    def restyle(self, look: Look) -> None:
        """The look of the next dialogs."""
        self._look = look

    async def ask(self, ask: Command, timeout: float = 20.0) -> Answer | None:
        """Return the engine's answer; None, with a line in the status row, if there is none or it is a refusal."""
        try:
            answer = await self._feed.ask(ask, timeout)
        except (ClientError, OSError) as error:
            self._say(safe(error.said if isinstance(error, ClientError) else str(error), 300), "crit")
            return None
        if isinstance(answer, Refused):
            self._say(safe(answer.text, 400), "warn")
            return None
        return answer

    async def answered(self, customer: CloseCustomer | None) -> None:
        """Close a customer who was answered by hand; ask how."""
        if customer is None:
            return self._say(_("Choose a customer on the customers page first."), "label")
        from qualtui.screens.dialog import Note

        title = _("Answered by hand: this customer no longer waits")
        hint = _("How? Everyone here can read it; phone numbers are masked. Enter saves it, Esc cancels.")
        reason = await self._app.push_screen_wait(Note(self._look, title, hint))
        if reason:
            answer = await self.ask(msgspec.structs.replace(customer, reason=masked(reason)))
            if isinstance(answer, Done):
                self._say(safe(answer.text, 400), "good")
        return None

    async def reveal(self, customer: CloseCustomer | None) -> None:
        """Show the phone number of a customer for a while, once a reason is chosen."""
        if customer is None:
            return self._say(_("Choose a customer on the customers page first."), "label")
        from qualtui.screens.reveal import RevealDialog

        dialog = RevealDialog(self._look, customer.agent, customer.lead, self.ask, self._feed.now)
        await self._app.push_screen_wait(dialog)
        return None

    async def refresh(self) -> None:
        """Poll every probe now."""
        answer = await self.ask(Refresh())
        if isinstance(answer, Done):
            self._say(safe(answer.text, 400), "label")

    async def fix(self, incident: IncidentView | None) -> None:
        """Preview, confirm and run the incident's fix, or else the fix that NOW offers."""
        view = self._feed.sight.view
        name, agent, number = "", "", 0
        if view is not None and view.now.fix and incident is not None and incident.number == view.now.number:
            # NOW knows the cause; the incident only knows the fix of its rule.
            name, agent, number = view.now.fix, view.name, view.now.number
        elif incident is not None and incident.fix:
            name, agent, number = incident.fix, incident.agent, incident.number
        elif view is not None and view.now.fix:
            name, agent, number = view.now.fix, view.name, view.now.number
        await self.offer(name, agent, number)

    async def offer(self, name: str, agent: str, number: int = 0) -> None:
        """Preview, confirm and run this fix."""
        self._say(_("Preparing the preview ..."), "faint")
        answer = await self.ask(PreviewFix(name, agent, number=number), _PREVIEW_TIME)
        if isinstance(answer, Preview):
            then = await self._following(answer, number)
            self._say("", "text")
            await (self._confirm(answer, number) if then is None else self._confirm_both(answer, then, number))

    async def _following(self, first: Preview, number: int) -> Preview | None:
        """The preview of the fix that follows, where that has somebody to answer."""
        from qualtui.screens.fix_chain import THEN

        name = THEN.get(first.fix, "")
        if not name or not first.token:
            return None
        try:
            answer = await self._feed.ask(PreviewFix(name, first.agent, number=number), _PREVIEW_TIME)
        except (ClientError, OSError):
            return None  # the first step needs no second one
        return answer if isinstance(answer, Preview) and answer.total else None

    async def _confirm_both(self, first: Preview, second: Preview, number: int) -> None:
        """Run two fixes after one confirmation; the second only as it was shown, else it is confirmed again."""
        from qualtui.screens.dialog import Confirm
        from qualtui.screens.fix_chain import chain_lines, chain_title, still_as_shown

        lines = chain_lines(first, second, self._look)
        dialog = Confirm(self._look, chain_title(first, second), lines, _("Run both"))
        if not await self._app.push_screen_wait(dialog):
            return self._say(_("Nothing was changed."), "label")
        self._say(_("Running ..."), "faint")
        done = await self.ask(RunFix(first.token), _RUN_TIME)
        if not isinstance(done, Done):
            return None  # the reason stands in the status row; no one is written to
        self._say(safe(done.text, 400), "good")
        now = await self.ask(PreviewFix(second.fix, second.agent, number=number), _PREVIEW_TIME)
        if not isinstance(now, Preview):
            return None
        if not still_as_shown(second, now):
            return await self._confirm(now, number)
        answer = await self.ask(RunFix(now.token), _RUN_TIME)
        if isinstance(answer, Done):
            self._say(safe(answer.text, 400), "good")
        return None

    async def _confirm(self, preview: Preview, number: int = 0) -> None:
        from qualtui.screens.dialog import Confirm, preview_lines

        run = _("Run it") if preview.token else ""
        if preview.later_at and not preview.token:
            return await self._schedule(preview, number)
        dialog = Confirm(self._look, preview.title, preview_lines(preview, self._look), run, preview.refused)
        if not await self._app.push_screen_wait(dialog):
            return self._say(_("Nothing was changed."), "label")
        self._say(_("Running ..."), "faint")
        answer = await self.ask(RunFix(preview.token), _RUN_TIME)
        if isinstance(answer, Done):
            back = "   " + _("u: undo") if answer.run else ""
            self._say(safe(answer.text, 400) + back, "good")
        return None

    async def _schedule(self, preview: Preview, number: int) -> None:
        """Offer to run a fix when contact hours begin."""
        from qualtui.screens.dialog import Confirm, preview_lines

        zone = self._feed.sight.snapshot.zone if self._feed.sight.snapshot else "UTC"
        title = message("Answers {count:whole} at {time}", count=preview.later, time=clock(preview.later_at, zone))
        lines: list[Line] = [(Span(safe(preview.refused, 300), "label"),), BLANK]
        dialog = Confirm(self._look, title, [*lines, *preview_lines(preview, self._look)], _("Schedule it"))
        if not await self._app.push_screen_wait(dialog):
            return self._say(_("Nothing was changed."), "label")
        answer = await self.ask(ScheduleFix(preview.fix, preview.agent, number), _PREVIEW_TIME)
        if isinstance(answer, Done):
            self._say(safe(answer.text, 400), "good")
        return None

    async def stop(self) -> None:
        """Stop the running fix: of the agent on the screen, if it has one that can be stopped."""
        view, snapshot = self._feed.sight.view, self._feed.sight.snapshot

        def last(run: RunningView) -> tuple[bool, bool]:
            return not run.stoppable, view is None or run.agent != view.name

        run = min(snapshot.running if snapshot else (), key=last, default=None)
        if run is None and snapshot is not None and snapshot.scheduled:
            here = [one for one in snapshot.scheduled if view is not None and one.agent == view.name]
            answer = await self.ask(CancelSchedule((here or snapshot.scheduled)[0].id))
            if isinstance(answer, Done):
                self._say(safe(answer.text, 400), "good")
            return
        answer = await self.ask(
            StopFix(run.run if run is not None else "")
        )  # not on the screen yet: the engine knows
        if isinstance(answer, Done):
            self._say(safe(answer.text, 400), "good")

    async def automatic(self) -> None:
        """Stop all automatic fixes at once; where they are stopped, ask and start them again."""
        snapshot = self._feed.sight.snapshot
        stopped = snapshot is not None and snapshot.engine.fixes_stopped_until > snapshot.at
        if stopped:
            from qualtui.screens.dialog import Confirm

            lines: list[Line] = [
                (Span(_("Fixes run by themselves again, as their policies say."), "text"),),
                (Span(_("Circuit breakers that are open close."), "faint"),),
            ]
            dialog = Confirm(self._look, _("Start automatic fixes again"), lines, _("Start"))
            if not await self._app.push_screen_wait(dialog):
                return self._say(_("Nothing was changed."), "label")
        answer = await self.ask(StartPolicies() if stopped else StopPolicies())
        if isinstance(answer, Done):
            self._say(safe(answer.text, 400), "good")
        return None

    async def undo(self, incidents: IncidentActions) -> None:
        """Undo the newest act that can still be undone: the person's own acknowledgement, or a fix."""
        answer = await self.ask(ListFixes())
        runs = answer.runs if isinstance(answer, Fixes) else ()
        run = max((run for run in runs if run.can_undo and not run.undone), key=_started, default=None)
        taken = self._taken()
        if taken is not None and (run is None or run.started_at <= (taken.taken_at or 0.0)):
            return await incidents.undo(taken)
        if run is None:
            if isinstance(answer, Fixes):
                self._say(_("Nothing of yours to undo."), "label")
            return None
        from qualtui.screens.dialog import Confirm

        lines: list[Line] = [
            (Span(_("Fix") + "  ", "label"), Span(f"{safe(run.fix, 60)}  {safe(run.agent, 60)}", "text")),
            (Span(_("Run by") + "  ", "label"), Span(f"{safe(run.who, 60)}  {self._ago(run)}", "text")),
            (Span(_("Result") + "  ", "label"), Span(safe(run.summary, 300), "text")),
            BLANK,
            (Span(_("Undoes only what is still safe to undo."), "faint"),),
        ]
        title = _("Undoes {fix} on {agent}").format(fix=safe(run.fix, 60), agent=safe(run.agent, 60))
        if await self._app.push_screen_wait(Confirm(self._look, title, lines, _("Undo it"))):
            done = await self.ask(UndoFix(run.run), _RUN_TIME)
            if isinstance(done, Done):
                self._say(safe(done.text, 400), "good")
        else:
            self._say(_("Nothing was changed."), "label")
        return None

    def _taken(self) -> IncidentView | None:
        """The incident that this person acknowledged last, if that can be undone."""
        sight = self._feed.sight
        mine = [one for one in sight.incidents if one.owner == sight.who and one.taken_at is not None]
        return max(mine, key=lambda one: one.taken_at or 0.0, default=None)

    def _ago(self, run: RunView) -> str:
        snapshot = self._feed.sight.snapshot
        return _("{age} ago").format(age=age(snapshot.at, run.started_at)) if snapshot else ""


def _started(run: RunView) -> float:
    return run.started_at
