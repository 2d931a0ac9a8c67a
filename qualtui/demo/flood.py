"""The fault flood: one phone that writes many messages, at a bounded rate, and a bounded number of them."""

import asyncio

from qualtui.demo.gateway import SimulatedGateway
from qualtui.demo.pace import Pace
from qualtui.demo.persona import Persona, phone
from qualtui.demo.traffic import Traffic

PHONE = phone(99_001)
_EVERY = 3.0  # virtual seconds
_FASTEST = 0.05  # real seconds: never more than twenty a second
_MOST = 600
_QUEUE = 40  # no more are sent while so many webhooks wait
_AFTERWARDS = 400.0  # virtual seconds: past the bot's five minutes in which it says nothing twice


class Flood:
    """Writes while `on`."""

    def __init__(self, pace: Pace, gateway: SimulatedGateway, traffic: Traffic) -> None:
        self._pace = pace
        self._gateway = gateway
        self._traffic = traffic
        self._started = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def on(self) -> bool:
        """Whether it writes."""
        return self._started.is_set()

    def start(self) -> None:
        """Begins."""
        self._ended.clear()
        self._started.set()

    def stop(self) -> None:
        """Ends; the sender writes once more later, as an ordinary customer who wants an answer."""
        self._started.clear()
        self._ended.set()
        someone = Persona(0.0, PHONE, "Zé Enxurrada", "Oi, desculpe as mensagens", (), ())
        self._traffic.expect(someone, _AFTERWARDS)

    async def run(self) -> None:
        """Writes while it is on, until cancelled."""
        while True:
            await self._started.wait()
            for number in range(_MOST):
                if not self.on:
                    break
                if self._gateway.in_flight < _QUEUE:
                    self._gateway.receive(PHONE, "Zé Enxurrada", f"oi {number}")
                await asyncio.sleep(max(_FASTEST, self._pace.real(_EVERY)))
            await self._ended.wait()
