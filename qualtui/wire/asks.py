"""What a window or a command may ask of the engine."""

import msgspec

EXAMINING = 30.0  # s that an examination takes at most; whoever asks for one waits a little longer


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """First frame of a client. `watch`: it wants snapshots; `window` counts it as somebody looking."""

    version: int
    watch: bool
    window: bool
    who: str = ""


class Acknowledge(msgspec.Struct, frozen=True, tag="acknowledge"):
    """I've got it; `release` gives it back. `expect` is the owner the asker saw: who was first is told."""

    number: int
    expect: str = ""
    release: bool = False


class AddNote(msgspec.Struct, frozen=True, tag="note"):
    """A remark on an incident."""

    number: int
    text: str


class Refresh(msgspec.Struct, frozen=True, tag="refresh"):
    """Ask every probe now."""


class PreviewFix(msgspec.Struct, frozen=True, tag="fix.preview"):
    """What would this remedy do?"""

    fix: str
    agent: str
    mode: str = ""  # session-cleanup: truth (default) or row
    number: int = 0


class RunFix(msgspec.Struct, frozen=True, tag="fix.run"):
    """Run what was previewed: the token binds the run to the preview and can be used once."""

    token: str


class UndoFix(msgspec.Struct, frozen=True, tag="fix.undo"):
    """Take a run back."""

    run: str


class StopFix(msgspec.Struct, frozen=True, tag="fix.stop"):
    """End a run between two of its steps; once more changes nothing."""

    run: str = ""  # empty: the only one under way


class ListFixes(msgspec.Struct, frozen=True, tag="fix.list"):
    """The remedies, and the newest runs."""


class ShowIncident(msgspec.Struct, frozen=True, tag="incident.show"):
    """All that is known of one incident."""

    number: int


class TestNotice(msgspec.Struct, frozen=True, tag="notice.test"):
    """Send a test notice to a target (empty: to all)."""

    target: str = ""


class NoticeLog(msgspec.Struct, frozen=True, tag="notice.log"):
    """The newest notices and what became of them."""


class ListCustomers(msgspec.Struct, frozen=True, tag="customers"):
    """The waiting customers of an agent, phones masked: fetched on demand, never stored.

    `backlog`: those instead who were silent since long before the first start.
    """

    agent: str
    backlog: bool = False


class CloseCustomer(msgspec.Struct, frozen=True, tag="customer.close"):
    """A waiting customer was answered by hand: owed nothing more, unless something came after `upto`."""

    agent: str
    lead: str  # the id, or how it begins
    reason: str
    upto: float = 0.0  # `last` of the CustomerView that was looked at; 0: as it stands now


class RunDoctor(msgspec.Struct, frozen=True, tag="doctor"):
    """Every link and permission tried by the doctor, nothing changed."""


Command = (
    Hello
    | Acknowledge
    | AddNote
    | Refresh
    | PreviewFix
    | RunFix
    | UndoFix
    | StopFix
    | ListFixes
    | ShowIncident
    | TestNotice
    | NoticeLog
    | ListCustomers
    | CloseCustomer
    | RunDoctor
)
