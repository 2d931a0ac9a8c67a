"""Do the user's own series return numbers?"""

import time

from qualtui.config.values import AgentSettings
from qualtui.doctor.report import Report
from qualtui.model.findings import Finding, ok, warning
from qualtui.probes.build import own_probes
from qualtui.probes.probe import Probe, ProbeError
from qualtui.text import clean
from qualtui.text.message import message


async def check_own_series(agent: AgentSettings) -> Report:
    """One finding a series, polled one after the other as the engine does."""
    probes = own_probes("", agent)
    try:
        return Report(tuple([await _polled(probe, agent) for probe in probes]))
    finally:
        for probe in probes:
            await probe.close()


async def _polled(probe: Probe, agent: AgentSettings) -> Finding:
    name = probe.name.removeprefix("/")
    try:
        (sample,) = await probe.ask(time.time())
    except ProbeError as error:
        todo = message("check [agents.NAME.series.{name}]", name=name.removeprefix("user."))
        return warning("series.value", name, clean(error), todo)
    unit = agent.series[name.removeprefix("user.")].unit
    return ok("series.value", name, f"{sample.value:g}{unit}")
