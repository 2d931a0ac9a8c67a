"""The bot's known errors in its log: which kind a line is, what of it may be shown, and how many there were. Pure.

A line of the log holds phones, names and what customers wrote. What is kept of one is built from known words: the
fixed text and values of a few harmless keys; of an unknown error its beginning, up to where it names anything.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from qualtui.text import clean, masked

HOUR = 3600.0
MOST = 2000  # lines of the hour that are kept by id: beyond it the count is a least
_SHOWN = 100  # characters of an error


class LogErrorKind(StrEnum):
    """What an error line of the bot speaks of; the word is its series, `logs.WORD`."""

    LEADS = "leads"  # a customer who could not be stored: no row shows him
    SESSIONS = "sessions"
    SENDS = "sends"  # refused, timed out, or simulated
    WEBHOOK = "webhook"
    WORKER = "worker"  # killed, or it did not start
    MEETINGS = "meetings"
    OTHER = "other"  # of level error, with a text that is not known


# The bot's fixed texts; the first one that a line has counts.
KNOWN: Mapping[str, LogErrorKind] = {
    "Could not create lead for incoming message": LogErrorKind.LEADS,
    "Failed to create lead from sheet": LogErrorKind.LEADS,
    "Error processing leads from sheet": LogErrorKind.LEADS,
    "Failed to create session": LogErrorKind.SESSIONS,
    "Failed to send initial message": LogErrorKind.SENDS,
    "Falha no envio da mensagem": LogErrorKind.SENDS,
    "Timeout ao enviar mensagem": LogErrorKind.SENDS,
    "Erro ao enviar mensagem - usando simulação": LogErrorKind.SENDS,
    "usando simulação": LogErrorKind.SENDS,  # after the gateway's name
    "SIMULANDO ENVIO": LogErrorKind.SENDS,
    "ENVIO BLOQUEADO - Número de telefone inválido": LogErrorKind.SENDS,
    "Exception on /webhook": LogErrorKind.WEBHOOK,
    "WORKER TIMEOUT": LogErrorKind.WORKER,
    "Failed to initialise services": LogErrorKind.WORKER,
    "Erro ao registrar reunião": LogErrorKind.MEETINGS,
}
_LEVEL = re.compile(r"\[\s*(error|critical|fatal)\s*\]|(ERROR|CRITICAL|FATAL)\b[:\s]*", re.IGNORECASE)
_PAIR = re.compile(r"\b(status_code|tentativa|attempt)\s*=\s*['\"]?(\d{1,3})\b")
_HEAD = re.compile(
    r"[\[\s]*\d{4}-\d\d-\d\d[T ][\d:.,]+(?:\s*(?:Z|[+-]\d\d:?\d\d))?\]?\s*"  # a time
    r"|\[[\w\s.:/-]{1,30}\]\s*"  # a level, a process
)
_ABOUT = re.compile(r"\s*(?:\b\w+\s*=|[:'\"{(<]).*")


class LogError(NamedTuple):
    """An error of the log, as far as it may be kept and shown."""

    at: float
    kind: LogErrorKind
    text: str


class LogErrors(msgspec.Struct, frozen=True):
    """Those of the last hour by the line's id. `newest`: when the newest line of any kind was written."""

    found: dict[str, LogError] = {}
    newest: float | None = None
    cut: bool = False  # there were more than are kept


def error_of(text: str) -> tuple[LogErrorKind, str] | None:
    """The kind of a line, and what of it may be shown; None where it is no error."""
    fixed = next((one for one in KNOWN if one in text), None)
    if fixed is not None:
        pairs = dict.fromkeys(f"{key}={value}" for key, value in _PAIR.findall(text))
        return KNOWN[fixed], clean(" ".join((fixed, *pairs)), _SHOWN)
    said, bad = text, False
    while head := _HEAD.match(said):
        bad = bad or _LEVEL.search(head.group()) is not None
        said = said[head.end() :]
    level = _LEVEL.match(said)
    if not (bad or level):
        return None
    said = said[level.end() :] if level else said
    words = masked(_ABOUT.sub("", clean(said, 200)))
    return LogErrorKind.OTHER, clean(words, 60) or "?"


def after(before: LogErrors, lines: Iterable[tuple[str, float, str]], now: float) -> LogErrors:
    """What is kept after more lines (id, time, text): each id once, of the last hour alone."""
    found = {key: one for key, one in before.found.items() if one.at > now - HOUR}
    newest = before.newest
    for key, at, text in lines:
        newest = at if newest is None else max(newest, at)
        if key in found or at <= now - HOUR:
            continue
        error = error_of(text)
        if error is not None:
            found[key] = LogError(at, *error)
    cut = len(found) > MOST
    if cut:
        kept = sorted(found, key=lambda key: found[key].at)[-MOST:]
        found = {key: found[key] for key in kept}
    return LogErrors(found, newest, cut)


def of_kind(errors: LogErrors, kind: LogErrorKind) -> tuple[int, LogError | None]:
    """How many there are of a kind, and the newest of them."""
    some = [one for one in errors.found.values() if one.kind is kind]
    return len(some), max(some, key=lambda one: one.at, default=None)
