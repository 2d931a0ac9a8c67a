"""The bot's HTTP side: does it answer, which commit is deployed, what does it offer and what does it leak?

One request at a time, each without effect: a request queues behind the bot's replies, and each counts towards
the recycling of its worker.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import msgspec

from qualtui.config.values import HealthSettings
from qualtui.doctor.http_request import Time, contact, date_of, milliseconds, sent
from qualtui.doctor.report import Clock, Report
from qualtui.http import Answer, Failure, FetchError
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.probes.health import health_samples
from qualtui.text.message import Text, message

NOBODY = "00000000-0000-0000-0000-000000000000"  # no lead has this id
REQUESTS = (
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
    """All findings on the bot's address: seven requests at most, and none after one that timed out.

    `calls`: addresses that a way to answer uses; one more request each, unless it is among the seven.
    """
    host = urlsplit(settings.url).hostname or ""
    timeout = float(settings.timeout)
    health = await sent(settings.url, timeout)
    ended = time()
    contacts = (contact(message("the bot"), host, health),)
    first = health_finding(health)
    if isinstance(health, FetchError):
        rest = skipped(
            "agent.variant", message("what the bot offers"), message("not checked: /health did not answer")
        )
        return Report((first, rest), contacts=contacts)
    clocks = (*date_of(message("the bot's host"), health, ended), *own_time(health, ended))
    answers: dict[str, Answer] = {}
    offers: dict[str, bool] = {}
    base = base_of(settings.url)
    requests = {base + path: (name, method) for name, method, path in REQUESTS}
    requests |= {url: (url, "OPTIONS") for url in calls if url not in requests}
    for url, (name, method) in requests.items():
        got = await sent(url, timeout, method, read=method == "GET")
        if isinstance(got, FetchError):
            path = url.removeprefix(base)
            rest = skipped(
                "agent.variant",
                message("what the bot offers"),
                message("{path}: {reason}", path=path, reason=got.text),
            )
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
    """Whether GET /health reports a healthy bot."""
    what = message("bot's /health")
    if isinstance(got, FetchError):
        todo = {
            Failure.REFUSED: message("check that the service runs (Render: Events, Logs), and the address's port"),
            Failure.TIMEOUT: message(
                "the bot may be busy replying: try again in a minute, then read the host's log"
            ),
            Failure.BROKEN: message("find out what listens there: it is not the bot"),
            Failure.LOCAL: message("check the address in [agents.NAME.health] and this machine's network"),
        }[got.failure]
        return failed("agent.health", what, got.text, todo)
    wrong = health_samples(got)
    if wrong:
        return failed("agent.health", what, wrong, _health_todo(got))
    return ok("agent.health", what, message("healthy in {took}", took=milliseconds(got.seconds)))


def _health_todo(got: Answer) -> Text:
    """The next step after a bad answer: it depends on who sent it."""
    if 300 <= got.status < 400:
        return message(
            "write the address that it redirects to into [agents.NAME.health], or find out what redirects"
        )
    if not got.plain:
        return message("switch compression off in the proxy before the bot: we did not request it")
    if got.oddity:
        return message("find out what answers at [agents.NAME.health]: a login page, a proxy, another service?")
    return message("read the bot's log on its host, and check the address's path")


def variant_finding(root: Answer, stats: Answer, health: Answer) -> Finding:
    """Which commit is deployed, by the shapes of its answers (GET /, /stats and /health)."""
    what = message("bot's version")
    if _has_error(root) or stats.status == 200 or _body(health).services is not None:
        why = message("an older commit: its 404s are JSON, /health names services")
        todo = message("deploy the newer one: in this one /leads and /logs answer everyone")
        return warning("agent.variant", what, why, todo)
    html = root.status == 404 and b"<html" in root.body.lower()
    if html and _body(health).metrics is not None:
        return ok("agent.variant", what, message("the commit of 2025-09-27 or a later one: 404s are HTML"))
    return ok("agent.variant", what, message("unknown: GET / is HTTP {status}", status=str(root.status)))


def endpoints_finding(answers: dict[str, Answer]) -> Finding:
    """Which endpoints for fixes the bot has; checked with OPTIONS, so that nothing happens."""
    names = {"deep": "/health/deep", "retry": "/leads/ID/retry", "requalify": "/leads/ID/requalify"}
    there = [path for name, path in names.items() if _exists(answers[name])]
    missing = [path for path in names.values() if path not in there]
    if there:
        why = message("has {paths}", paths=", ".join(there))
    else:
        why = message("has none of {paths}: normal today; retry uses other ways", paths=", ".join(missing))
    return ok("agent.endpoints", message("bot's endpoints"), why)


def leak_finding(got: Answer) -> Finding:
    """Whether everyone can read customers' phones; only the status was read."""
    what = message("bot's /metrics/detailed")
    if got.status == 200:
        why = message("answers 200 without a key: it contains customers' phone numbers")
        todo = message("let the bot require a key there, or close the path in front of it")
        return warning("agent.leak", what, why, todo)
    return ok("agent.leak", what, message("closed: HTTP {status}", status=str(got.status)))


def own_time(health: Answer, ended: float) -> tuple[Clock, ...]:
    """The clock behind /health's `timestamp`, without a zone: whole quarters of an hour are its zone."""
    try:
        stamp = datetime.fromisoformat(_body(health).timestamp)
    except ValueError:
        return ()
    ours = ended - health.seconds / 2
    ahead = stamp.replace(tzinfo=stamp.tzinfo or UTC).timestamp() - ours
    if stamp.tzinfo is None:
        ahead -= round(ahead / _ZONE) * _ZONE
    return (Clock(message("the bot"), ahead, 0.1 + health.seconds / 2),)


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
