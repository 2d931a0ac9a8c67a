"""The guard at the bot's webhook: who may post, how often, and that no customer's message is lost.

Two lines in the bot: `from qualtui.guard import Guard`, `app.wsgi_app = Guard(app.wsgi_app, "guard.toml")`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qualtui.guard.middleware import Guard

__all__ = ["Guard"]


def __getattr__(name: str) -> object:
    """Import the middleware only where it is used: the command line needs none of its libraries."""
    if name != "Guard":
        raise AttributeError(name)
    try:
        from qualtui.guard.middleware import Guard
    except ModuleNotFoundError as error:
        raise ImportError(f"the guard needs {error.name}: pip install 'qualtui[guard]'") from error
    return Guard
