"""One message sent through a channel, and what became of it."""

from qualtui.config.values import Secret
from qualtui.notify.channels.apprise_channel import AppriseChannel
from qualtui.notify.channels.channel import Channel, ChannelMessage, Delivery, MessageKind


def ops(url: str, timeout: float = 10) -> AppriseChannel:
    """A channel of this address."""
    return AppriseChannel("ops", Secret(url), timeout)


async def sent(
    channel: Channel, title: str = "t", body: str = "b", kind: MessageKind = MessageKind.TEST, key: str = ""
) -> Delivery:
    """What became of it."""
    return await channel.send(ChannelMessage(title, body, kind, key=key))


async def delivered(
    channel: Channel, title: str = "t", body: str = "b", kind: MessageKind = MessageKind.TEST, key: str = ""
) -> None:
    """Send what must be accepted."""
    delivery = await sent(channel, title, body, kind, key)
    assert delivery.accepted, str(delivery.reason)


async def refusal(channel: Channel, title: str = "t", body: str = "b", key: str = "") -> str:
    """Why a channel did not accept what it must not accept."""
    delivery = await sent(channel, title, body, key=key)
    assert not delivery.accepted
    return str(delivery.reason)
