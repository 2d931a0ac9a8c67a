"""One engine's retry in a process of its own, which stands still at a step until it is killed.

`python -m tests.fixes.child STEP DSN WAHA_URL`; it says STEP when it stands there. Steps: claimed (nothing was
sent), sent (the gateway has answered, nothing is written down).
"""

import asyncio
import sys
import time

from qualtui.config.values import DatabaseSettings, GatewaySettings, Mapping, RetrySettings, Secret
from qualtui.fixes.claims import Case, Claim, Claims
from qualtui.fixes.retry import Retry as Remedy
from qualtui.fixes.retry import Tools
from qualtui.fixes.strategies import ByGateway
from qualtui.gateways.gateway import SendResult
from qualtui.gateways.registry import gateway_of
from qualtui.text.message import Saying
from tests.fixes.scene import TEXT, Eyes
from tests.fixes.waha import KEY


class Halting:
    """The way through the gateway, with a step at which it stands still."""

    name = "gateway"
    stores = TEXT

    def __init__(self, way: ByGateway, step: str) -> None:
        self._way = way
        self._step = step

    def out_of_reach(self, case: Case) -> Saying:
        return self._way.out_of_reach(case)

    async def send(self, claim: Claim) -> SendResult:
        await self._halt("claimed")
        sent = await self._way.send(claim)
        await self._halt("sent")
        return sent

    async def close(self) -> None:
        await self._way.close()

    async def _halt(self, step: str) -> None:
        if step == self._step:
            print(step, flush=True)
            await asyncio.Event().wait()


async def main(step: str, dsn: str, url: str) -> None:
    settings = RetrySettings(text=TEXT, hours="")
    gateway = gateway_of(GatewaySettings(url=url, key=Secret(KEY)))
    probe = DatabaseSettings(dsn=Secret(dsn), write_dsn=Secret(dsn))
    way = Halting(ByGateway(gateway, TEXT), step)
    tools = Tools(Eyes(Secret(dsn)), (way,), gateway, time.time)
    fix = Remedy("bot", Claims("bot", probe, Mapping(), 86400.0), Mapping(), settings, tools)
    await fix.run(await fix.preview(""))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
