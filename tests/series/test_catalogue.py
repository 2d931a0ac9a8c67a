"""Every series is declared once, in its family's file, and comes from somewhere."""

import importlib
import os
import pkgutil
from pathlib import Path

import qualtui.series
from qualtui.config.values import (
    AgentSettings,
    ControlSettings,
    DatabaseSettings,
    GatewaySettings,
    HealthSettings,
    HostName,
    HostSettings,
    MetricsSettings,
    Secret,
)
from qualtui.engine.derived import DERIVED, FAULT
from qualtui.model import Backups
from qualtui.probes.backup import BackupFacts
from qualtui.probes.build import Deps, probes_of
from qualtui.series.catalogue import BY_NAME, DECLARED
from qualtui.series.declaration import Series
from qualtui.tracking.deliverability import Deliverability

DOCS = Path(__file__).parents[2] / "docs/series.md"


async def _load(_name: str) -> bytes | None:
    return None


async def _save(_name: str, _blob: bytes) -> None:
    pass


def _can_send(_at: float) -> Deliverability:
    return Deliverability.UNKNOWN


async def _backups() -> BackupFacts:
    return BackupFacts(None, None, 0.0, Backups())


DEPS = Deps(
    load=_load,
    save=_save,
    learned=lambda mark: None,
    gateway=lambda agent: _can_send,
    born=lambda agent: None,
    backups={"bot": _backups},
)


def files() -> dict[str, tuple[Series, ...]]:
    """What each file of the folder declares."""
    found = {}
    for module in pkgutil.iter_modules(qualtui.series.__path__):
        declared = getattr(importlib.import_module(f"qualtui.series.{module.name}"), "SERIES", None)
        if declared is not None:
            found[module.name] = declared
    return found


def test_what_a_file_declares_is_in_the_registry() -> None:
    assert sorted(one.name for series in files().values() for one in series) == sorted(BY_NAME)
    assert len(BY_NAME) == len(DECLARED)


def test_the_series_of_a_group_stand_in_one_file() -> None:
    groups = [{one.name.partition(".")[0] for one in series} for series in files().values()]
    assert sum(map(len, groups)) == len(set().union(*groups))


async def test_each_series_comes_from_a_probe_or_a_derivation_and_each_of_these_declares_its_own() -> None:
    url = "http://127.0.0.1:1"
    agent = AgentSettings(
        health=HealthSettings(url=f"{url}/health", deep=f"{url}/health/deep"),
        metrics=MetricsSettings(url=f"{url}/metrics"),
        database=DatabaseSettings(dsn=Secret("postgresql://monitor@127.0.0.1:1/bot")),
        gateway=GatewaySettings(url="https://127.0.0.1:1"),
        control=ControlSettings(url=url),
        host=HostSettings(kind=HostName.RENDER, service="srv-cukouhrtq21c73e9scng", key=Secret("rnd_invented")),
    )
    probes = probes_of("bot", agent, DEPS)
    try:
        polled = {name.removeprefix("bot/") for probe in probes for name in probe.series}
    finally:
        for probe in probes:
            await probe.close()
    derived = {name for row in DERIVED for name in row.names} | {FAULT}
    assert polled | derived == BY_NAME.keys()


def test_the_list_for_users_has_every_series_with_its_unit_source_and_meaning() -> None:
    wanted = [f"| `{one.name}` | {one.unit} | {one.source} | {one.meaning} |" for one in DECLARED]
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    if os.environ.get("UPDATE_PICTURES"):  # as for the approved pictures: look at what changed
        first = lines.index(rows[0])
        lines[first : first + len(rows)] = wanted
        DOCS.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    assert rows == wanted
