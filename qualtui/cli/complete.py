"""Shell completion: what may stand where the cursor is. The scripts of `qualtui completion` call it.

It walks the commands by what they say of themselves, and imports only the one that stands on the line.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

FILES = 1  # exit code: complete a file's name
PATHS = frozenset({"FILE", "PATH", "DIR"})  # what a value is called in the help


class Candidate(NamedTuple):
    """A word that may stand here, and what it does."""

    word: str
    about: str = ""


def candidates(group: Any, words: Sequence[str]) -> list[Candidate] | None:
    """Return what may replace the last of the words; None where it is a file's name.

    `group`: the commands, as Typer builds them. `words`: all after the program's name, up to the cursor.
    """
    *before, last = words or [""]
    node, seen, option = group, 0, None
    for word in before:
        if option is not None and word == "=":  # bash makes three words of --config=FILE
            continue
        if option is not None:
            option = None
        elif word.startswith("-"):
            option = _valued(node, word)
        elif (inner := _inner(node, word)) is not None:
            node, seen = inner, 0
        else:
            seen += 1
    if option is not None:
        return _values(option, "" if last == "=" else last)
    if last.startswith("-"):
        return _options(node, last)
    if hasattr(node, "list_commands"):
        return _commands(node, last)
    arguments = [one for one in node.params if one.param_type_name == "argument"]
    if seen < len(arguments):
        return _values(arguments[seen], last)
    return []


def _inner(node: Any, word: str) -> Any:
    """The command of this name inside a group."""
    return node.get_command(None, word) if hasattr(node, "get_command") else None


def _valued(node: Any, word: str) -> Any:
    """The option of this name if its value is the next word."""
    for one in node.params:
        if word in one.opts and one.param_type_name == "option" and not one.is_flag and not one.count:
            return one
    return None


def _values(parameter: Any, start: str) -> list[Candidate] | None:
    """The values of an option or argument, by what it is called in the help."""
    kind = parameter.metavar or ""
    if kind in PATHS:
        return None
    return [Candidate(one) for one in _known(kind) if one.startswith(start)]


def _known(kind: str) -> Sequence[str]:
    if kind == "SHELL":
        from qualtui.cli.completion import SCRIPTS

        return tuple(SCRIPTS)
    if kind in {"FIX", "MODE"}:
        import msgspec

        from qualtui.config.fix_values import FixSettings, PolicyMode

        if kind == "MODE":
            return tuple(PolicyMode)
        return tuple(field.encode_name for field in msgspec.structs.fields(FixSettings))
    if kind == "RANGE":
        from qualtui.widgets.time_range import RANGES

        return tuple(one.name for one in RANGES)
    return ()


def _options(node: Any, start: str) -> list[Candidate]:
    """The options of a command by their long names."""
    shown = [one for one in node.params if one.param_type_name == "option" and not one.hidden]
    long = [(name, one.help or "") for one in shown for name in one.opts if name.startswith("--")]
    return [Candidate(name, about) for name, about in (*long, ("--help", "")) if name.startswith(start)]


def _commands(node: Any, start: str) -> list[Candidate]:
    names = [name for name in node.list_commands(None) if name.startswith(start)]
    found = [(name, node.get_command(None, name)) for name in names]
    return [Candidate(name, one.get_short_help_str(60)) for name, one in found if one is not None]


def complete(shell: str, words: Sequence[str]) -> int:
    """Print the candidates as this shell reads them; return 0, or FILES."""
    from typer.main import get_command

    from qualtui.cli.app import app

    found = candidates(get_command(app), words)
    for one in found or ():
        print(_shown(shell, one))
    return FILES if found is None else 0


def _shown(shell: str, one: Candidate) -> str:
    about = " ".join(one.about.split())
    if shell == "fish":
        return f"{one.word}\t{about}"
    if shell == "zsh":
        word = one.word.replace(":", "\\:")
        return f"{word}:{about}"
    return one.word
