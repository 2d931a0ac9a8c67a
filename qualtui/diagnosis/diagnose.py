"""Why: the first broken link in one sentence, and the evidence that proves it. Pure."""

from collections.abc import Sequence

from qualtui.diagnosis import host_causes, waits
from qualtui.diagnosis.chain import BAD, BUSY, UNKNOWN
from qualtui.diagnosis.own_network import LINKS
from qualtui.diagnosis.proof import (
    By,
    began,
    began_earlier,
    count_of,
    healthy_links,
    lasted,
    link_name,
    link_proof,
    oldest_wait,
    unknown_notes,
)
from qualtui.diagnosis.root_cause import FAILOVER, GATEWAY_RESTART, SERVICE_RESTART, CauseKind, RootCause
from qualtui.diagnosis.stuck_sending import stuck_sending
from qualtui.model import Evidence, Link
from qualtui.series.catalogue import OWN
from qualtui.series.evidence import NOTHING, Readings, fresh
from qualtui.series.seasonality import ALARM
from qualtui.text.message import Saying, Text, counted, joined, message, outside
from qualtui.wire import LinkView

__all__ = ["explains", "root_cause"]

SOON = 180.0  # s that an answer may take, as in the rule customers-waiting
RESTARTS = 120.0  # s in which a session that restarts is WORKING again
BEFORE = 30.0  # s by which a wait must have begun before a restart to be none of its doing

# What the chain does not explain: figures of another system, of the machine, of our own code, or shown elsewhere.
_APART = (OWN, "engine.", "tls.", "host.", "row.", "leads.", "sessions.same_question", "sessions.looping")


def explains(series: str) -> bool:
    """Whether the why of an agent may be the cause of what this series shows."""
    return not series.startswith(_APART)


def root_cause(links: Sequence[LinkView], readings: Readings, now: float, speed: float = 1.0) -> RootCause:
    """The first broken link from the customer's message on: bot, database, gateway, then what the rows show.

    `speed`: a demo's time is faster.
    """
    by = {view.link: view for view in links}
    if by[Link.US].status == UNKNOWN and fresh(readings, "control.up") == 0:
        return _ours(readings)
    if by[Link.US].status == UNKNOWN:
        text = message("We cannot poll: no probe has had an answer")
        return RootCause(text, unknown_notes(readings), Link.US, root=CauseKind.OURS)
    # A bot that is only silent may hang in what it needs: what says by itself that it is broken comes first.
    refused = bool(fresh(readings, "health.refused"))
    if stopped := host_causes.suspended(by, readings, now):
        return stopped
    if by[Link.DATABASE].status == BAD:
        return _database(by, readings, now)
    if killed := host_causes.failed_instance(by, readings):
        return killed
    if by[Link.BOT].status == BAD and (refused or by[Link.GATEWAY].status != BAD):
        if by[Link.DATABASE].status == BUSY and fresh(readings, "health.silent"):
            return _slow_database(by, now)
        return host_causes.deploy_of_down_bot(by, readings, now) or _bot(by, readings, now)
    if by[Link.GATEWAY].status == BAD:
        found = waits.wait_causes(readings)
        if found and _only_restarts(by, readings, now, speed):
            return waits.explained_waits(by, readings, found)
        return _gateway(by, readings, now)
    return _rows(by, readings, now, speed)


def _only_restarts(by: By, readings: Readings, now: float, speed: float) -> bool:
    """Whether the session was restarted just now, and the longest wait began well before that."""
    if not fresh(readings, "gateway.session_starting"):
        return False
    lasts = now - began(by[Link.GATEWAY], now)
    return lasts < RESTARTS / speed and oldest_wait(readings) > lasts + BEFORE / speed


def _ours(readings: Readings) -> RootCause:
    text = message("Our own network: the control target does not answer either")
    proof = (message("control: {note}", note=readings["control.up"].note), *unknown_notes(readings))
    return RootCause(text, proof, Link.US, root=CauseKind.OURS)


def _database(by: By, readings: Readings, now: float) -> RootCause:
    view = by[Link.DATABASE]
    proof = [link_proof(by, Link.DATABASE)]
    text = message("The database is down for {lasted:span}: {state}", lasted=lasted(view, now), state=view.text)
    if fresh(readings, "health.up"):
        proof.append(message("/health: 200, it does not check the database"))
        text = message(
            "The database is down for {lasted:span}: {state}; /health still says healthy: SOURCES DISAGREE",
            lasted=lasted(view, now),
            state=view.text,
        )
    elif by[Link.BOT].status == BAD:
        proof.append(link_proof(by, Link.BOT))
        text = message(
            "The database is down for {lasted:span}: {state}, and the bot too: {bot}",
            lasted=lasted(view, now),
            state=view.text,
            bot=by[Link.BOT].text,
        )
    step = readings["db.refused"].note if fresh(readings, "db.refused") else ""
    root = CauseKind.DATABASE_DOWN
    return RootCause(text, tuple(proof), Link.DATABASE, root=root, since=view.since, step=step)


