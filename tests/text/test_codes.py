"""Every sentence of the package is a literal with named values: a catalogue can collect and translate it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import qualtui
from qualtui.alerts.transition import summary_template
from qualtui.config.rules import BUILT_IN
from qualtui.text.message import FORMATS

HERE = Path(qualtui.__file__).parent
NAME = re.compile(r"[a-z_]+\Z|[a-z_]*[a-z]\d?\Z")
MADE = {"text/message.py"}  # defines message and counted
BUILT = {"cli"}  # the texts of --help, made together with the command that they name
LATER = {"store/sqlite/errors.py"}  # the path is filled in where it is known
HELD = {
    "app.py",
    "cli/app.py",
    "widgets/evidence_rows.py",
}  # look up what stands with a key, a command or a series
KNOWN = frozenset({"value", "duration", "note", "agent", "rule"})


class Call(NamedTuple):
    """One call that makes a sentence."""

    place: str
    kind: str  # message, counted, _ or plural
    templates: tuple[str | None, ...]  # None: no literal
    given: frozenset[str] | None  # the values' names; None: not known, or filled in later
    inside: bool  # of a function


def calls() -> Iterator[Call]:
    """All calls that make a sentence."""
    for path in sorted(HERE.rglob("*.py")):
        name = path.relative_to(HERE).as_posix()
        if name not in MADE:
            yield from _calls(name, ast.parse(path.read_text(encoding="utf-8")), inside=False)


def _calls(name: str, node: ast.AST, *, inside: bool) -> Iterator[Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Name):
            kind = child.func.id
            if kind in {"message", "counted", "_", "plural"}:
                yield _call(name, kind, child, inside=inside)
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _calls(name, child, inside=inside or function)


def _call(name: str, kind: str, node: ast.Call, *, inside: bool) -> Call:
    first = node.args[: 2 if kind in {"counted", "plural"} else 1]
    found = [part.value if isinstance(part, ast.Constant) else None for part in first]
    templates = tuple(part if isinstance(part, str) else None for part in found)
    given = frozenset(word.arg for word in node.keywords if word.arg is not None)
    later = kind in {"_", "plural"} or name in LATER
    spread = later or any(word.arg is None for word in node.keywords)
    count = frozenset({"count"}) if kind == "counted" else frozenset()
    return Call(f"{name}:{node.lineno}", kind, templates, None if spread else given | count, inside)


def words_of(template: str) -> list[tuple[str, str]]:
    """The placeholders of a template, and their formats."""
    return [(name, form or "") for _text, name, form, _c in Formatter().parse(template) if name is not None]


def wrong(call: Call) -> str:
    """What keeps a catalogue from translating a call's sentence; empty: nothing."""
    for template in call.templates:
        if template is None and call.place.partition(":")[0] in HELD:
            continue
        if template is None:
            return "no literal"
        for name, form in words_of(template):
            if not NAME.match(name):
                return f"no name: {{{name}}}"
            if call.given is not None and name not in call.given:
                return f"no value: {{{name}}}"
            if call.kind in {"message", "counted"} and form and form not in {*FORMATS, "clock"}:
                return f"no format: {form}"
    return ""


def test_every_sentence_is_a_literal_with_named_values() -> None:
    assert [f"{call.place} {problem}" for call in calls() if (problem := wrong(call))] == []


def test_no_sentence_is_translated_before_somebody_reads_it() -> None:
    early = [one.place for one in calls() if one.kind in {"_", "plural"} and not one.inside]
    assert [place for place in early if place.partition("/")[0] not in BUILT] == []


def test_a_code_has_one_sentence() -> None:
    many: dict[str, set[str]] = {}
    for call in calls():
        if call.kind in {"counted", "plural"} and None not in call.templates:
            one, more = call.templates
            many.setdefault(str(one), set()).add(str(more))
    assert {code: forms for code, forms in many.items() if len(forms) > 1} == {}


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_rule_s_summary_is_a_sentence_with_named_values(name: str) -> None:
    for known in (KNOWN, KNOWN - {"note"}, KNOWN - {"value", "duration"}):
        template, used = summary_template(BUILT_IN[name].summary, known)
        assert {word for word, _form in words_of(template)} == set(used) <= known
        assert template
        assert not template.endswith((":", " "))
