"""The ways to answer customers who wait: does each work here, and which customers does it reach?

The fix `retry` itself decides; only numbers of customers are shown.
"""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from qualtui.config.values import AgentSettings, RetrySettings
from qualtui.doctor.agent import NOBODY
from qualtui.doctor.http_request import Time
from qualtui.doctor.report import Answering, Report, Way
from qualtui.doctor.waiting import MOST, waiting_now
from qualtui.fixes.claims import Case
from qualtui.fixes.fix import FixError
from qualtui.fixes.retry import Retry as Fix
from qualtui.fixes.retry import retry_of
from qualtui.fixes.retry_preview import lacks
from qualtui.fixes.strategies import Strategy, bot_calls
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text.message import Saying, Text, counted, joined, message
from qualtui.wire import CustomerView

# A way's key in [fixes.retry], its strategy's name, and the part of [agents.NAME] that it works with.
WAYS = (
    ("http", "http", "health"),
    ("text", "gateway", "gateway"),
    ("sql", "sql", "database"),
    ("watcher", "watcher", "health"),
)
Offers = Map[str, bool]  # by address: whether the bot takes calls there


def calls(agent: AgentSettings, settings: RetrySettings) -> tuple[str, ...]:
    """The addresses that a retry would call, with the id of no lead."""
    addresses = bot_calls(agent, settings).values() if settings.enabled and agent.database is not None else ()
    return tuple(url.replace("{id}", NOBODY) for url in addresses)


async def check_retry_ways(
    name: str, agent: AgentSettings, settings: RetrySettings, socket: Path, time: Time
) -> Report:
    """Check the database, the gateway and the engine; `retry_findings` adds what the bot offers."""
    assert agent.database is not None
    if not settings.enabled:
        why = message("switched off: enabled = false in [fixes.retry]")
        todo = message("qualtui customers list shows who waits")
        return Report((skipped("retry.ways", message("ways to answer"), why, todo),))
    wait = await waiting_now(socket, name, agent.database, agent.mapping)

    async def those() -> Sequence[CustomerView]:
        return wait.people

    # Works behind a pooler too; `database.pooler` reports what the configuration should say.
    careful = msgspec.structs.replace(agent.database, pooler=True)
    fix = retry_of(name, msgspec.structs.replace(agent, database=careful), settings, those, time)
    assert fix is not None
    ways = _ways(fix.strategies, agent, settings)
    found = Answering(name, wait.people, wait.source, wait.problem, ways)
    try:
        writes = agent.database.write_dsn is not None
        return Report((), answering=await _surveyed(found, fix, writes=writes) if ways else found)
    finally:
        await fix.close()


async def _surveyed(found: Answering, fix: Fix, *, writes: bool) -> Answering:
    blocked: Saying = ""
    gateway, problem, reached = await fix.gateway_trouble(), found.problem, found.reached
    try:
        survey = await fix.survey()
        blocked, reached = lacks(survey.lacking), survey.people
    except FixError as error:
        if writes:  # it is set and does not answer: `write.rights` says what to do
            problem = problem or message("the writing role: {reason}", reason=error.text)
        else:
            blocked = error.text
    return msgspec.structs.replace(
        found, hours=fix.out_of_hours(), gateway=gateway, blocked=blocked, problem=problem, reached=reached
    )


def _ways(strategies: Sequence[Strategy], agent: AgentSettings, settings: RetrySettings) -> tuple[Way, ...]:
    made = {way.name: way for way in strategies}
    posts = bot_calls(agent, settings)
    found = []
    for key, name, needs in WAYS:
        given = getattr(settings, key)
        if not (given.strip() if isinstance(given, str) else given):
            continue
        way = made.get(name)
        call = posts.get(key, "").replace("{id}", NOBODY)
        found.append(
            Way(key, name, "" if way is not None else needs, call, reach_text(way, settings) if way else "")
        )
    return tuple(found)


def reach_text(way: Strategy, settings: RetrySettings) -> Text:
    """The kinds of customers that a way reaches, and does not: it decides on one of each."""
    wrote = Case("", "", "whatsapp", True, "session", None, 1.0, None, None, 2.0)
    new = msgspec.structs.replace(wrote, session=None, heard=None)
    kinds = [(message("those who wrote"), wrote), (message("those without any message"), new)]
    if settings.watcher and settings.channels:
        listed = msgspec.structs.replace(new, channel=settings.channels[0])
        kinds.append((message("new leads of {channels}", channels=", ".join(settings.channels)), listed))
    kinds.append((message("those without a valid number"), msgspec.structs.replace(wrote, dialable=False)))
    against = [(kind, way.out_of_reach(case)) for kind, case in kinds]
    reached: list[Text | str] = [kind for kind, why in against if not why]
    left: list[Text | str] = [message("{kind} ({why})", kind=kind, why=why) for kind, why in against if why]
    if not left:
        return message("reaches everyone")
    if not reached:
        return message("reaches no one; not {left}", left=left)
    return message("reaches {reached}; not {left}", reached=reached, left=left)


