"""The whole doctor: all links at once, but one request at a time to each bot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import msgspec

from qualtui.config.places import socket_path
from qualtui.config.values import AgentSettings, Config
from qualtui.doctor import agent as bot
from qualtui.doctor import (
    channels,
    clocks,
    disk,
    gateway_checks,
    host_checks,
    network,
    own,
    postgres,
    retry_ways,
    settings,
    tls,
)
from qualtui.doctor.http_request import Time
from qualtui.doctor.report import Report
from qualtui.model.findings import Finding, skipped
from qualtui.text.message import message

Link = Callable[[], Awaitable[Report]]
MOST = 300.0  # s for each link; what is not finished by then is skipped


async def run_doctor(config: Config, time: Time, most: float = MOST) -> AsyncIterator[Finding]:
    """The findings in order, each as soon as it and those before it are there. Changes nothing.

    `most`: seconds for each link.
    """
    links = [("", _own(config, time)), *_links(config, time), ("", lambda: channels.check_channels(config))]
    reports: list[Report] = []
    offers: dict[str, bool] = {}
    tasks = [asyncio.ensure_future(_bounded(link, most)) for _name, link in links]
    try:
        for (name, _link), task in zip(links, tasks, strict=True):
            report = await task
            reports.append(report)
            findings = report.findings
            if report.answering is not None:  # its agent's bot was checked before
                findings += retry_ways.retry_findings(report.answering, offers)
            offers |= report.offers
            for finding in findings:
                yield msgspec.structs.replace(finding, agent=name)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    yield clocks.clock_findings([clock for report in reports for clock in report.clocks])
    yield network.network_findings([contact for report in reports for contact in report.contacts])


async def _bounded(link: Link, most: float) -> Report:
    try:
        async with asyncio.timeout(most):
            return await link()
    except TimeoutError:
        return Report(
            (skipped("doctor", message("doctor"), message("not finished within {limit:seconds}", limit=most)),)
        )


def _own(config: Config, time: Time) -> Link:
    async def check() -> Report:
        return Report((*settings.check_settings(config), *await disk.check_own_side(config, time)))

    return check


def _links(config: Config, time: Time) -> list[tuple[str, Link]]:
    # Two agents may share one service: it gets one request at a time all the same.
    turns: dict[str, asyncio.Lock] = {}
    links: list[tuple[str, Link]] = []
    for name, agent in config.agents.items():
        if agent.health is not None:
            turn = turns.setdefault(urlsplit(agent.health.url).netloc, asyncio.Lock())
            links.append((name, _bot(agent, retry_ways.calls(agent, config.fixes.retry), turn, time)))
        if agent.database is not None:
            links.append((name, _database(agent, time)))
        if agent.gateway is not None:
            links.append((name, _gateway(agent, time)))
        if agent.host is not None:
            links.append((name, _host(agent)))
        if agent.series:
            links.append((name, _series(agent)))
        if agent.database is not None:
            links.append((name, _answering(name, agent, config, time)))
    return links


def _bot(agent: AgentSettings, calls: tuple[str, ...], turn: asyncio.Lock, time: Time) -> Link:
    async def check() -> Report:
        health = agent.health
        assert health is not None
        async with turn:
            report = await bot.check_bot(health, time, calls)
        what = message("bot's certificate")
        certificate = await tls.check_certificate(
            "agent.tls", what, health.url, min(10.0, float(health.timeout)), time
        )
        return msgspec.structs.replace(report, findings=(*report.findings, certificate))

    return check


def _database(agent: AgentSettings, time: Time) -> Link:
    async def check() -> Report:
        assert agent.database is not None
        return await postgres.check_database(agent.database, agent.mapping, time)

    return check


def _series(agent: AgentSettings) -> Link:
    async def check() -> Report:
        return await own.check_own_series(agent)

    return check


def _answering(name: str, agent: AgentSettings, config: Config, time: Time) -> Link:
    async def check() -> Report:
        return await retry_ways.check_retry_ways(name, agent, config.fixes.retry, socket_path(config), time)

    return check


def _host(agent: AgentSettings) -> Link:
    async def check() -> Report:
        assert agent.host is not None
        return await host_checks.check_host(agent.host)

    return check


def _gateway(agent: AgentSettings, time: Time) -> Link:
    async def check() -> Report:
        assert agent.gateway is not None
        gateway = agent.gateway
        report = await gateway_checks.check_gateway(
            gateway, "" if agent.health is None else agent.health.url, time
        )
        what = message("gateway's certificate")
        certificate = await tls.check_certificate("gateway.tls", what, gateway.url, float(gateway.timeout), time)
        return msgspec.structs.replace(report, findings=(*report.findings, certificate))

    return check
