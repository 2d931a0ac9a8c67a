"""How much a window at rest sends to its terminal, and what it shows at once all the same."""

from msgspec.structs import replace

from qualtui.app import QualtuiApp
from qualtui.model import Phase
from qualtui.screens.drawing_pace import LOW_BANDWIDTH, SHORTEST
from qualtui.wire import Snapshot
from tests import snapshots
from tests.screens.stand_in import until
from tests.screens.test_painted import Painting

BUDGET = 800  # bytes a second


class Counting(Painting):
    """A window that is drawn at a pace; its terminal counts what it is sent."""

    def __init__(self, first: Snapshot, pace: float) -> None:
        super().__init__(first, (160, 48))
        painted = self.app.driver_class
        sent = self.sent = [0]

        def write(driver: object, data: str) -> None:
            sent[0] += len(data.encode())
            painted.write(driver, data)  # type: ignore[arg-type]

        counted = type("Counted", (painted,), {"write": write})
        self.app = QualtuiApp(
            self.engine, who="ana", clock=self.clock, ticks=self.clock, driver_class=counted, pace=pace
        )


async def sent_in(painting: Counting, seconds: int, told: Snapshot) -> int:
    """The bytes of so many seconds in which no more changes than how fast the bot answers."""
    async with painting.app.run_test(headless=False, size=painting.size) as pilot:
        await until(lambda: painting.app.pid != 0)
        await painting.shown(pilot)
        painting.sent[0] = 0
        for second in range(seconds):
            await painting.push(answered_in(told, 0.006 if second % 2 else 0.012))
            await painting.shown(pilot)
        return painting.sent[0]


def answered_in(told: Snapshot, seconds: float) -> Snapshot:
    """The same moment, but for the time of the health check, in the chain and among the figures."""
    agent = told.details[0]
    chain = tuple(replace(one, text=f"{1000 * seconds:.0f}ms") for one in agent.chain)
    figures = {name: replace(one, value=seconds) for name, one in agent.figures.items()}
    return replace(told, details=(replace(agent, chain=chain, figures=figures), *told.details[1:]))


async def test_a_second_in_which_every_figure_changes_sends_less_than_its_budget() -> None:
    told = snapshots.calm()
    assert 0 < await sent_in(Counting(told, SHORTEST), 10, told) < 10 * BUDGET


async def test_low_bandwidth_sends_a_fraction_of_it() -> None:
    told = snapshots.calm()
    usual = await sent_in(Counting(told, SHORTEST), 20, told)
    assert 0 < await sent_in(Counting(told, LOW_BANDWIDTH), 20, told) < usual / 2


async def test_low_bandwidth_shows_a_new_owner_and_an_end_at_once() -> None:
    told = snapshots.trouble()
    painting = Counting(told, LOW_BANDWIDTH)
    async with painting.app.run_test(headless=False, size=painting.size) as pilot:
        await until(lambda: painting.app.pid != 0)
        await painting.push(told)
        await painting.shown(pilot)
        rows = told.incidents
        await painting.push(replace(told, incidents=(replace(rows[0], owner="zuleica"), *rows[1:])))
        assert "zuleica" in await painting.shown(pilot)
        await painting.push(
            replace(told, incidents=(replace(rows[0], phase=Phase.RESOLVED, owner="yara"), *rows[1:]))
        )
        assert "yara" in await painting.shown(pilot)
