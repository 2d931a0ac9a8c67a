"""The ways to answer customers whom the bot left waiting: can each work here, and whom does it reach?

Decided as the fix `retry` decides; of its customers only numbers are told.
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
from qualtui.fixes.retry import lacks, retry_of
from qualtui.fixes.strategies import Strategy, bot_calls
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text import _, plural
from qualtui.wire import CustomerView

# A way's key in [fixes.retry], its strategy's name, and the part of [agents.NAME] that it works with.
WAYS = (
    ("http", "http", "health"),
    ("text", "waha", "waha"),
    ("sql", "sql", "database"),
    ("watcher", "watcher", "health"),
)
Offers = Map[str, bool]  # by address: whether the bot takes calls there


def calls(agent: AgentSettings, settings: RetrySettings) -> tuple[str, ...]:
    """Where the bot would be asked to answer somebody: of no lead that there is."""
    asked = bot_calls(agent, settings).values() if settings.enabled and agent.database is not None else ()
    return tuple(url.replace("{id}", NOBODY) for url in asked)


async def check_retry_ways(
    name: str, agent: AgentSettings, settings: RetrySettings, socket: Path, time: Time
) -> Report:
    """Asks the database, the gateway and the engine; what the bot offers, `judged` is told."""
    assert agent.database is not None
    if not settings.enabled:
        why = _("switched off: enabled = false in [fixes.retry]")
        todo = _("`qualtui customers list` says who waits")
        return Report((skipped("retry.ways", _("ways to answer"), why, todo),))
    wait = await waiting_now(socket, name, agent.database, agent.mapping)

    async def those() -> Sequence[CustomerView]:
        return wait.people

    # Whatever is between us and the database; `database.pooler` tells what the configuration should say.
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
    gateway, blocked, problem, reached = await fix.gateway_trouble(), "", found.problem, found.reached
    try:
        survey = await fix.survey()
        blocked, reached = lacks(survey.lacking), survey.people
    except FixError as error:
        if writes:  # it is there and does not answer: `write.rights` tells what to do
            problem = problem or _("the writing role: {}").format(error)
        else:
            blocked = str(error)
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
        found.append(Way(key, name, "" if way is not None else needs, call, whom(way, settings) if way else ""))
    return tuple(found)


def whom(way: Strategy, settings: RetrySettings) -> str:
    """The kinds of customers that a way reaches, and does not: it decides on one of each."""
    wrote = Case("", "", "whatsapp", True, "session", None, 1.0, None, None, 2.0)
    new = msgspec.structs.replace(wrote, session=None, heard=None)
    kinds = [(_("those who wrote"), wrote), (_("those never written to"), new)]
    if settings.watcher and settings.channels:
        listed = msgspec.structs.replace(new, channel=settings.channels[0])
        kinds.append((_("new leads of {}").format(", ".join(settings.channels)), listed))
    kinds.append((_("those without a right number"), msgspec.structs.replace(wrote, dialable=False)))
    against = [(kind, way.out_of_reach(case)) for kind, case in kinds]
    reached = [kind for kind, why in against if not why]
    left = [f"{kind} ({why})" for kind, why in against if why]
    if not left:
        return _("reaches everybody")
    told = _("reaches {}").format(", ".join(reached)) if reached else _("reaches nobody")
    return told + _("; not {}").format(", ".join(left))


def retry_findings(found: Answering, offers: Offers) -> tuple[Finding, ...]:
    """A line a way, and one on those who wait now. `offers`: as far as the bot was asked."""
    if not found.ways:
        return (_none(found),)
    told: list[Finding] = []
    if found.blocked:
        todo = _("set write_dsn to a role with the rights of docs/roles.sql: each message is claimed first")
        told.append(failed("retry.rights", _("right to claim customers"), found.blocked, todo))
    broken = {way.name: _broken(way, found, offers) for way in found.ways}
    told += [_way(way, found, broken[way.name], offers) for way in found.ways]
    return (*told, _reach(found, {name for name, why in broken.items() if not why}))


def _none(found: Answering) -> Finding:
    why = _("none is set: whom the bot leaves waiting can only be answered by hand")
    if found.people and not found.problem:
        number = len(found.people)
        waits = plural("; {} waits now ({})", "; {} wait now ({})", number)
        why += waits.format(_number(number), found.source)
    return warning("retry.ways", _("ways to answer"), why, _("set http, text, sql or watcher in [fixes.retry]"))


def _broken(way: Way, found: Answering, offers: Offers) -> str:
    """Why a way can never work here; empty where it can, or it is not known."""
    if way.lacks:
        return _("set, but there is no [agents.{}.{}]").format(found.agent, way.lacks)
    if offers.get(way.call) is False:
        return _("the bot has no POST {}").format(urlsplit(way.call).path.replace(NOBODY, "ID"))
    return ""


def _way(way: Way, found: Answering, broken: str, offers: Offers) -> Finding:
    check, what = f"retry.{way.key}", _("retry by {}").format(way.key)
    if broken:
        todo = _("deploy a bot that has it, or use another way") if way.call else _("add it, or take the way out")
        return failed(check, what, broken, todo)
    told = way.whom
    if not found.blocked and not found.problem:
        reached = sum(way.name in person.ways for person in found.reached)
        told += "; " + _("{} of {} waiting").format(reached, _number(len(found.people)))
    if way.key == "sql":
        told += "; " + _("its statement is not tried here")
    if way.call and way.call not in offers:
        return skipped(check, what, _("whether the bot has it is not known, it was not asked; {}").format(told))
    if way.key == "text" and found.gateway:
        return failed(check, what, f"{found.gateway}; {told}", _("mend the gateway's session first"))
    return ok(check, what, told)


def _reach(found: Answering, usable: set[str]) -> Finding:
    """Who waits now, and whom any way reaches."""
    check, what = "retry.reach", _("who waits now")
    if found.problem:
        return skipped(check, what, found.problem)
    number = len(found.people)
    if not number:
        return ok(check, what, _("nobody, {}").format(found.source))
    reached = sum(bool(usable & set(person.ways)) for person in found.reached)
    left = sum(bool(person.against) for person in found.reached)
    by_hand = number - reached - left
    parts = [_("{} reached").format(reached)]
    if left:
        parts.append(_("{} held back (want none, or may have been written to)").format(left))
    parts.append(_("{} to answer by hand").format(by_hand))
    waits = plural("{} waits", "{} wait", number).format(_number(number))
    why = f"{waits}: {', '.join(parts)}; {found.source}"
    if not_now := found.hours or found.gateway:
        why += "; " + _("not now: {}").format(not_now)
    if not by_hand:
        return ok(check, what, why)
    todo = _("answer them by hand: `qualtui fix preview retry` lists them; then `qualtui customers answered`")
    return warning(check, what, why, todo)


def _number(people: int) -> str:
    return str(people) if people < MOST else _("{} or more").format(people)
