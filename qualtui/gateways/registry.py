"""The kinds of gateways. A new one is a file, a line here, and its name in config/values.py."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from qualtui.config.values import GatewayName, GatewaySettings
from qualtui.gateways.gateway import Gateway, GatewayAdvice, GatewayCapability, WebhookEvents
from qualtui.gateways.waha import kind as waha
from qualtui.gateways.waha.adapter import WahaGateway


class Connect(Protocol):
    """Makes a gateway of its settings; nothing is opened yet."""

    def __call__(self, settings: GatewaySettings, *, keep: bool, timeout: float | None) -> Gateway:
        """`keep`: keep the connection of the call that comes first; `timeout`: seconds of one call."""


class GatewayKind(msgspec.Struct, frozen=True):
    """A kind of gateway, as `kind` in [agents.NAME.gateway] names it."""

    label: str  # the product's name, for people
    connect: Connect
    capabilities: frozenset[GatewayCapability]
    events: WebhookEvents
    advice: GatewayAdvice


KINDS: Mapping[GatewayName, GatewayKind] = {
    GatewayName.WAHA: GatewayKind(waha.LABEL, WahaGateway, WahaGateway.capabilities, waha.EVENTS, waha.ADVICE),
}


def kind_of(settings: GatewaySettings) -> GatewayKind:
    """The kind of a configured gateway."""
    return KINDS[settings.kind]


def gateway_of(settings: GatewaySettings, *, keep: bool = False, timeout: float | None = None) -> Gateway:
    """A configured gateway. `keep`: keep the connection of the call that comes first, for its repetitions.

    `timeout`: seconds of one call; None: as configured.
    """
    return kind_of(settings).connect(settings, keep=keep, timeout=timeout)
