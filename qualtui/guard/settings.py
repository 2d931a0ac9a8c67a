"""guard.toml: every key is optional, and checked as the engine's configuration is: all mistakes, one line each."""

import ipaddress
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from qualtui.config.errors import ConfigErrors, Problem
from qualtui.config.load import toml_tables
from qualtui.config.reader import ConfigReader, Layer, ValueCheck
from qualtui.config.value_types import Seconds, Secret, Values
from qualtui.guard.rate_text import EXPECTED as RATE
from qualtui.guard.rate_text import read_rate
from qualtui.text import clean

KEY_SHORTEST = 16  # characters of a key or token: fewer can be guessed
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,200}")
RETENTION = 72 * 3600.0  # s for which a refused body can be released, after a key mistake


class GuardMode(StrEnum):
    """What happens to a post whose origin is not proven: `observe` only logs it."""

    OBSERVE = "observe"
    ENFORCE = "enforce"


class OriginSettings(Values, frozen=True):
    """[origin]: what proves that a post comes from the gateway."""

    hmac_key: Secret | None = None
    hmac_keys: tuple[Secret, ...] = ()  # the new one and the old, while a key is changed
    path_token: Secret | None = None
    sessions: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    trusted_hops: int = 0
    max_age: Seconds = Seconds(86400)


class RateSettings(Values, frozen=True):
    """[rate]: what is above waits its turn. Empty: no limit."""

    per_sender: str = "20/minute"
    per_session: str = ""
    total: str = ""
    senders: int = 10_000  # keys in memory; further senders share one


class SpamSettings(Values, frozen=True):
    """[spam]: what is above `hold_from` points waits for a person."""

    hold_from: int = 100
    repeats: int = 5  # senders of the same text within `window`
    new_senders: int = 40  # within `window`; what they write is then looked at closely
    links: int = 3  # in one message
    patterns: tuple[str, ...] = ()
    window: Seconds = Seconds(600)


class HoldSettings(Values, frozen=True):
    """[hold]: where messages wait. Empty: beside the log."""

    path: str = ""


class LogSettings(Values, frozen=True):
    """[log]: one line of JSON an attempt. Empty: in the user's state folder."""

    path: str = ""
    size: int = 10_000_000  # bytes, then the file is rotated; five are kept


class RingSettings(Values, frozen=True):
    """[ring]: refused bodies, encrypted. Without a key they are not kept."""

    path: str = ""
    key: Secret | None = None
    keep: Seconds = Seconds(RETENTION)
    size: int = 50_000_000  # bytes


class StatsSettings(Values, frozen=True):
    """[stats]: the key that /guard/stats asks for. Without one it does not exist."""

    key: Secret | None = None


class PseudonymSettings(Values, frozen=True):
    """[pseudonym]: the key by which senders are named in logs and to the engine."""

    key: Secret | None = None