def _bot(by: By, readings: Readings, now: float) -> RootCause:
    view = by[Link.BOT]
    if fresh(readings, "health.refused"):
        text = message("The bot refuses connections for {lasted:span}", lasted=lasted(view, now))
    else:
        text = message(
            "The bot is down for {lasted:span}: {state}",
            lasted=lasted(view, now),
            state=readings["health.down"].note or view.text,
        )
    proof = (link_proof(by, Link.BOT), *healthy_links(by, Link.BOT))
    return RootCause(text, proof, Link.BOT, (SERVICE_RESTART, FAILOVER), CauseKind.BOT_DOWN, view.since)


def _gateway(by: By, readings: Readings, now: float) -> RootCause:
    view = by[Link.GATEWAY]
    # The status may be younger than the trouble: FAILED first, then the QR code.
    age = lasted(view, now)
    if fresh(readings, "gateway.up"):
        said = [message("WhatsApp session {status}: not working for {lasted:span}", status=view.text, lasted=age)]
    else:
        said = [message("WhatsApp gateway {status}: not working for {lasted:span}", status=view.text, lasted=age)]
    proof: list[Saying] = [link_proof(by, Link.GATEWAY)]
    logged_out = bool(fresh(readings, "gateway.needs_human"))
    if logged_out:
        said.append(message("a person with the phone must log it in"))
    if phantoms := fresh(readings, "customers.phantom"):
        said.append(message('the database says "sent": SOURCES DISAGREE'))
        proof.append(
            counted(
                'messages: {count} customer has a row "sent" and no delivery',
                'messages: {count} customers have a row "sent" and no delivery',
                phantoms,
            )
        )
    if by[Link.BOT].status in {BAD, BUSY}:
        said.append(message("the bot is stuck sending"))
        proof.append(link_proof(by, Link.BOT))
    text = joined(said)
    proof += [one for one in healthy_links(by, Link.GATEWAY) if one not in proof]
    root = CauseKind.GATEWAY_STARTING if fresh(readings, "gateway.session_starting") else CauseKind.GATEWAY
    if logged_out:
        return RootCause(text, tuple(proof), Link.GATEWAY, (), root, view.since, _log_in())
    if _unreachable(readings):
        step = message("start the gateway itself, or check its address: a session's restart would go through it")
        return RootCause(text, tuple(proof), Link.GATEWAY, (), root, view.since, step)
    return RootCause(text, tuple(proof), Link.GATEWAY, (GATEWAY_RESTART,), root, view.since)


def _unreachable(readings: Readings) -> bool:
    """Whether the gateway gave no answer at all and was not slow either: it refuses connections."""
    down = fresh(readings, "gateway.up") == 0 and fresh(readings, "gateway.silent") == 0
    return down and fresh(readings, "gateway.seconds") is None


def _log_in() -> Text:
    """The next step where the session is logged out."""
    return message(
        "log in with the phone that owns the number: the gateway's dashboard shows the QR code; "
        "a restart does not log in"
    )


def _rows(by: By, readings: Readings, now: float, speed: float) -> RootCause:
    """Every link that can be polled is up: what chats and rows show, above all of who waits longest."""
    found = waits.wait_causes(readings)
    sure = [cause for cause in found if cause in waits.SURE]
    # A flood is counted, and what else is seen meanwhile may be its doing. A bot whose sends hang stores too few
    # rows for one.
    if flood := waits.flooded(by, readings, speed):
        return flood
    # What the host counted before and after a deploy is surer than what rows let guess.
    if deploy := host_causes.harmful_deploy(by, readings, now):
        return deploy
    # Rows that are not stored would say that no one writes, too; who is being answered just now explains nothing.
    unwritten = readings.get("agent.claimed", NOTHING).evidence is Evidence.DISAGREE
    if unwritten and not sure and oldest_wait(readings) <= SOON:
        return _without_rows(by, readings)
    hangs = stuck_sending(by, readings, now)
    if hangs:
        return hangs
    slow = _slow(by, readings, now)
    # Whose wait began in a slow database waits for that, whatever is missing since.
    if slow and (not sure or (slow.link is Link.DATABASE and not began_earlier(by[Link.DATABASE], readings, now))):
        return slow
    if found:
        return waits.explained_waits(by, readings, found)
    if not count_of(readings, "customers.waiting"):
        return _silence(by, readings)
    if not waits.within_reply_times(readings):
        return waits.unexplained_waits(by, readings)
    other = _silence(by, readings)
    return other if other.text else RootCause(proof=healthy_links(by, Link.CUSTOMER))


