"""WAHA as a kind of gateway: its name, what it can do, and where a person sets what is wrong."""

from qualtui.gateways.gateway import GatewayAdvice, WebhookEvents
from qualtui.text.message import message

LABEL = "WAHA"
EVENTS = WebhookEvents(
    main="message",
    any_message=frozenset({"message", "message.any", "*"}),
    copies=frozenset({"message.any"}),
    harmful=frozenset({"session.status", "message.ack"}),  # the bot answers HTTP 500 to these
)
ADVICE = GatewayAdvice(
    key=message("set [agents.NAME.gateway] key to its WAHA_API_KEY"),
    session=message("set [agents.NAME.gateway] session; GET /api/sessions?all=true lists them"),
    hidden_webhook=message("none in the session; one for the whole gateway (WHATSAPP_HOOK_URL) is not visible"),
    look_for_webhook=message("check WHATSAPP_HOOK_URL in the gateway's environment"),
    move_webhook=message("check that the bot listens there; PUT /api/sessions changes it"),
    chats=message(
        "update the gateway, or switch its store on (NOWEB: config.noweb.store.enabled). Until then qualtui can't "
        'see a message that the bot loses. chats_interval = "0s" stops the polling'
    ),
    close_near=message("set WAHA_API_KEY, unless no one else can reach this machine's port"),
    close=message("set WAHA_API_KEY on the gateway, the bot and in [agents.NAME.gateway] key"),
)
