"""A link is green only on fresh evidence, and keeps the time when its trouble began."""

import pytest

from qualtui.diagnosis.chain import BAD, BUSY, NO_SOURCE, OK, UNKNOWN, chain
from qualtui.model import Evidence, Link
from tests.diagnosis.readings import NOW, WELL, readings


def status(link: Link, **changed: float) -> str:
    return next(view for view in chain(readings(**changed), (), NOW) if view.link is link).status


def test_all_is_well_and_the_host_has_no_source_yet() -> None:
    found = {view.link: view.status for view in chain(readings(), (), NOW)}
    assert found.pop(Link.HOST) == NO_SOURCE
    assert set(found.values()) == {OK}


@pytest.mark.parametrize("evidence", [Evidence.OLD, Evidence.NO_DATA])
def test_nothing_looks_green_without_fresh_evidence(evidence: Evidence) -> None:
    nothing = {name.replace(".", "_"): evidence for name in WELL}
    found = chain(readings(**nothing), (), NOW)
    assert [view.link for view in found if view.status == OK] == []
    assert all(view.status in {UNKNOWN, NO_SOURCE} for view in found)


def test_a_busy_bot_is_not_down() -> None:
    assert status(Link.BOT, health_up=0, health_down=0) == BUSY
    assert status(Link.BOT, health_up=0, health_down=1) == BAD


def test_silence_of_customers_is_neither_good_nor_bad() -> None:
    assert status(Link.WEBHOOK, customers_last_inbound=3600) == NO_SOURCE


def test_an_undelivered_customer_is_bad_and_a_waiting_one_is_not_yet() -> None:
    assert status(Link.CUSTOMER, customers_waiting=1) == BUSY
    assert status(Link.CUSTOMER, customers_waiting=1, customers_phantom=1) == BAD


def test_what_only_the_gateway_has_did_not_get_through_the_webhook() -> None:
    assert status(Link.WEBHOOK, customers_unstored=2) == BAD


def test_a_slow_database_is_busy() -> None:
    assert status(Link.DATABASE, db_seconds=0.9) == OK
    assert status(Link.DATABASE, db_seconds=1.1) == BUSY


def test_trouble_keeps_the_time_when_it_began_and_recovery_starts_anew() -> None:
    first = chain(readings(gateway_working=(0, "FAILED")), (), NOW)
    later = chain(readings(gateway_working=(0, "SCAN_QR_CODE")), first, NOW + 60)
    well = chain(readings(), later, NOW + 90)
    began = [next(view.since for view in links if view.link is Link.GATEWAY) for links in (first, later, well)]
    assert began == [NOW, NOW, NOW + 90]
