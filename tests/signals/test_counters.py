"""The agent's counters: absent keys, recycled workers, and no rate where there is nothing to rate."""

import json

import pytest

from qualtui.signals.counters import Counters, CountersError, Step, contradicted, counters, step, told


def body(**messages: object) -> bytes:
    return json.dumps({"totals": {"messages": messages}, "rates": {"message_success_rate": 0.0}}).encode()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b'{"totals": {}}', Counters()),
        (body(), Counters()),  # right after the boot
        (body(total_sent=9, successful_sent=7, failed_sent=2, deduped=2), Counters(7, 0, 2)),
        (body(successful_sent=7, failed_sent=5, deduped=2), Counters(7, 3, 2)),
        (body(deduped=2), Counters(0, 0, 2)),
    ],
)
def test_what_the_answer_counts(answer: bytes, expected: Counters) -> None:
    assert counters(answer) == expected


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"{}", b'{"totals": 3}', body(successful_sent="7"), body(failed_sent=-1), b"[" * 9000],
)
def test_an_answer_that_is_no_counters_is_none(answer: bytes) -> None:
    with pytest.raises(CountersError):
        counters(answer)


def test_a_recycled_worker_adds_what_it_did_since() -> None:
    assert step(Counters(10, 1, 2), Counters(14, 1, 3), 5.0) == Step(5.0, 4, 0, 1, booted=False)
    assert step(Counters(10, 1, 2), Counters(3, 0, 0), 5.0) == Step(5.0, 3, 0, 0, booted=True)
    assert step(Counters(10, 0, 2), Counters(12, 0, 0), 5.0) == Step(5.0, 12, 0, 0, booted=True)


def test_no_sends_are_no_success_rate_and_not_zero() -> None:
    assert told([Step(1.0, 0, 0, 0, booted=True)])["agent.success"] == (None, "0 of 0")
    assert told([Step(1.0, 1, 2, 0, booted=False)])["agent.success"] == (None, "1 of 3")
    said = told([Step(1.0, 30, 0, 1, booted=False), Step(2.0, 8, 2, 0, booted=True)])
    assert said["agent.success"] == (95.0, "38 of 40")
    assert (said["agent.sent_1h"][0], said["agent.deduped_1h"][0], said["agent.boots_1h"][0]) == (38, 1, 1)


@pytest.mark.parametrize(
    ("claimed", "rows", "expected"),
    [(0, 0, False), (3, 0, False), (4, 0, True), (100, 85, False), (100, 75, True), (10, 90, False)],
)
def test_sends_without_rows_contradict_and_rows_without_claims_do_not(
    claimed: float, rows: float, expected: bool
) -> None:
    assert contradicted(claimed, rows) is expected
