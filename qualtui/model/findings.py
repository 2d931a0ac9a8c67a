"""What `qualtui doctor` found: values that the command prints and a window may show."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class FindingVerdict(StrEnum):
    """FAILED: a link or permission that qualtui needs does not work. WARNING: it works, but something is wrong
    or soon will be. SKIPPED: not looked at, and why."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. Every text is one line, free of secrets and personal data."""

    check: str  # for programs: database.rights
    verdict: FindingVerdict
    what: str  # what was looked at, in a few words
    why: str  # what was found
    todo: str = ""  # what to do about it
    sql: tuple[str, ...] = ()  # statements that mend it, for the owner of the bot's tables
    agent: str = ""  # empty: of qualtui itself


def ok(check: str, what: str, why: str) -> Finding:
    """It is as it should be."""
    return Finding(check, FindingVerdict.OK, what, why)


def warning(check: str, what: str, why: str, todo: str, sql: Iterable[str] = ()) -> Finding:
    """It works, but."""
    return Finding(check, FindingVerdict.WARNING, what, why, todo, tuple(sql))


def failed(check: str, what: str, why: str, todo: str, sql: Iterable[str] = ()) -> Finding:
    """It does not work."""
    return Finding(check, FindingVerdict.FAILED, what, why, todo, tuple(sql))


def skipped(check: str, what: str, why: str, todo: str = "") -> Finding:
    """It was not looked at."""
    return Finding(check, FindingVerdict.SKIPPED, what, why, todo)


def doctor_exit_code(findings: Iterable[Finding]) -> int:
    """2 with a failure, 1 with a warning, else 0."""
    verdicts = {finding.verdict for finding in findings}
    return 2 if FindingVerdict.FAILED in verdicts else int(FindingVerdict.WARNING in verdicts)
