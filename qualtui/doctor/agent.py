"""The bot's HTTP side: does it answer, which commit is deployed, what does it offer and what does it leak?

One question at a time, each without effect: a question queues behind the bot's replies, and each counts towards
the recycling of its worker.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import msgspec

from qualtui.config.values import HealthSettings
from qualtui.doctor.http_request import Time, asked, contact, date_of, milliseconds
from qualtui.doctor.report import Clock, Report
from qualtui.http import Answer, Failure, FetchError
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.probes.health import health_samples
from qualtui.text import _

NOBODY = "00000000-0000-0000-0000-000000000000"  # no lead has it
QUESTIONS = (
    ("root", "GET", "/"),
    ("stats", "GET", "/stats"),
    ("deep", "OPTIONS", "/health/deep"),
    ("retry", "OPTIONS", f"/leads/{NOBODY}/retry"),
    ("requalify", "OPTIONS", f"/leads/{NOBODY}/requalify"),
    ("detailed", "HEAD", "/metrics/detailed"),
)
_ZONE = 900  # s: time zones are multiples of a quarter of an hour


class _Body(msgspec.Struct, frozen=True):
    timestamp: str = ""
    metrics: object = None
    services: object = None


async def check_bot(settings: HealthSettings, time: Time, calls: Sequence[str] = ()) -> Report:
    """All that the bot's address tells. Asks seven times at most, and never again after a silence.

    `calls`: addresses of which a way to answer wants to know whether the bot has them; one more question each,
    unless it is among the seven.
    """
    host = urlsplit(settings.url).hostname or ""
    timeout = float(settings.timeout)
    health = await asked(settings.url, timeout)
    ended = time()
    contacts = (contact(_("the bot"), host, health),)
    first = health_finding(health)
    if isinstance(health, FetchError):
        rest = skipped("agent.variant", _("what the bot offers"), _("not asked: /health did not answer"))
        return Report((first, rest), contacts=contacts)
    clocks = (*date_of(_("the bot's host"), health, ended), *own_time(health, ended))
    answers: dict[str, Answer] = {}
    offers: dict[str, bool] = {}
    base = base_of(settings.url)
    questions = {base + path: (name, method) for name, method, path in QUESTIONS}
    questions |= {url: (url, "OPTIONS") for url in calls if url not in questions}
    for url, (name, method) in questions.items():
        got = await asked(url, timeout, method, read=method == "GET")
        if isinstance(got, FetchError):
            path = url.removeprefix(base)
            rest = skipped("agent.variant", _("what the bot offers"), _("{}: {}").format(path, got.text))
            return Report((first, rest), clocks, contacts, offers)
        answers[name] = got
        if url in calls:
            offers[url] = _exists(got)
    found = (
        first,
        variant_finding(answers["root"], answers["stats"], health),
        endpoints_finding(answers),
        leak_finding(answers["detailed"]),
    )
    return Report(found, clocks, contacts, offers)


def base_of(url: str) -> str:
    """The service's address: that of /health without its last part."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0], "", "")).rstrip("/")


def health_finding(got: Answer | FetchError) -> Finding:
    """Whether GET /health is answered well."""
    what = _("bot's /health")
    if isinstance(got, FetchError):
        todo = {
            Failure.REFUSED: _("see whether the service runs (Render: Events, Logs), and the address's port"),
            Failure.TIMEOUT: _("a bot that replies is busy: ask again in a minute; then see the host's log"),
            Failure.BROKEN: _("see what listens there: it is not the bot"),
            Failure.LOCAL: _("see the address in [agents.NAME.health] and this machine's network"),
        }[got.failure]
        return failed("agent.health", what, got.text, todo)
    wrong = health_samples(got)
    if wrong:
        return failed("agent.health", what, wrong, _health_todo(got))
    return ok("agent.health", what, _("healthy in {}").format(milliseconds(got.seconds)))


def _health_todo(got: Answer) -> str:
    """The next step after an answer that is not well: whose it is decides where to look."""
    if 300 <= got.status < 400:
        return _("write the address that it leads to into [agents.NAME.health], or see what sends us away")
    if not got.plain:
        return _("switch compression off in the proxy before the bot: no compression was asked for")
    if got.oddity:
        return _("see what answers at the address in [agents.NAME.health]: a login page, a proxy, another service")
    return _("see the bot's log on its host, and the address's path")


def variant_finding(root: Answer, stats: Answer, health: Answer) -> Finding:
    """Which commit is deployed, by the shapes of its answers (GET /, /stats and /health)."""
    what = _("bot's version")
    if _has_error(root) or stats.status == 200 or _body(health).services is not None:
        why = _("an older commit: its 404s are JSON, /health names services")
        return warning(
            "agent.variant", what, why, _("deploy the newer one; /leads and /logs answer to anybody here")
        )
    html = root.status == 404 and b"<html" in root.body.lower()
    if html and _body(health).metrics is not None:
        return ok("agent.variant", what, _("the commit of 2025-09-27 or a later one: 404s are HTML"))
    return ok("agent.variant", what, _("not one that is known: GET / is HTTP {}").format(root.status))


def endpoints_finding(answers: dict[str, Answer]) -> Finding:
    """Which endpoints that a remedy could use are there; asked by OPTIONS, so that nothing happens."""
    names = {"deep": "/health/deep", "retry": "/leads/ID/retry", "requalify": "/leads/ID/requalify"}
    there = [path for name, path in names.items() if _exists(answers[name])]
    missing = [path for path in names.values() if path not in there]
    why = _("has {}").format(", ".join(there)) if there else _("has none of {}").format(", ".join(missing))
    if not there:
        why += _(": normal today; customers are retried by other ways")
    return ok("agent.endpoints", _("bot's endpoints"), why)


def leak_finding(got: Answer) -> Finding:
    """Whether anybody may read customers' phones; only the status was looked at."""
    what = _("bot's /metrics/detailed")
    if got.status == 200:
        why = _("answers 200 without a key: it holds customers' phone numbers")
        return warning(
            "agent.leak", what, why, _("have the bot ask for a key there, or close the path in front of it")
        )
    return ok("agent.leak", what, _("closed: HTTP {}").format(got.status))


def own_time(health: Answer, ended: float) -> tuple[Clock, ...]:
    """The clock behind /health's `timestamp`, which names no zone: whole quarters of an hour are its zone."""
    try:
        stamp = datetime.fromisoformat(_body(health).timestamp)
    except ValueError:
        return ()
    ours = ended - health.seconds / 2
    ahead = stamp.replace(tzinfo=stamp.tzinfo or UTC).timestamp() - ours
    if stamp.tzinfo is None:
        ahead -= round(ahead / _ZONE) * _ZONE
    return (Clock(_("the bot"), ahead, 0.1 + health.seconds / 2),)


def _exists(answer: Answer) -> bool:
    return answer.status == 405 or 200 <= answer.status < 300


def _has_error(answer: Answer) -> bool:
    try:
        return answer.status == 404 and "error" in msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return False


def _body(answer: Answer) -> _Body:
    try:
        return msgspec.json.decode(answer.body, type=_Body)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _Body()
