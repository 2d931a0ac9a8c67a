"""Causes that only the host knows: a suspended service, a killed instance, a deploy that broke the bot. Pure."""

from qualtui.diagnosis.chain import BAD
from qualtui.diagnosis.proof import By, began, healthy_links, lasted, link_proof
from qualtui.diagnosis.root_cause import DEPLOY_ROLLBACK, FAILOVER, SERVICE_RESTART, CauseKind, RootCause
from qualtui.model import Link
from qualtui.series.evidence import NOTHING, Readings, fresh
from qualtui.text.message import Saying, message, outside

OUT_OF_MEMORY = "out of memory"  # the code of host.failing
HARM = 30.0  # percentage points by which errors must rise with a deploy to be its doing
SOON = 900.0  # s after a deploy in which a bot that goes down does so because of it
SLACK = 90.0  # s: a bot may be seen down before the host says that the deploy is live


def suspended(by: By, readings: Readings, now: float) -> RootCause | None:
    """A service that does not run at all: whatever else is broken, this comes first."""
    if not fresh(readings, "host.suspended"):
        return None
    age = lasted(by[Link.HOST], now)
    why = readings["host.suspended"].note
    text = message("The host has suspended the bot's service for {lasted:span}", lasted=age)
    if why:
        text = message(
            "The host has suspended the bot's service for {lasted:span}: {reason}",
            lasted=age,
            reason=outside(why, 60),
        )
    step = message("resume the service on the host's page: look at its billing and its free hours first")
    proof: tuple[Saying, ...] = (message("host: suspended"), *_bot_proof(by))
    return RootCause(text, proof, Link.HOST, (FAILOVER,), CauseKind.SUSPENDED, by[Link.HOST].since, step)


def failed_instance(by: By, readings: Readings) -> RootCause | None:
    """An instance that was killed or ended, with none in its place yet."""
    view = by[Link.HOST]
    if view.status != BAD or not fresh(readings, "host.failing"):
        return None
    killed = readings["host.failing"].code == OUT_OF_MEMORY
    said = outside(readings["host.failing"].note, 80) or message("an instance failed")
    text = message("The host: {said}; none answers since", said=said)
    step = message("read the host's log from that minute; roll back where a deploy came just before it")
    if killed:
        step = message(
            "restart the service at a quiet minute before the next one; look since which deploy it leaks"
        )
    proof = (message("host: {said}", said=said), *_bot_proof(by))
    root = CauseKind.OUT_OF_MEMORY if killed else CauseKind.INSTANCE_FAILED
    return RootCause(text, proof, Link.HOST, (SERVICE_RESTART,), root, view.since, step)


def deploy_of_down_bot(by: By, readings: Readings, now: float) -> RootCause | None:
    """A bot that went down soon after a deploy went live."""
    age = fresh(readings, "host.deploy_age")
    if age is None or by[Link.BOT].status != BAD:
        return None
    before = age - lasted(by[Link.BOT], now)  # the deploy went live so long before the bot went down
    if not -SLACK <= before <= SOON:
        return None
    text = message(
        "The bot is down for {lasted:span}: {state}; the deploy {commit} went live {age:span} ago",
        lasted=lasted(by[Link.BOT], now),
        state=by[Link.BOT].text,
        commit=_commit(readings),
        age=age,
    )
    proof = (link_proof(by, Link.BOT), message("host: the newest deploy is {age:span} old", age=age))
    since = began(by[Link.BOT], now)
    fixes = (DEPLOY_ROLLBACK, SERVICE_RESTART)
    return RootCause(text, proof, Link.BOT, fixes, CauseKind.BAD_DEPLOY, since, _roll_back())


def harmful_deploy(by: By, readings: Readings, now: float) -> RootCause | None:
    """A deploy since which the webhook answers with errors."""
    harm, age = fresh(readings, "host.deploy_harm"), fresh(readings, "host.deploy_age")
    if harm is None or age is None or harm < HARM:
        return None
    counts = readings["host.deploy_harm"].note
    text = message(
        "The deploy {commit}, {age:span} ago, broke the webhook: {counts}",
        commit=_commit(readings),
        age=age,
        counts=outside(counts, 120),
    )
    proof = (message("host: {counts}", counts=outside(counts, 120)), *healthy_links(by, Link.BOT))
    return RootCause(text, proof, Link.BOT, (DEPLOY_ROLLBACK,), CauseKind.BAD_DEPLOY, now - age, _roll_back())


def last_failure(readings: Readings) -> Saying:
    """The newest instance that failed within the hour, as a sentence; empty where there is none."""
    return outside(readings["host.failures_1h"].note, 80) if fresh(readings, "host.failures_1h") else ""


def _roll_back() -> Saying:
    return message("roll back to the deploy before it on the host's page, and switch automatic deploys off there")


def _commit(readings: Readings) -> Saying:
    return outside(readings.get("host.deploy_age", NOTHING).note, 40) or message("without a commit")


def _bot_proof(by: By) -> tuple[Saying, ...]:
    return (link_proof(by, Link.BOT),) if by[Link.BOT].status == BAD else ()
