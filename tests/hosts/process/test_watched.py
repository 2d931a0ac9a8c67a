"""What one look to the next says of a process that nobody else watches."""

import pytest

from qualtui.hosts.host import HostEventKind, Instance
from qualtui.hosts.process.watched import KEEP, MOST, Watched, seen

OLD, NEW = Instance("1", 5.0), Instance("2", 95.0)
FAILED, AVAILABLE = HostEventKind.FAILED, HostEventKind.AVAILABLE


@pytest.mark.parametrize(
    ("looks", "kinds"),
    [
        ([(OLD, 0), (OLD, 0)], []),
        ([(None, 0)], [FAILED]),
        ([(None, 0), (None, 0), (NEW, 0)], [FAILED, AVAILABLE]),
        ([(OLD, 0), (None, 0), (None, 0)], [FAILED]),
        ([(OLD, 0), (NEW, 0)], [HostEventKind.RESTARTED]),  # between two looks
        ([(OLD, 7), (OLD, 7)], []),  # kills of before our time
        ([(OLD, 0), (OLD, 1)], [HostEventKind.OUT_OF_MEMORY, AVAILABLE]),  # a worker
        ([(OLD, 0), (NEW, 1)], [HostEventKind.OUT_OF_MEMORY, AVAILABLE]),
        ([(OLD, 0), (None, 1), (NEW, 1)], [HostEventKind.OUT_OF_MEMORY, AVAILABLE]),
    ],
)
def test_each_change_is_one_event(looks: list[tuple[Instance | None, int]], kinds: list[HostEventKind]) -> None:
    watched = Watched()
    for n, (found, kills) in enumerate(looks):
        watched = seen(watched, found, kills, 100.0 + 60 * n)
    assert [one.kind for one in watched.events] == kinds
    assert [one.at for one in watched.events] == sorted(one.at for one in watched.events)


def test_what_is_kept_is_bounded_in_time_and_number() -> None:
    watched = Watched()
    for n in range(3 * MOST):
        watched = seen(watched, None if n % 2 else NEW, 0, 100.0 + n)
    assert len(watched.events) == MOST
    assert seen(watched, NEW, 0, 100.0 + 3 * MOST + KEEP + 1).events[:-1] == ()
