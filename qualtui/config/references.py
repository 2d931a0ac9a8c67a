"""References in texts: `${NAME}`, `${NAME:-default}`, `${file:PATH}`; `$${` stands for `${` itself."""

import contextlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from qualtui.config import files

FILE_LIMIT = 64 * 1024  # bytes of a referenced file; a secret is short

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


class UnresolvedError(ValueError):
    """A reference can't be resolved: `found` is the reference, `expected` what would resolve it."""

    def __init__(self, found: str, expected: str, remedy: str = "") -> None:
        super().__init__(expected)
        self.remedy = remedy
        self.found = found
        self.expected = expected


def has_reference(text: str) -> bool:
    """Whether resolving would change the text."""
    return "${" in text


def resolve(text: str, env: Mapping[str, str], folder: Path) -> str:
    """The text with its references filled in; relative paths start at `folder`. Raises UnresolvedError."""
    if not has_reference(text):
        return text
    return _REFERENCE.sub(lambda found: _one(found, env, folder), text)


def open_files(
    text: str, folder: Path, is_open: Callable[[Path], bool] = files.readable_by_all
) -> tuple[str, ...]:
    """The references to files in a text that every user of this machine may read, or that are open otherwise."""
    found = []
    for reference in _REFERENCE.finditer(text):
        if (reference[1] or "").startswith("file:"):
            with contextlib.suppress(RuntimeError):
                if is_open(_place(reference[1].removeprefix("file:"), folder)):
                    found.append(reference[0])
    return tuple(found)


def _place(path: str, folder: Path) -> Path:
    return folder / Path(path).expanduser()


def _one(found: re.Match[str], env: Mapping[str, str], folder: Path) -> str:
    whole, inner = found[0], found[1]
    if whole == "$${":
        return "${"
    if inner is not None and inner.startswith("file:"):
        return _file(whole, inner.removeprefix("file:"), folder)
    name = _NAME.fullmatch(inner or "")
    if name is None:
        raise UnresolvedError("a broken reference", "${NAME}, ${NAME:-default} or ${file:PATH} ($${ for ${)")
    value = env.get(name[1])
    if name[2] is not None:
        return value or name[2]
    if value is None:
        raise UnresolvedError(
            f"${{{name[1]}}}", f"the environment variable {name[1]} to be set", f"Set it: export {name[1]}=..."
        )
    return value


def _file(whole: str, path: str, folder: Path) -> str:
    try:
        content = files.read_file(_place(path, folder), FILE_LIMIT)
    except files.TooLargeError:
        raise UnresolvedError(whole, f"a file of at most {FILE_LIMIT // 1024} KiB") from None
    except files.UnreadableError as error:
        raise UnresolvedError(whole, f"a file that can be read ({error})") from None
    except RuntimeError:  # ~NAME of an unknown user
        raise UnresolvedError(whole, "a file that can be read (not a path)") from None
    try:
        return files.without_bom(content).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise UnresolvedError(whole, "a file of UTF-8 text") from None
