"""The engine's HTTP listeners of one configuration; what each needs is handed in."""

import asyncio
from collections.abc import Callable

from qualtui.config.values import HttpSettings
from qualtui.text.message import Saying
from qualtui.web.ack_listener import AckAnswers, ack_application
from qualtui.web.deep_health import DeepHealth
from qualtui.web.health_listener import health_application
from qualtui.web.serving import HttpServing


class HttpListeners:
    """Runs what `[http]` names. `fault`: of the engine's own; `deep`: how all is; `links`: what they are about."""

    def __init__(self, fault: Callable[[], Saying], deep: Callable[[], DeepHealth], links: AckAnswers) -> None:
        self._fault = fault
        self._deep = deep
        self._links = links
        self.health = HttpServing()
        self.acknowledge = HttpServing()

    @property
    def troubles(self) -> tuple[Saying, ...]:
        """Why a listener does not listen."""
        return tuple(one.trouble for one in (self.health, self.acknowledge) if one.trouble)

    async def run(self, settings: HttpSettings) -> None:
        """Listen until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if settings.listen:
                app = health_application(self._fault, self._deep, settings.key)
                tasks.create_task(self.health.run(settings.listen, app))
            if settings.ack_listen:
                page = ack_application(self._links, settings.public_url)
                tasks.create_task(self.acknowledge.run(settings.ack_listen, page))
