"""Actions on one incident: acknowledge, release, snooze, note, silence, and undo of an acknowledgement."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App

from qualtui.screens.engine_port import Say
from qualtui.screens.feed import Feed
from qualtui.text import _, masked
from qualtui.widgets.line import BLANK, Line, Span, safe
from qualtui.widgets.look import Look
from qualtui.widgets.words import lasting
from qualtui.wire import (
    Acknowledge,
    AddNote,
    AddSilence,
    Answer,
    Command,
    Done,
    ExpireSilence,
    IncidentView,
    PreviewSilence,
    SilencePreview,
    SilenceView,
    SnoozeIncident,
    UndoAcknowledge,
)


class IncidentActions:
    """What a person does with the incident under the cursor. `ask` shows a refusal in the status row."""

    def __init__(
        self,
        app: App[Any],
        feed: Feed,
        look: Look,
        say: Say,
        ask: Callable[[Command], Awaitable[Answer | None]],
    ) -> None:
        self._app = app
        self._feed = feed
        self._look = look
        self._say = say
        self._ask = ask

    def restyle(self, look: Look) -> None:
        """The look of the next dialogs."""
        self._look = look

    async def have(self, incident: IncidentView) -> None:
        """Acknowledge the incident, or take it over; on one's own, give a sign of work on it."""
        await self._do(Acknowledge(incident.number, expect=incident.owner))

    async def snooze(self, incident: IncidentView) -> None:
        """Acknowledge the incident, without reminders for a while."""
        await self._do(SnoozeIncident(incident.number, expect=incident.owner))

    async def release(self, incident: IncidentView) -> None:
        """Give up the incident; asks, because colleagues are called again."""
        from qualtui.screens.dialog import Confirm

        lines: list[Line] = [
            (Span(f"#{incident.number} {safe(incident.summary)}", "text"),),
            (Span(_("While no one owns it, whoever is on call is called, step by step."), "label"),),
        ]
        title = _("No one owns #{n} any more").format(n=incident.number)
        if await self._app.push_screen_wait(Confirm(self._look, title, lines, _("Release it"))):
            await self._do(Acknowledge(incident.number, release=True))
        else:
            self._say(_("Nothing was changed."), "label")

    async def undo(self, incident: IncidentView) -> None:
        """Undo one's own acknowledgement: the incident is owned, or escalated, as before."""
        await self._do(UndoAcknowledge(incident.number))

    async def note(self, incident: IncidentView) -> None:
        """Add a note to the incident."""
        from qualtui.screens.dialog import Note

        title = _("Note on incident {n}").format(n=incident.number)
        hint = _("Everyone here can read it; phone numbers are masked. Enter saves it, Esc cancels.")
        text = await self._app.push_screen_wait(Note(self._look, title, hint))
        if text:
            await self._do(AddNote(incident.number, masked(text)))

    async def silence(self, incident: IncidentView) -> None:
        """Send no notice of the incident's cause for a while; where it is silenced, end that. Asks first."""
        matchers = (f'incident="{incident.number}"',)
        snapshot = self._feed.sight.snapshot
        runs = next((one for one in (snapshot.silences if snapshot else ()) if one.matchers == matchers), None)
        if runs is not None:
            return await self._end_silence(incident, runs)
        shown = await self._ask(PreviewSilence(matchers))
        if not isinstance(shown, SilencePreview):
            return None
        from qualtui.screens.silence_dialog import SilenceDialog

        zone = snapshot.zone if snapshot else "UTC"
        dialog = SilenceDialog(self._look, incident.number, shown, self._feed.now, zone)
        chosen = await self._app.push_screen_wait(dialog)
        if chosen is not None:
            await self._do(AddSilence(matchers, chosen.seconds, masked(chosen.reason)))
        return None

    async def _end_silence(self, incident: IncidentView, runs: SilenceView) -> None:
        from qualtui.screens.dialog import Confirm

        left = lasting(max(0.0, runs.until - self._feed.now()))
        lines: list[Line] = [
            (
                Span(
                    _("{who} silenced it: {reason}").format(who=safe(runs.author, 60), reason=safe(runs.reason)),
                    "text",
                ),
            ),
            (Span(_("It would end by itself in {left}.").format(left=left), "label"),),
            BLANK,
            (Span(_("What fires and was not notified is notified then."), "label"),),
        ]
        title = _("Notices of #{n} are sent again from now on").format(n=incident.number)
        if await self._app.push_screen_wait(Confirm(self._look, title, lines, _("End the silence"))):
            await self._do(ExpireSilence(runs.id))
        else:
            self._say(_("Nothing was changed."), "label")

    async def _do(self, ask: Command) -> None:
        answer = await self._ask(ask)
        if isinstance(answer, Done):
            self._say(safe(answer.text, 400), "good")
