"""Matchers on the labels of alerts, with Alertmanager's meaning: = != =~ !~; a label that is missing is empty."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

LONGEST = 200  # characters of a matcher's value
EXPECTED = 'a matcher such as agent="ldc-bot", severity!="critical" or rule=~"customers-.*"'
LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

_MATCHER = re.compile(rf"\s*({LABEL.pattern})\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class MatchOperator(StrEnum):
    """How a matcher compares."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEX = "=~"  # the whole value, RE2 syntax
    NOT_REGEX = "!~"


class MatcherError(ValueError):
    """A text is no matcher; the error's text is what was expected."""


class Matcher(msgspec.Struct, frozen=True):
    """A condition on one label."""

    label: str
    op: MatchOperator
    value: str

    def __str__(self) -> str:
        """The matcher as people write it."""
        quoted = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.op}"{quoted}"'

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels fulfil it."""
        value = labels.get(self.label, "")
        if self.op is MatchOperator.EQUAL:
            return value == self.value
        if self.op is MatchOperator.NOT_EQUAL:
            return value != self.value
        found = _expression(self.value).fullmatch(value) is not None
        return found if self.op is MatchOperator.REGEX else not found


def matcher_of(text: str) -> Matcher:
    """The matcher in a text; quotes around the value may be left out. Raises MatcherError."""
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise MatcherError(EXPECTED)
    label, op, value = found[1], MatchOperator(found[2]), found[3]
    if value.startswith('"') or value.endswith('"'):
        quoted = _QUOTED.fullmatch(value)
        if quoted is None:
            raise MatcherError(EXPECTED)
        value = _ESCAPE.sub(r"\1", quoted[1])
    if len(value) > LONGEST or _CONTROL.search(value):
        raise MatcherError(f"a matcher with a value of at most {LONGEST} printable characters")
    if op in {MatchOperator.REGEX, MatchOperator.NOT_REGEX}:
        _checked(value)
    return Matcher(label, op, value)


def all_hold(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether the labels fulfil every one of them."""
    return all(one.holds(labels) for one in matchers)


def _checked(pattern: str) -> None:
    import re2

    try:
        _expression(pattern)
    except re2.error:
        raise MatcherError("a regular expression in RE2 syntax, such as customers-.*") from None


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> Any:
    """The expression. RE2 needs linear time, so that no pattern can hold the engine up."""
    import re2  # loaded with the first regular expression

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