def _silence(by: By, readings: Readings) -> RootCause:
    """No one waits according to rows and chats: what else is wrong."""
    missed = count_of(readings, "inbound.expected")
    if missed > ALARM:
        state = by[Link.GATEWAY].text
        text = counted(
            "The gateway is {state} and receives no messages: {count} customer would have written by now",
            "The gateway is {state} and receives no messages: {count} customers would have written by now",
            round(missed),
            state=state,
        )
        seen = (
            link_proof(by, Link.GATEWAY),
            message("messages: none came in, against the week's rhythm"),
        )
        return RootCause(text, seen, Link.GATEWAY, (GATEWAY_RESTART,), CauseKind.DEAF)
    # A host whose API does not answer runs the bot all the same: the page of the machines says that it is unknown.
    unknown = [view for view in by.values() if view.status == UNKNOWN and view.link is not Link.HOST]
    witness = readings.get("chats.evidence", NOTHING).sample
    # What answered before the network failed is fresh for a while yet.
    if fresh(readings, "control.up") == 0 and any(_excused(readings, link) for link in LINKS):
        return _ours(readings)
    if fresh(readings, "deep.broken"):
        return _deep(by, readings)
    doubted = witness is not None and witness.value != 1
    # A webhook of which nothing is known yet, because no one wrote, is less than a witness that is missing.
    if unknown and not (doubted and {view.link for view in unknown} == {Link.WEBHOOK}):
        text = message("No fresh evidence of: {links}", links=[link_name(view.link) for view in unknown])
        return RootCause(text, unknown_notes(readings), unknown[0].link, root=CauseKind.NO_EVIDENCE)
    if witness is not None and doubted:
        note = outside(witness.note, 120) or message("not read")
        text = message("The gateway's chats can't be trusted: {note}", note=note)
        return RootCause(
            text, (message("customers: by the rows alone"),), Link.GATEWAY, root=CauseKind.NO_EVIDENCE
        )
    return RootCause()


def _deep(by: By, readings: Readings) -> RootCause:
    """What only the bot itself sees, with any contradiction to what we see."""
    note = readings["deep.broken"].note
    text = message("The bot's own deep check says: {note}", note=outside(note, 80))
    if any(
        readings.get(f"deep.{part}", NOTHING).evidence is Evidence.DISAGREE for part in ("database", "gateway")
    ):
        text = message(
            "The bot's own deep check says: {note}; we find it well: SOURCES DISAGREE", note=outside(note, 80)
        )
    proof = (message("/health/deep: {note}", note=note), *healthy_links(by, Link.BOT))
    return RootCause(text, proof, Link.BOT, root=CauseKind.DEEP)


def _without_rows(by: By, readings: Readings) -> RootCause:
    """Customers may well be answered: the rows do not show it."""
    claimed, rows = count_of(readings, "agent.claimed"), count_of(readings, "messages.sent_1h")
    text = message(
        "The bot counts sends that have no row: {sends:whole}, of which {rows:whole} were stored: "
        "SOURCES DISAGREE",
        sends=claimed,
        rows=rows,
    )
    proof = (
        message("/metrics: {sends:whole} sends", sends=claimed),
        message("messages: {rows:whole} rows", rows=rows),
    )
    return RootCause(text, (*proof, *healthy_links(by, Link.BOT)), Link.DATABASE, root=CauseKind.UNWRITTEN)


def _slow(by: By, readings: Readings, now: float) -> RootCause | None:
    """A database that is slow, or a bot that has been busy since before anybody waited."""
    if by[Link.DATABASE].status == BUSY:
        return _slow_database(by, now)
    # A wait that began before the bot got busy has another cause.
    before = count_of(readings, "sessions.bot_owes") and began_earlier(by[Link.BOT], readings, now)
    if by[Link.BOT].status != BUSY or before:
        return None
    busy_for = lasted(by[Link.BOT], now)
    text = message("The bot does not answer /health for {lasted:span}: busy replying, or stuck", lasted=busy_for)
    if fresh(readings, "health.silent") == 0:
        note = outside(readings["health.up"].note, 80)
        text = message("The bot's /health is not well for {lasted:span}: {note}", lasted=busy_for, note=note)
    proof = (link_proof(by, Link.BOT),)
    return RootCause(text, proof, Link.BOT, root=CauseKind.BOT_BUSY, since=by[Link.BOT].since)


def _slow_database(by: By, now: float) -> RootCause:
    view, bot = by[Link.DATABASE], by[Link.BOT]
    text = message("The database is slow: {took} for an empty query", took=view.text)
    proof = healthy_links(by, Link.DATABASE)
    if bot.status == BAD:
        text = message("The database is slow: {took} for an empty query; the bot waits for it", took=view.text)
        proof = (link_proof(by, Link.BOT), *proof)
    return RootCause(text, proof, Link.DATABASE, root=CauseKind.DATABASE_SLOW, since=began(view, now))


def _excused(readings: Readings, link: str) -> bool:
    """Whether a link was silent, and its silence is laid to our own network."""
    unasked = readings.get(f"{link}.up", NOTHING).evidence is Evidence.NO_DATA
    return unasked and bool(fresh(readings, f"{link}.silent"))
