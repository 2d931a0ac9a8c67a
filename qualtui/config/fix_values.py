"""`[fixes]` and `[policies]`: what each fix does, and whether it may run by itself."""

from enum import StrEnum

import msgspec

from qualtui.config.value_types import Seconds, Values


class SessionCleanupSettings(Values, frozen=True, kw_only=True):
    """`[fixes.session-cleanup]`: closes stuck sessions. Closing a session does not answer its customer."""

    enabled: bool = True
    limit: Seconds = Seconds(1800)
    mode: str = "truth"  # truth: bot owes or never messaged, by messages; row: updated_at alone
    max_rows: int = 50  # more than this is refused: look first


class GatewayRestartSettings(Values, frozen=True, kw_only=True):
    """`[fixes.gateway-restart]`: restarts the gateway's session; success: it is WORKING."""

    enabled: bool = True
    timeout: Seconds = Seconds(60)  # it must be WORKING by then
    call: str = ""  # who can log in again with the phone


# It asks nothing: whatever the customer replies, the bot takes it as the answer to its own pending question.
ANSWER = (
    "Olá! Tivemos uma falha técnica e sua mensagem ficou sem resposta. "
    "Já estamos de volta e continuamos seu atendimento por aqui."
)


class RetrySettings(Values, frozen=True, kw_only=True):
    """`[fixes.retry]`: writes to customers that the bot left waiting, at most once each.

    The first of http, gateway, sql, watcher that is configured and reaches a customer is taken.
    """

    enabled: bool = True
    http: str = ""  # path on the bot's own address, {id} is the lead's
    text: str = ANSWER  # what is sent through the gateway and stored as the bot would; empty: nothing is
    sql: str = ""  # a statement that makes the bot write; $1 is the lead's id
    watcher: bool = False  # POST /leads/run-watcher, for leads of ...
    channels: tuple[str, ...] = ("planilha",)  # ... these leads.canal
    hours: str = "08:00-20:00"
    zone: str = "America/Sao_Paulo"  # the customers'
    pace: Seconds = Seconds(10)  # between two messages
    max_rows: int = 20  # messages a run, the longest wait first
    window: Seconds = Seconds(86400)  # pause for one customer after a message that is in doubt
    opt_out: tuple[str, ...] = ("nao_interessado",)  # leads.status of those who are never written to


class ServiceRestartSettings(Values, frozen=True, kw_only=True):
    """`[fixes.service-restart]`: restarts the bot at its host; success: a new instance, and the bot answers."""

    enabled: bool = True
    timeout: Seconds = Seconds(180)  # /health is polled once a minute


class DeployRollbackSettings(Values, frozen=True, kw_only=True):
    """`[fixes.deploy-rollback]`: deploys the code again that was live before; success: it is live, and works."""

    enabled: bool = True
    timeout: Seconds = Seconds(600)  # a rollback deploys an image that is there already


class FixSettings(Values, frozen=True, kw_only=True):
    """`[fixes]`."""

    session_cleanup: SessionCleanupSettings = msgspec.field(
        default=SessionCleanupSettings(), name="session-cleanup"
    )
    gateway_restart: GatewayRestartSettings = msgspec.field(
        default=GatewayRestartSettings(), name="gateway-restart"
    )
    retry: RetrySettings = RetrySettings()
    service_restart: ServiceRestartSettings = msgspec.field(
        default=ServiceRestartSettings(), name="service-restart"
    )
    deploy_rollback: DeployRollbackSettings = msgspec.field(
        default=DeployRollbackSettings(), name="deploy-rollback"
    )


class PolicyMode(StrEnum):
    """What the engine does with a fix by itself. `suggest` and `shadow` record what `auto` would have done."""

    OFF = "off"  # it is not offered
    SUGGEST = "suggest"  # it is offered to a person
    SHADOW = "shadow"  # likewise; how an automatic fix is tried out
    AUTO = "auto"  # it runs where every guardrail allows it


class PolicySettings(Values, frozen=True, kw_only=True):
    """`[policies.NAME]`: whether and how often a fix runs by itself. The limits are for each agent."""

    mode: PolicyMode = PolicyMode.SUGGEST
    proven: bool = (
        False  # auto runs it at once, and does not try it out first until it helped three times in a row
    )
    per_hour: int = 2  # runs at most
    per_day: int = 6
    subjects: int = 10  # that one run may touch
    cooldown: Seconds = Seconds(300)  # after the fix's last run, whoever started it, and the outside's own restart


class PolicyTable(Values, frozen=True, kw_only=True):
    """`[policies]`: one table a fix."""

    # Keeps the login, touches no customer, and is verified: the one fix that may run by itself from the start.
    gateway_restart: PolicySettings = msgspec.field(
        default=PolicySettings(mode=PolicyMode.AUTO, subjects=1), name="gateway-restart"
    )
    session_cleanup: PolicySettings = msgspec.field(default=PolicySettings(), name="session-cleanup")
    retry: PolicySettings = PolicySettings()
    service_restart: PolicySettings = msgspec.field(
        default=PolicySettings(subjects=1, cooldown=Seconds(900)), name="service-restart"
    )
    deploy_rollback: PolicySettings = msgspec.field(
        default=PolicySettings(per_hour=1, per_day=2, subjects=1, cooldown=Seconds(120)), name="deploy-rollback"
    )
