"""Where the bot runs: does the host accept us, what may our key change, and what does the plan allow?"""

from qualtui.config.values import HostSettings
from qualtui.doctor.report import Report
from qualtui.hosts.host import Host, HostError, HostFault, Instance, ServiceState
from qualtui.hosts.registry import host_of
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text.message import message

_KEY = message("make a key of a user that is in the bot's workspace only, and put it into the key's file")


async def check_host(settings: HostSettings) -> Report:
    """All findings on the host, by reading alone."""
    host = host_of(settings)
    try:
        try:
            service = await host.service()
        except HostError as error:
            return Report((reach_finding(error),))
        found = [service_finding(service), plan_finding(service)]
        found += [await _visible(host), await _instances(host)]
        return Report(tuple(found))
    finally:
        await host.close()


def reach_finding(error: HostError) -> Finding:
    """Why the host says nothing of the service."""
    match error.fault:
        case HostFault.UNAUTHORIZED:
            todo = _KEY
        case HostFault.NO_SERVICE:
            todo = message("correct service in [agents.NAME.host]")
        case _:
            todo = message("try again in 2 min; the bot's own answers count meanwhile")
    return failed("host.service", message("host"), error.text, todo)


def service_finding(service: ServiceState) -> Finding:
    """Whether the service runs."""
    check, what = "host.service", message("host")
    if service.suspended:
        why = message("has suspended {name}: {by}", name=service.name, by=", ".join(service.by) or "?")
        return failed(check, what, why, message("resume it on the host's page: look at its billing first"))
    return ok(check, what, message("knows the service {name}", name=service.name))


def plan_finding(service: ServiceState) -> Finding:
    """Whether the plan lets the bot run all month. Render's free one: 750 h a month for the whole workspace."""
    check, what = "host.plan", message("host's plan")
    if service.plan == "free":
        why = message(
            "free: a month has up to 744 h, and the whole workspace 750 h. qualtui's polls keep the service awake"
        )
        todo = message("take a paid plan: else two services use the hours up by the middle of the month")
        return warning(check, what, why, todo)
    if not service.plan:
        return ok(check, what, message("none"))
    return ok(check, what, message("{plan}: no limit of hours is known", plan=service.plan))


def visible_finding(number: int) -> Finding:
    """How many services the key's user may change."""
    check, what = "host.key", message("host's key")
    if number > 1:
        why = message("may read and change {number:whole} services: it has no narrower scope", number=number)
        return warning(check, what, why, _KEY)
    return ok(check, what, message("sees this service alone"))


def instances_finding(instances: tuple[Instance, ...]) -> Finding:
    """Whether exactly one copy of the bot runs: it remembers messages per process."""
    check, what = "host.instances", message("host's instances")
    if not instances:
        return failed(check, what, message("none runs"), message("read the service's log on the host"))
    if len(instances) > 1:
        why = message("{number:whole} run: each may answer the same message", number=len(instances))
        return warning(check, what, why, message("scale the service to one instance"))
    return ok(check, what, message("one runs"))


async def _visible(host: Host) -> Finding:
    try:
        return visible_finding(await host.visible())
    except HostError as error:
        return skipped("host.key", message("host's key"), error.text)


async def _instances(host: Host) -> Finding:
    try:
        return instances_finding(await host.instances())
    except HostError as error:
        return skipped("host.instances", message("host's instances"), error.text)
