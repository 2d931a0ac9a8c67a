"""Every kind of gateway that a configuration may name is there, whole, and called by its product's name."""

import inspect

from qualtui.config.values import GatewayName, GatewaySettings
from qualtui.gateways.gateway import Gateway
from qualtui.gateways.registry import KINDS, gateway_of, kind_of


def test_the_configuration_accepts_the_kinds_that_are_there_and_no_other() -> None:
    assert sorted(GatewayName) == sorted(KINDS)
    assert kind_of(GatewaySettings(url="http://127.0.0.1:1")).label == "WAHA"


def test_each_kind_makes_a_gateway_that_answers_every_call_of_the_protocol() -> None:
    wanted = {name for name, one in vars(Gateway).items() if inspect.iscoroutinefunction(one)}
    assert {"status", "chats", "send", "restart", "close"} <= wanted
    for kind in KINDS:
        gateway = gateway_of(GatewaySettings(kind=kind, url="http://127.0.0.1:1", session="sales"))
        assert gateway.session == "sales"
        assert [name for name in wanted if not inspect.iscoroutinefunction(getattr(gateway, name, None))] == []


def test_events_that_only_do_harm_are_noise_and_copies_only_beside_the_main_event() -> None:
    for kind in KINDS.values():
        events = kind.events
        assert events.main in events.any_message
        assert events.noise(events.copies) == frozenset()
        assert events.noise(events.copies | {events.main}) == events.copies
        assert events.noise(events.harmful) == events.harmful