class GuardSettings(Values, frozen=True):
    """All of guard.toml. `mode` None: `enforce` where a key or a token is set, else `observe`."""

    mode: GuardMode | None = None
    webhook: str = "/webhook"
    largest: int = 1_000_000  # bytes of a body
    origin: OriginSettings = OriginSettings()
    rate: RateSettings = RateSettings()
    spam: SpamSettings = SpamSettings()
    hold: HoldSettings = HoldSettings()
    log: LogSettings = LogSettings()
    ring: RingSettings = RingSettings()
    stats: StatsSettings = StatsSettings()
    pseudonym: PseudonymSettings = PseudonymSettings()
    folder: str = ""  # of the file: relative paths start there

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys of which any may have signed."""
        one = self.origin.hmac_key
        return tuple(key.reveal().encode() for key in (*((one,) if one else ()), *self.origin.hmac_keys))

    @property
    def proves(self) -> bool:
        """Whether a key or a token is set."""
        return bool(self.keys) or self.origin.path_token is not None

    @property
    def enforces(self) -> bool:
        """Whether a post of unproven origin is refused."""
        return self.proves if self.mode is None else self.mode is GuardMode.ENFORCE


def load_guard(path: Path, env: Mapping[str, str]) -> GuardSettings:
    """The settings in a file. Raises ConfigErrors with every problem in it, and nothing else."""
    raw = toml_tables(path)
    reader = ConfigReader(str(path), env, CHECKS)
    if "folder" in raw:
        reader.report(("folder",), "an unknown key", "none of this name: paths start at the file's folder")
    found = reader.struct(GuardSettings, [Layer((), {**raw, "folder": str(path.absolute().parent)})])
    if found is not None:
        _together(reader, found)
    if found is None or reader.problems:
        raise ConfigErrors(reader.problems or (Problem(clean(path), "", "nothing", "a guard.toml"),))
    return found


def _together(reader: ConfigReader, settings: GuardSettings) -> None:
    """What concerns several keys."""
    if settings.mode is GuardMode.ENFORCE and not settings.proves:
        expected = "origin.hmac_key or origin.path_token: else every post is refused"
        reader.report(("mode",), '"enforce" without a key', expected, 'Or set mode = "observe".')
    for number, key in enumerate(settings.origin.hmac_keys, 1):
        if not _long(key):
            reader.report(("origin", "hmac_keys", number), "***", _KEY.expected)
    if settings.origin.hmac_key is not None and settings.origin.hmac_keys:
        reader.report(("origin", "hmac_keys"), "hmac_key and hmac_keys", "only one of them")


def _rate(text: str) -> bool:
    return not text or read_rate(text) is not None


def _long(secret: Secret) -> bool:
    return len(secret.reveal()) >= KEY_SHORTEST


def _networks(networks: list[Any]) -> bool | str:
    for text in networks:
        try:
            ipaddress.ip_network(str(text))
        except ValueError as error:
            return f'networks such as "10.0.0.0/8" ({clean(error, 60)})'
    return True


def _patterns(patterns: list[Any]) -> bool | str:
    import re2  # linear in the text's length, whatever the pattern

    options = re2.Options()
    options.log_errors = False
    for number, text in enumerate(patterns, 1):
        try:
            re2.compile(str(text), options)
        except re2.error:
            return f"regular expressions (the {number}. is none; no look-around, no back-references)"
    return True


def _token(secret: Secret) -> bool:
    text = secret.reveal()
    return len(text) >= KEY_SHORTEST and all(
        char.isascii() and (char.isalnum() or char in "-_.~") for char in text
    )


def _path(text: str) -> bool:
    return text.startswith("/") and len(text) > 1 and not text.endswith("/") and text.isprintable()


def _between(low: int, high: int) -> ValueCheck:
    return ValueCheck(f"a whole number from {low} to {high}", lambda value: low <= value <= high)


_KEY = ValueCheck(f"a key of at least {KEY_SHORTEST} characters", _long)
CHECKS: dict[tuple[type, str], ValueCheck] = {
    (GuardSettings, "webhook"): ValueCheck('a path such as "/webhook"', _path),
    (GuardSettings, "largest"): _between(1_000, 50_000_000),
    (OriginSettings, "hmac_key"): _KEY,
    (OriginSettings, "path_token"): ValueCheck(
        f"at least {KEY_SHORTEST} letters, digits, dashes, underscores, dots or tildes", _token
    ),
    (OriginSettings, "networks"): ValueCheck('networks such as "10.0.0.0/8"', _networks),
    (OriginSettings, "trusted_hops"): _between(0, 10),
    (OriginSettings, "max_age"): ValueCheck("at least 1m", lambda value: value >= 60),
    (RateSettings, "per_sender"): ValueCheck(RATE, _rate),
    (RateSettings, "per_session"): ValueCheck(RATE, _rate),
    (RateSettings, "total"): ValueCheck(RATE, _rate),
    (RateSettings, "senders"): _between(100, 1_000_000),
    (SpamSettings, "hold_from"): _between(1, 100_000),
    (SpamSettings, "repeats"): _between(2, 10_000),
    (SpamSettings, "new_senders"): _between(2, 1_000_000),
    (SpamSettings, "links"): _between(1, 1_000),
    (SpamSettings, "patterns"): ValueCheck("regular expressions", _patterns),
    (SpamSettings, "window"): ValueCheck("at least 10s", lambda value: value >= 10),
    (LogSettings, "size"): _between(10_000, 10_000_000_000),
    (RingSettings, "key"): _KEY,
    (RingSettings, "size"): _between(100_000, 10_000_000_000),
    (StatsSettings, "key"): _KEY,
    (PseudonymSettings, "key"): _KEY,
}
