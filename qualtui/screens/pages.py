"""The registry of pages: what a key opens. A new page is one file, a line here, and its key in config/keys.py."""

from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import NamedTuple

from textual.binding import BindingType

from qualtui.screens.page import Page
from qualtui.widgets.bindings import binding
from qualtui.widgets.look import Look
from qualtui.wire import Answer

Keys = Callable[[Sequence[str]], list[tuple[str, str]]]  # of bindings' ids: the key, and what it does
Ask = Callable[..., Awaitable[Answer | None]]  # a Command, and for how many seconds its answer is waited for


class PageContext(NamedTuple):
    """What a page is given. `agent`: whose page it is.

    For the help: `named` is key, what it does, and its id; `here` are the keys of the page below it.
    """

    look: Look
    agent: str
    ask: Ask
    keys: Keys
    named: Sequence[tuple[str, str, str]] = ()
    here: Sequence[tuple[str, str]] = ()


class PageSpec(NamedTuple):
    """A page that a key opens. `id` is the binding's too; `title` is English, translated where it is shown.

    `place`: module and class, loaded when the page is opened first. `bare`: needs no agent.
    """

    id: str
    title: str
    place: str
    bare: bool = False


PAGES = (
    PageSpec("help", "help", "qualtui.screens.help:Help", bare=True),
    PageSpec("customers", "who waits", "qualtui.screens.customers:CustomersPage"),
    PageSpec("incidents", "incidents", "qualtui.screens.incidents:IncidentsPage", bare=True),
    PageSpec("machines", "machines", "qualtui.screens.machines:MachinesPage"),
    PageSpec("failures", "failures", "qualtui.screens.failures:FailuresPage"),
    PageSpec("sessions", "sessions", "qualtui.screens.sessions:SessionsPage"),
    PageSpec("notices", "notices", "qualtui.screens.notices:NoticesPage", bare=True),
    PageSpec("security", "security", "qualtui.screens.security:SecurityPage"),
    PageSpec("activity", "everything done", "qualtui.screens.activity:ActivityPage", bare=True),
    PageSpec("handover", "handover", "qualtui.screens.handover:HandoverPage", bare=True),
    PageSpec("wall", "wall", "qualtui.screens.wall:WallPage", bare=True),
    PageSpec("doctor", "doctor: check every link", "qualtui.screens.doctor:DoctorPage", bare=True),
    PageSpec("figures", "evidence: every figure", "qualtui.screens.evidence:EvidencePage"),
)


def page_bindings() -> list[BindingType]:
    """A key for each page."""
    return [binding(spec.id, f"page('{spec.id}')", spec.title) for spec in PAGES]


def spec_of(name: str) -> PageSpec:
    """The page with this id. Raises StopIteration where there is none."""
    return next(spec for spec in PAGES if spec.id == name)


def open_page(spec: PageSpec, context: PageContext) -> Page:
    """A new page; its module is loaded here."""
    module, _colon, name = spec.place.partition(":")
    page: Page = getattr(import_module(module), name)(context)
    page.id = spec.id
    return page
