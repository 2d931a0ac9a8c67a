"""What goes into an archive, before it is written."""

import msgspec


class Part(msgspec.Struct, frozen=True):
    """One file of an archive. `personal`: it is only written encrypted."""

    name: str
    content: bytes
    personal: bool = False


class Gathered(msgspec.Struct, frozen=True):
    """What was read for an archive, and one line for each thing that could not be read."""

    parts: tuple[Part, ...] = ()
    missing: tuple[str, ...] = ()
