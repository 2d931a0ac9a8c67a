"""The findings of `qualtui doctor`: values that the command line and the screen show."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from qualtui.text.message import Saying


class FindingVerdict(StrEnum):
    """FAILED: a link or permission that qualtui needs does not work. WARNING: it works, but something is wrong
    or soon will be. SKIPPED: not checked, and why."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(msgspec.Struct, frozen=True):
    """The result of one check. Every text is one line without secrets and personal data."""

    check: str  # for programs: database.rights
    verdict: FindingVerdict
    what: Saying  # the subject, in a few words
    why: Saying  # the result and its reason
    todo: Saying = ""  # the next step
    sql: tuple[str, ...] = ()  # statements that fix it, for the owner of the bot's tables
    agent: str = ""  # empty: of qualtui itself


def ok(check: str, what: Saying, why: Saying) -> Finding:
    """All is well."""
    return Finding(check, FindingVerdict.OK, what, why)


def warning(check: str, what: Saying, why: Saying, todo: Saying, sql: Iterable[str] = ()) -> Finding:
    """It works, but something is wrong or soon will be."""
    return Finding(check, FindingVerdict.WARNING, what, why, todo, tuple(sql))


def failed(check: str, what: Saying, why: Saying, todo: Saying, sql: Iterable[str] = ()) -> Finding:
    """It does not work."""
    return Finding(check, FindingVerdict.FAILED, what, why, todo, tuple(sql))


def skipped(check: str, what: Saying, why: Saying, todo: Saying = "") -> Finding:
    """It was not checked."""
    return Finding(check, FindingVerdict.SKIPPED, what, why, todo)


def doctor_exit_code(findings: Iterable[Finding]) -> int:
    """2 with a failure, 1 with a warning, else 0."""
    verdicts = {finding.verdict for finding in findings}
    return 2 if FindingVerdict.FAILED in verdicts else int(FindingVerdict.WARNING in verdicts)
