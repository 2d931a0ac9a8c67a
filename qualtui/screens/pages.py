"""The pages that a key opens; each module is loaded when its page is wanted first."""

from collections.abc import Awaitable, Callable, Sequence

from qualtui.screens.listing import Keys
from qualtui.screens.page import Page
from qualtui.widgets.look import Look
from qualtui.wire import Answer

BARE = ("help", "doctor")  # need no agent


def open_page(
    name: str,
    agent: str,
    look: Look,
    ask: Callable[..., Awaitable[Answer | None]],  # an Ask, and for how long its answer is waited for
    keys: Keys,
    bindings: Sequence[tuple[str, str, str]],
) -> Page:
    """A new page. `bindings`: key, what it does, and its name, for the help. Raises KeyError: no such page."""
    match name:
        case "help":
            from qualtui.screens.help import Help

            return Help(look, bindings)
        case "customers":
            from qualtui.screens.customers import CustomersPage

            return CustomersPage(look, agent, ask, keys)
        case "doctor":
            from qualtui.screens.doctor import DoctorPage

            return DoctorPage(look, ask, keys)
        case "figures":
            from qualtui.screens.evidence import EvidencePage

            return EvidencePage(look, agent, keys)
    raise KeyError(name)