def retry_findings(found: Answering, offers: Offers) -> tuple[Finding, ...]:
    """One finding a way, and one on those who wait now. `offers`: as far as the bot was checked."""
    if not found.ways:
        return (_none(found),)
    findings: list[Finding] = []
    if found.blocked:
        todo = message("set write_dsn to a role with the rights of docs/roles.sql: each message is claimed first")
        findings.append(failed("retry.rights", message("right to claim customers"), found.blocked, todo))
    broken = {way.name: _broken(way, found, offers) for way in found.ways}
    findings += [_way(way, found, broken[way.name], offers) for way in found.ways]
    return (*findings, _reach(found, {name for name, why in broken.items() if not why}))


def _none(found: Answering) -> Finding:
    why = message("no way is set: you can only answer waiting customers by hand")
    if found.people and not found.problem:
        why = counted(
            "no way is set: you can only answer by hand; {number} customer waits now ({source})",
            "no way is set: you can only answer by hand; {number} customers wait now ({source})",
            len(found.people),
            number=_number(len(found.people)),
            source=found.source,
        )
    todo = message("set http, text, sql or watcher in [fixes.retry]")
    return warning("retry.ways", message("ways to answer"), why, todo)


def _broken(way: Way, found: Answering, offers: Offers) -> Saying:
    """Why a way can never work here; empty if it can, or if that is unknown."""
    if way.lacks:
        return message("set, but there is no [agents.{agent}.{part}]", agent=found.agent, part=way.lacks)
    if offers.get(way.call) is False:
        return message("the bot has no POST {path}", path=urlsplit(way.call).path.replace(NOBODY, "ID"))
    return ""


def _way(way: Way, found: Answering, broken: Saying, offers: Offers) -> Finding:
    check, what = f"retry.{way.key}", message("retry by {way}", way=way.key)
    if broken:
        todo = message("add that part, or remove this way")
        if way.call:
            todo = message("deploy a bot that has it, or use another way")
        return failed(check, what, broken, todo)
    parts: list[Saying] = [way.reaches]
    if not found.blocked and not found.problem:
        reached = sum(way.name in person.ways for person in found.reached)
        parts.append(message("{reached} of {all} waiting", reached=reached, all=_number(len(found.people))))
    if way.key == "sql":
        parts.append(message("its statement is not tried here"))
    if way.call and way.call not in offers:
        unknown = message("unknown whether the bot has it: it was not checked")
        return skipped(check, what, joined([unknown, *parts]))
    if way.key == "text" and found.gateway:
        return failed(check, what, joined([found.gateway, *parts]), message("fix the gateway's session first"))
    return ok(check, what, joined(parts))


def _reach(found: Answering, usable: set[str]) -> Finding:
    """Who waits now, and how many a way reaches."""
    check, what = "retry.reach", message("who waits now")
    if found.problem:
        return skipped(check, what, found.problem)
    number = len(found.people)
    if not number:
        return ok(check, what, message("no one, {source}", source=found.source))
    reached = sum(bool(usable & set(person.ways)) for person in found.reached)
    left = sum(bool(person.against) for person in found.reached)
    by_hand = number - reached - left
    parts: list[Text | str] = [message("{number} reached", number=reached)]
    if left:
        parts.append(message("{number} held back (want none, or may have one already)", number=left))
    parts.append(message("{number} to answer by hand", number=by_hand))
    why: Saying = counted(
        "{number} waits: {parts}; {source}",
        "{number} wait: {parts}; {source}",
        number,
        number=_number(number),
        parts=parts,
        source=found.source,
    )
    if not_now := found.hours or found.gateway:
        why = joined([why, message("not now: {reason}", reason=not_now)])
    if not by_hand:
        return ok(check, what, why)
    todo = message("answer them by hand: qualtui fix preview retry lists them; then qualtui customers answered")
    return warning(check, what, why, todo)


def _number(people: int) -> Saying:
    return str(people) if people < MOST else message("{number} or more", number=people)
