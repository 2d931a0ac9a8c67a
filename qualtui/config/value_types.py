"""The types that all values of the configuration are made of."""

import msgspec


class Seconds(float):
    """A duration in seconds; in TOML a number or a text such as "30s", "1h30m", "7d"."""


class Level(float):
    """A rule's threshold: a number, or a duration in TOML's text form, compared in seconds."""


class Secret:
    """A text that no repr, log or picture shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: only for the library that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all configuration values: frozen, and unknown keys are errors."""
