"""The engine's HTTP listeners of one configuration; what each needs is handed in."""

import asyncio
from collections.abc import Callable

from qualtui.config.values import HttpSettings
from qualtui.text.message import Saying
from qualtui.web.deep_health import DeepHealth
from qualtui.web.health_listener import health_application
from qualtui.web.serving import HttpServing


class HttpListeners:
    """Runs what `[http]` names. `fault`: of the engine's own; `deep`: how everything is."""

    def __init__(self, fault: Callable[[], Saying], deep: Callable[[], DeepHealth]) -> None:
        self._fault = fault
        self._deep = deep
        self.health = HttpServing()

    @property
    def troubles(self) -> tuple[Saying, ...]:
        """Why a listener does not listen."""
        return tuple(one.trouble for one in (self.health,) if one.trouble)

    async def run(self, settings: HttpSettings) -> None:
        """Listen until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if settings.listen:
                app = health_application(self._fault, self._deep, settings.key)
                tasks.create_task(self.health.run(settings.listen, app))
