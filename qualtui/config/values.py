"""The values that the configuration gives. Every field has the default that the product recommends."""

from enum import StrEnum

import msgspec

from qualtui.model import Link, Severity


class Seconds(float):
    """A duration in seconds; in TOML a number or a text such as "30s", "1h30m", "7d"."""


class Level(float):
    """A rule's threshold: a number, or a duration in TOML's text form, compared in seconds."""


class Secret:
    """A text that no repr, log or picture shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: only for the library that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all configuration values: frozen, and unknown keys are errors."""


class HealthSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.health]`: GET /health. Each poll queues behind the bot's replies: be sparing."""

    url: str
    interval: Seconds = Seconds(60)
    timeout: Seconds = Seconds(30)
    misses: int = 3  # timeouts in a row before the agent counts as down ...
    deep: str = ""  # the address of /health/deep, where the agent has one
    deep_interval: Seconds = Seconds(600)
    down_after: Seconds = Seconds(150)  # ... over at least this long without a new outbound message


class MetricsSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.metrics]`: GET /metrics, the worker's own counters. Each poll ages the worker, too."""

    url: str
    interval: Seconds = Seconds(300)
    timeout: Seconds = Seconds(30)


class ControlSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.control]`: an unrelated address; it separates our network's failure from theirs."""

    url: str
    interval: Seconds = Seconds(5)
    timeout: Seconds = Seconds(3)


class TlsSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.tls]`: how long the certificates of the agent's https addresses are still valid."""

    interval: Seconds = Seconds(3600)
    timeout: Seconds = Seconds(10)


class DatabaseSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.database]`: the agent's PostgreSQL, read-only; `write_dsn` for remedies alone."""

    dsn: Secret
    write_dsn: Secret | None = None
    interval: Seconds = Seconds(5)  # fast lane
    slow_interval: Seconds = Seconds(600)  # exact counts and the rows' literal figures
    timeout: Seconds = Seconds(5)
    slow_timeout: Seconds = Seconds(30)
    pooler: bool = False  # True behind a transaction pooler: no prepared statements
    horizon: Seconds = Seconds(30 * 86400)  # how far back the first start learns
    grace: Seconds = Seconds(0)  # a customer counts as waiting when older than this
    lost_after: Seconds = Seconds(86400)  # waiting longer than this is lost
    refused_takes: Seconds = Seconds(20)  # the bot stores a refused send as sent, but not sooner than this
    error_window: Seconds = Seconds(600)  # the messages and replies that failures.* and reply.recent_p95 speak of
    reply_within: Seconds = Seconds(180)  # a message without a delivered answer for longer has failed


class GatewayName(StrEnum):
    """The kinds of gateways that there are; gateways/registry.py has what each is."""

    WAHA = "waha"


class GatewaySettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.gateway]`: the WhatsApp gateway."""

    kind: GatewayName = GatewayName.WAHA
    url: str
    key: Secret | None = None
    session: str = "default"
    interval: Seconds = Seconds(5)
    timeout: Seconds = Seconds(5)
    chats_interval: Seconds = Seconds(30)  # who wrote last in each chat; 0: never polled


class OwnSeries(Values, frozen=True, kw_only=True):
    """`[agents.NAME.series.NAME]`: a figure of the user's own, the series user.NAME."""

    url: str = ""  # answers JSON ...
    pointer: str = ""  # ... in which this JSON pointer (RFC 6901) names the number; empty: the whole answer
    headers: dict[str, Secret] = {}  # sent with the request; empty ones are left out
    sql: str = ""  # or: one reading statement that gives one number, on the agent's database
    unit: str = ""
    worse: str = ""  # up, down, or empty where neither is bad
    interval: Seconds = Seconds(60)
    timeout: Seconds = Seconds(10)


class Mapping(Values, frozen=True, kw_only=True):
    """`[agents.NAME.mapping]`: the agent names, `table` or `table.column` to the real one, and values."""

    names: dict[str, str] = {}
    sent: str = "enviada"  # messages.tipo of the bot's messages
    received: str = "recebida"  # messages.tipo of the customer's messages
    new: str = "novo"  # leads.status of a lead without any work
    qualified: str = "qualificado"  # qualificacoes.resultado of a lead that is one
    unreadable: tuple[str, ...] = ("saudacao",)  # sessions.estado that the bot fails on before it stores
    closed: str = "finalizado"  # leads.status by which a person closes a lead: it no longer waits


class AgentSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME]`: one monitored bot. What is left out has no source, and says so."""

    health: HealthSettings | None = None
    metrics: MetricsSettings | None = None
    database: DatabaseSettings | None = None
    gateway: GatewaySettings | None = None
    mapping: Mapping = Mapping()
    control: ControlSettings | None = None
    tls: TlsSettings = TlsSettings()
    series: dict[str, OwnSeries] = {}
    labels: dict[str, str] = {}  # of its alerts, for matchers


class Aggregate(StrEnum):
    """How a rule looks at its window."""

    LAST = "last"
    AVG = "avg"
    MAX = "max"
    MIN = "min"
    SUM = "sum"
    COUNT = "count"


class Operator(StrEnum):
    """How a rule compares."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    EQUAL = "=="
    NOT_EQUAL = "!="


class Rule(Values, frozen=True, kw_only=True):
    """`[rules.NAME]`: a condition on a series. One threshold a severity; the worst that holds counts."""

    series: str  # without the agent
    aggregate: Aggregate = Aggregate.LAST
    window: Seconds = Seconds(0)  # 0: only the newest sample
    op: Operator = Operator.ABOVE
    info: Level | None = None
    warning: Level | None = None
    critical: Level | None = None
    leave: Level | None = None  # a firing alert goes on until its value is on the good side of this
    absent: Severity | None = None  # instead of thresholds: holds while the series has no fresh value
    min_events: int = 0  # of a ratio: with fewer events its condition does not hold
    events: str = ""  # the series that counts them; empty: the one that the ratio's series declares
    held_by: str = ""  # a rule: while it fires this one does not resolve
    unless: str = ""  # a rule: while it fires this one neither begins nor ends
    for_: Seconds = msgspec.field(default=Seconds(0), name="for")
    keep_firing_for: Seconds = Seconds(0)
    summary: str = ""  # {value}, {duration}, {note} and {agent} are filled in
    fix: str = ""
    runbook: str = ""
    link: Link | None = None  # of the chain, that it is about; none: it has an incident of its own
    enabled: bool = True
    labels: dict[str, str] = {}  # of its alerts, for matchers


class ChannelSettings(Values, frozen=True, kw_only=True):
    """`[notify.channels.NAME]`: one Apprise URL. One URL a recipient, so that each delivery is accounted for."""

    url: Secret
    timeout: Seconds = Seconds(15)
    language: str = ""  # of its notices, such as pt_BR; empty, or one without texts: English
    ringing: bool = False  # it wakes a person: a phone call, a loud push
    buttons: bool = False  # "I've got it" under a notice that asks for someone: ntfy and Telegram
    reply_topic: Secret | None = None  # of ntfy, into which the button writes; none: one that follows from the url


class Route(Values, frozen=True, kw_only=True):
    """`[[notify.routes]]`: which notices go to which channels."""

    channels: tuple[str, ...]
    severities: tuple[Severity, ...] = (Severity.CRITICAL,)
    agents: tuple[str, ...] = ()  # empty: all
    resolved: bool = True


class EscalationStep(Values, frozen=True, kw_only=True):
    """`[[notify.escalation]]`: who is called `after` the page, or the step before, while nobody owns it.

    `to`: channels, people, `on-call`, `next` (after the one on call) or `owner` (of `[oncall]`).
    """

    after: Seconds = Seconds(0)  # since the page
    to: tuple[str, ...]


class NotifySettings(Values, frozen=True, kw_only=True):
    """`[notify]`."""

    channels: dict[str, ChannelSettings] = {}
    routes: tuple[Route, ...] = ()
    retry_for: Seconds = Seconds(24 * 3600)  # a notice not delivered by then is given up
    group_wait: Seconds = Seconds(30)  # from an incident's beginning to its first notice; CRITICAL does not wait
    group_interval: Seconds = Seconds(300)  # between updates of an incident's cause
    repeat_interval: Seconds = Seconds(0)  # between repeats while nobody owns it; 0: none
    flap_returns: int = 3  # so many returns within flap_window are flapping: its notices are held; 0: never
    flap_window: Seconds = Seconds(1800)
    flap_quiet: Seconds = Seconds(900)  # without a change until it no longer flaps
    night: str = ""  # such as 22:00-07:00; empty: none
    night_customers: int = 3  # so many who wait are enough to wake someone at night
    zone: str = ""  # of the night; empty: this machine's
    ping: Secret | None = None  # an address that is pinged each minute while the engine is well
    escalation: tuple[EscalationStep, ...] = ()  # none, and [oncall] has an order: see alerts/escalation.py
    escalation_rounds: int = 3  # how often the steps are gone through; 0: no escalation
    escalation_repeat: Seconds = Seconds(1800)  # from the beginning of one round to the next


class Maintenance(Values, frozen=True, kw_only=True):
    """`[[maintenance]]`: planned work, in which matching alerts send no notice."""

    cron: str  # five fields: when it begins
    duration: Seconds
    zone: str = ""  # of the cron line; empty: this machine's
    match: tuple[str, ...] = ()  # matchers, all of which must hold; none: every alert


class Inhibit(Values, frozen=True, kw_only=True):
    """`[[inhibit]]`: while an alert of `source` fires, those of `target` send no notice."""

    source: tuple[str, ...]  # matchers, all of which must hold
    target: tuple[str, ...]
    equal: tuple[str, ...] = ("agent",)  # labels that must have the same values


class HttpSettings(Values, frozen=True, kw_only=True):
    """`[http]`: the engine's listeners. Both addresses are HOST:PORT; empty: it does not listen."""

    listen: str = ""  # GET /health, GET /health/deep
    key: Secret | None = None  # for /health/deep
    ack_listen: str = ""  # links in notices that acknowledge an incident ...
    public_url: str = ""  # ... and the https address under which people reach that listener


class PersonSettings(Values, frozen=True, kw_only=True):
    """`[people.NAME]`: who can be called, and through what. NAME is also the one of $QUALTUI_USER."""

    channels: tuple[str, ...] = ()
    language: str = ""  # empty: the channel's


class OncallSettings(Values, frozen=True, kw_only=True):
    """`[oncall]`: `order` of those who take turns, and who answers for the service in the end."""

    order: tuple[str, ...] = ()
    owner: str = ""


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


class FixSettings(Values, frozen=True, kw_only=True):
    """`[fixes]`."""

    session_cleanup: SessionCleanupSettings = msgspec.field(
        default=SessionCleanupSettings(), name="session-cleanup"
    )
    gateway_restart: GatewayRestartSettings = msgspec.field(
        default=GatewayRestartSettings(), name="gateway-restart"
    )
    retry: RetrySettings = RetrySettings()


class PolicyMode(StrEnum):
    """What the engine does with a fix by itself. `suggest` and `shadow` record what `auto` would have done."""

    OFF = "off"  # it is not offered
    SUGGEST = "suggest"  # it is offered to a person
    SHADOW = "shadow"  # likewise; how an automatic fix is tried out
    AUTO = "auto"  # it runs where every guardrail allows it


class PolicySettings(Values, frozen=True, kw_only=True):
    """`[policies.NAME]`: whether and how often a fix runs by itself. The limits are for each agent."""

    mode: PolicyMode = PolicyMode.SUGGEST
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


class Others(StrEnum):
    """What a connection of another user may do; each includes those before it."""

    VIEW = "view"
    ACT = "act"
    ADMINISTER = "administer"


class StoreSettings(Values, frozen=True, kw_only=True):
    """`[store]`: qualtui's own SQLite file, on a local disk. It makes one engine: two people share it."""

    path: str = ""  # empty: the user's state folder
    socket: str = ""  # empty: beside the store
    others: Others = Others.ADMINISTER  # what users may do who are neither the engine's own nor root
    keep_raw: Seconds = Seconds(2 * 86400)
    keep_minutes: Seconds = Seconds(30 * 86400)
    keep_hours: Seconds = Seconds(400 * 86400)
    keep_events: Seconds = Seconds(400 * 86400)


class ScreenSettings(Values, frozen=True, kw_only=True):
    """`[screen]`."""

    zone: str = ""  # IANA name; empty: this machine's
    ascii: bool = False  # plain glyphs for old terminals


class DemoSettings(Values, frozen=True, kw_only=True):
    """`[demo]`: set by `qualtui demo` in the configuration that it writes."""

    control_url: str = ""
    speed: float = 1.0


class Goals(Values, frozen=True, kw_only=True):
    """`[goals]`: what the figures of S15-S18 are held against, in truth. The windows are the figures' own."""

    up: float = 99.5  # %, at least, of the minutes of 30 d in which customers could be answered
    answered: float = 95.0  # %, at least, of a day's messages
    follow_up: Seconds = Seconds(30)  # 95th percentile of an hour's replies to known customers, at most
    first_reply: Seconds = Seconds(45)  # likewise of first contacts: two messages
    lost: int = 0  # customers, at most


class Config(Values, frozen=True, kw_only=True):
    """The whole configuration."""

    agents: dict[str, AgentSettings]
    rules: dict[str, Rule] = {}
    goals: Goals = Goals()
    notify: NotifySettings = NotifySettings()
    maintenance: tuple[Maintenance, ...] = ()
    inhibit: tuple[Inhibit, ...] = ()
    people: dict[str, PersonSettings] = {}
    oncall: OncallSettings = OncallSettings()
    fixes: FixSettings = FixSettings()
    policies: PolicyTable = PolicyTable()
    store: StoreSettings = StoreSettings()
    screen: ScreenSettings = ScreenSettings()
    http: HttpSettings = HttpSettings()
    keys: dict[str, str] = {}  # binding id -> key
    demo: DemoSettings = DemoSettings()
    digest: str = ""  # of the text it was read from; set by the loader
    path: str = ""  # the file it was read from; set by the loader
