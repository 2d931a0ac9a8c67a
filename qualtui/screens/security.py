"""Security: what is known now of who gets in, and what a guard before the webhook would add."""

from textual.app import ComposeResult

from qualtui.model.findings import Finding
from qualtui.screens.doctor import DoctorPage
from qualtui.screens.pages import PageContext
from qualtui.text import _
from qualtui.widgets.line import Line, faded
from qualtui.widgets.lines import Lines
from qualtui.widgets.security_rows import concerns, guard_lines, measured_lines


class SecurityPage(DoctorPage):
    """The doctor's findings about access and secrets, below what is measured; the guard is not there yet."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._agent = context.agent

    def above(self) -> ComposeResult:
        """What the guard would know, and what is measured."""
        yield Lines(self.look, id="guard")

    def agents(self) -> tuple[str, ...]:
        """The agent whose figures are shown."""
        return (self._agent,) if self._agent else ()

    def heading(self) -> str:
        """What the head of the findings begins with."""
        return _("Checked by the doctor")

    def chosen(self) -> tuple[Finding, ...]:
        """Of the doctor's findings those about access and secrets, of this agent."""
        found = super().chosen()
        return tuple(one for one in found if concerns(one) and one.agent in {"", self._agent})

    def fill(self) -> None:
        """The guard's part and what is measured stand above the findings."""
        agent = self.sight.detail(self._agent)
        lines: list[Line] = guard_lines(self._agent, self.size.width, self.look)
        measured = measured_lines(agent, self.now, self.look) if agent is not None else []
        lines += measured if self.sight.watched else faded(measured, self.look.glyphs.good)
        self.query_one("#guard", Lines).show(lines)
        super().fill()
