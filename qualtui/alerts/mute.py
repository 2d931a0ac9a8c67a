"""Why an alert sends no notice."""

from enum import StrEnum

import msgspec

from qualtui.text.message import Saying


class MuteKind(StrEnum):
    """What mutes an alert."""

    MAINTENANCE = "maintenance"
    INHIBITION = "inhibition"
    NIGHT = "night"
    SILENCE = "silence"


class Mute(msgspec.Struct, frozen=True):
    """An alert sends no notice now. `key` names what mutes it; `until` None: not known."""

    kind: MuteKind
    key: str
    reason: Saying
    until: float | None = None
