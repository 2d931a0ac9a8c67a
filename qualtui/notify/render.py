"""The text of a notice, from a template."""

from functools import lru_cache
from typing import TYPE_CHECKING

from qualtui.alerts.notice_decision import NoticeDecision, NoticeKind
from qualtui.model import Incident
from qualtui.text import _, clean, masked, span
from qualtui.text.message import Saying

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


def render_notice(
    incident: Incident, decision: NoticeDecision, now: float, key: str, tried: Saying = ""
) -> tuple[str, str]:
    """Title and body of an incident's notice; all phone numbers are masked."""
    severity = decision.severity.value.upper()
    mark = {
        NoticeKind.FIRING: severity,
        NoticeKind.WORSE: _("WORSE: {severity}").format(severity=severity),
        NoticeKind.REOPENED: _("AGAIN: {severity}").format(severity=severity),
        NoticeKind.GROWTH: _("MORE CUSTOMERS WAIT: {severity}").format(severity=severity),
        NoticeKind.UPDATE: _("UPDATE"),
        NoticeKind.REPEAT: _("STILL {severity}").format(severity=severity),
        NoticeKind.RESOLVED: _("RESOLVED"),
        NoticeKind.FIXED: _("FIXED ITSELF"),
    }[decision.kind]
    title = f"{mark} #{incident.number} {incident.agent}: {incident.summary}"
    body = (
        _templates()
        .get_template("incident.txt.j2")
        .render(
            incident=incident,
            kind=decision.kind.value,
            waiting=decision.waiting,
            lasted=span(now - incident.since),
            key=key,
            tried=tried,
            _=_,
        )
    )
    return masked(clean(title, 200)), masked(body.strip())
