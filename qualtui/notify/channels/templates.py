"""The templates of the families of channels, in qualtui/notify/templates/: HTML is escaped, plain text is not."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_COMMAND = re.compile(r"\bqualtui (?:i|incidents|fix) .*")


def templated(name: str, **values: object) -> str:
    """A template with its values."""
    return _templates().get_template(name).render(**values)


@lru_cache(maxsize=1)
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
    from markupsafe import Markup

    found = Environment(
        loader=PackageLoader("qualtui.notify"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["indented"] = _indented
    found.globals["line_break"] = Markup("<br>")
    return found


def _indented(line: str) -> "Markup":
    """A line as HTML: its indent stays, and a command at its end is in a fixed width."""
    from markupsafe import Markup, escape

    rest = line.lstrip(" ")
    indent = Markup("&nbsp;") * (len(line) - len(rest))
    command = _COMMAND.search(rest)
    if command is None:
        return indent + escape(rest)
    return indent + escape(rest[: command.start()]) + Markup("<code>{}</code>").format(command.group())
