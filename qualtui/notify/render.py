"""The text of a notice, from a template."""

from functools import lru_cache
from typing import TYPE_CHECKING

from qualtui.eventlog.alerts import RuleChanged
from qualtui.text import _, clean, masked, span

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache(maxsize=1)
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Plain text for people and chat programs, never HTML: escaping would garble it.
    return Environment(
        loader=PackageLoader("qualtui.notify"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - see above
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_notice(change: RuleChanged, kind: str, owner: str, now: float, key: str) -> tuple[str, str]:
    """Title and body of a transition's notice; all phone numbers are masked."""
    word = {
        "firing": change.severity.value.upper(),
        "worse": _("WORSE: {severity}").format(severity=change.severity.value.upper()),
    }
    mark = _("RESOLVED") if kind == "resolved" else word[kind]
    title = f"{mark} #{change.number} {change.agent}: {change.summary}"
    body = (
        _templates()
        .get_template("incident.txt.j2")
        .render(change=change, kind=kind, owner=owner, lasted=span(now - change.since), key=key, _=_)
    )
    return masked(clean(title, 200)), masked(body.strip())
