"""What a health check says of itself and of its services, in whatever words."""

from collections.abc import Callable, Mapping

import msgspec

from qualtui.gateways.registry import KINDS
from qualtui.http import Answer
from qualtui.text import clean, masked
from qualtui.text.message import Text, message

# In capitals or not; config.toml names them. To the deep check any word but those of WELL is a bad one. /health
# speaks of the whole bot, which a service with a word that no one knows does not break: with one of these it does.
DOWN = {
    *("down", "error", "unhealthy", "disconnected", "offline", "stopped", "false", "failed", "fail", "failing"),
    *("unavailable", "unreachable", "refused", "timeout", "critical", "dead"),
}
WELL = {
    *("ok", "up", "healthy", "connected", "working", "online", "running", "true"),
    *("alive", "available", "active", "ready", "pass", "success"),
}
_KEYS = ("status", "healthy", "ok")  # under which an object has its word
_LINKS = {
    "database": {"database", "db", "postgres", "postgresql", "supabase"},
    "gateway": {"gateway", "whatsapp", *KINDS},
}  # links that we ask ourselves, by the names that services have


class _Body(msgspec.Struct, frozen=True):
    status: object = msgspec.UNSET
    services: object = None


_body = msgspec.json.Decoder(_Body)


class HealthAnswer(msgspec.Struct, frozen=True):
    """A health check's answer. A word or a service that it does not have says nothing."""

    word: str | None  # for the whole
    services: Mapping[str, str]  # by name

    @property
    def bad(self) -> str:
        """The word for the whole where it is a bad one, else empty."""
        return f"says {clean(masked(self.word), 60)}" if self.word is not None and not well(self.word) else ""

    @property
    def broken(self) -> tuple[str, ...]:
        """The services that are not well, each with its word."""
        return self._named(lambda word: not well(word))

    @property
    def down(self) -> tuple[str, ...]:
        """The services with a word that says for certain that they are down."""
        return self._named(lambda word: word.strip().lower() in DOWN)

    def _named(self, bad: Callable[[str], bool]) -> tuple[str, ...]:
        return tuple(clean(masked(f"{name} {word}"), 40) for name, word in self.services.items() if bad(word))

    def link(self, name: str) -> float | None:
        """1 or 0: what it says of the database or the gateway; None: nothing, or nothing that is understood."""
        named = _LINKS[name]
        said = {word.strip().lower() for service, word in self.services.items() if service.lower() in named}
        return float(said <= WELL) if said and said <= WELL | DOWN else None


NOTHING_SAID = HealthAnswer(None, {})


def health_answer(answer: Answer) -> HealthAnswer | None:
    """What an answer says, whatever its status; None where it is no JSON object."""
    try:
        body = _body.decode(answer.body) if answer.whole and answer.plain else None
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    if body is None:
        return None
    named = body.services if isinstance(body.services, dict) else {}
    words = {str(name): _word(service) for name, service in named.items()}
    return HealthAnswer(_word(body.status), {name: word for name, word in words.items() if word is not None})


def well(word: str) -> bool:
    """Whether a word is a good one."""
    return word.strip().lower() in WELL


def _word(said: object) -> str | None:
    """The word that something has; None where it has none, such as a list or bare figures."""
    if isinstance(said, dict):
        said = next((said[key] for key in _KEYS if key in said), msgspec.UNSET)
    if isinstance(said, bool):
        return "true" if said else "false"
    if said is None:
        return "null"
    return str(said) if isinstance(said, str | int | float) else None


def not_json(answer: Answer) -> Text:
    """An answer that is no JSON, and what it is instead, where that shows."""
    return message("not JSON: {oddity}", oddity=answer.oddity) if answer.oddity else message("not JSON")
