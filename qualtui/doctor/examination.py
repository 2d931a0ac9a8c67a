"""The whole examination: each link on its own, all at once, but one question at a time to each bot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import msgspec

from qualtui.config.places import socket_path
from qualtui.config.values import Agent, Config
from qualtui.doctor import agent as bot
from qualtui.doctor import answering, channels, clocks, disk, network, own, postgres, settings, tls, waha
from qualtui.doctor.asking import Time
from qualtui.doctor.report import Report
from qualtui.findings import Finding, skipped
from qualtui.text import _

Link = Callable[[], Awaitable[Report]]
MOST = 300.0  # s; what is not answered by then is told as not looked at


async def examine(config: Config, time: Time, most: float = MOST) -> AsyncIterator[Finding]:
    """The findings in their order, each as soon as those before it are there. Changes nothing anywhere.

    `most`: seconds for each link.
    """
    links = [("", _own(config, time)), *_links(config, time), ("", lambda: channels.examine(config))]
    reports: list[Report] = []
    offers: dict[str, bool] = {}
    tasks = [asyncio.ensure_future(_bounded(link, most)) for _name, link in links]
    try:
        for (name, _link), task in zip(links, tasks, strict=True):
            report = await task
            reports.append(report)
            told = report.findings
            if report.answering is not None:  # its agent's bot was asked before
                told += answering.judged(report.answering, offers)
            offers |= report.offers
            for finding in told:
                yield msgspec.structs.replace(finding, agent=name)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    yield clocks.judged([clock for report in reports for clock in report.clocks])
    yield network.judged([contact for report in reports for contact in report.contacts])


async def _bounded(link: Link, most: float) -> Report:
    try:
        async with asyncio.timeout(most):
            return await link()
    except TimeoutError:
        return Report((skipped("doctor", _("examination"), _("not done within {:g}s").format(most)),))


def _own(config: Config, time: Time) -> Link:
    async def examined() -> Report:
        return Report((*settings.examine(config), *await disk.examine(config, time)))

    return examined


def _links(config: Config, time: Time) -> list[tuple[str, Link]]:
    # Two agents of one configuration may be one service: it is asked one question at a time all the same.
    turns: dict[str, asyncio.Lock] = {}
    links: list[tuple[str, Link]] = []
    for name, agent in config.agents.items():
        if agent.health is not None:
            turn = turns.setdefault(urlsplit(agent.health.url).netloc, asyncio.Lock())
            links.append((name, _bot(agent, answering.calls(agent, config.fixes.retry), turn, time)))
        if agent.database is not None:
            links.append((name, _database(agent, time)))
        if agent.waha is not None:
            links.append((name, _gateway(agent, time)))
        if agent.series:
            links.append((name, _series(agent)))
        if agent.database is not None:
            links.append((name, _answering(name, agent, config, time)))
    return links


def _bot(agent: Agent, calls: tuple[str, ...], turn: asyncio.Lock, time: Time) -> Link:
    async def examined() -> Report:
        health = agent.health
        assert health is not None
        async with turn:
            report = await bot.examine(health, time, calls)
        what = _("bot's certificate")
        certificate = await tls.examine("agent.tls", what, health.url, min(10.0, float(health.timeout)), time)
        return msgspec.structs.replace(report, findings=(*report.findings, certificate))

    return examined


def _database(agent: Agent, time: Time) -> Link:
    async def examined() -> Report:
        assert agent.database is not None
        return await postgres.examine(agent.database, agent.mapping, time)

    return examined


def _series(agent: Agent) -> Link:
    async def examined() -> Report:
        return await own.examine(agent)

    return examined


def _answering(name: str, agent: Agent, config: Config, time: Time) -> Link:
    async def examined() -> Report:
        return await answering.examine(name, agent, config.fixes.retry, socket_path(config), time)

    return examined


def _gateway(agent: Agent, time: Time) -> Link:
    async def examined() -> Report:
        assert agent.waha is not None
        gateway = agent.waha
        report = await waha.examine(gateway, "" if agent.health is None else agent.health.url, time)
        what = _("gateway's certificate")
        certificate = await tls.examine("waha.tls", what, gateway.url, float(gateway.timeout), time)
        return msgspec.structs.replace(report, findings=(*report.findings, certificate))

    return examined
