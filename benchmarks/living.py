"""The demo's services with real-time pace and one-second intervals: what the window's figures are taken on."""

import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import tomli_w

from qualtui.demo.launch import Services, service_arguments, spawn_services


@asynccontextmanager
async def living(*, speed: float = 1.0, interval: float = 1.0, **options: Any) -> AsyncIterator[Services]:
    """The services; every probe but the slow lane asks each `interval` seconds."""
    async with spawn_services(service_arguments(speed=speed, **options)) as services:
        path = Path(services.config)
        config = tomllib.loads(path.read_text())
        for agent in config["agents"].values():
            for probe in ("health", "database", "gateway"):
                agent[probe]["interval"] = interval
        path.write_text(tomli_w.dumps(config))
        yield services
