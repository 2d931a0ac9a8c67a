"""The values that the configuration gives. Every field has the default that the product recommends."""

from enum import StrEnum

from qualtui.config.backup_values import BackupSettings
from qualtui.config.fix_values import (
    ANSWER,
    DeployRollbackSettings,
    FixSettings,
    GatewayRestartSettings,
    PolicyMode,
    PolicySettings,
    PolicyTable,
    RetrySettings,
    ServiceRestartSettings,
    SessionCleanupSettings,
)
from qualtui.config.notify_values import (
    ChannelSettings,
    Day,
    EscalationStep,
    NotifySettings,
    OncallSettings,
    PersonSettings,
    Route,
)
from qualtui.config.rule_values import Aggregate, Inhibit, Maintenance, Operator, Rule
from qualtui.config.value_types import Level, Seconds, Secret, Values

__all__ = [
    "ANSWER",
    "AgentSettings",
    "Aggregate",
    "BackupSettings",
    "ChannelSettings",
    "Config",
    "ControlSettings",
    "DatabaseSettings",
    "Day",
    "DemoSettings",
    "DeployRollbackSettings",
    "EscalationStep",
    "FixSettings",
    "GatewayName",
    "GatewayRestartSettings",
    "GatewaySettings",
    "Goals",
    "HealthSettings",
    "HttpSettings",
    "Inhibit",
    "Level",
    "Maintenance",
    "Mapping",
    "MetricsSettings",
    "NotifySettings",
    "OncallSettings",
    "Operator",
    "Others",
    "OwnSeries",
    "PersonSettings",
    "PolicyMode",
    "PolicySettings",
    "PolicyTable",
    "RetrySettings",
    "Route",
    "Rule",
    "ScreenSettings",
    "Seconds",
    "Secret",
    "ServiceRestartSettings",
    "SessionCleanupSettings",
    "StoreSettings",
    "TlsSettings",
    "Values",
]
"""All values of the configuration, wherever they are defined: other rooms import them from here."""


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
    size_limit: int = 0  # MB that the host's plan allows; 0: not known
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


class HostName(StrEnum):
    """The kinds of hosts that there are; hosts/registry.py has what each is."""

    RENDER = "render"
    PROCESS = "process"  # a unit of systemd, or a process, on this machine


class HostWrite(StrEnum):
    """What qualtui may change at the host, where `allow` has it."""

    RESTART = "restart"
    ROLLBACK = "rollback"


class HostSettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.host]`: where the bot runs."""

    kind: HostName
    service: str = ""  # at Render its id, srv-...; of a process its unit of systemd, NAME.service ...
    pid_file: str = ""  # ... or, without a unit, the file that has the process's number
    log_file: str = ""  # of a process; empty: the unit's journal
    key: Secret | None = None  # from a file that only its owner may read
    allow: tuple[HostWrite, ...] = ()  # none: it only reads
    interval: Seconds = Seconds(60)
    timeout: Seconds = Seconds(10)
    webhook: str = "/webhook"  # the path whose requests count as the webhook's
    demo_url: str = ""  # of a simulated host on this machine; empty: the host's own address


class StandbySettings(Values, frozen=True, kw_only=True):
    """`[agents.NAME.standby]`: a second copy of the bot, to which the gateway's webhook can be moved."""

    url: str  # its address without a path
    health: str = "/health"
    timeout: Seconds = Seconds(120)  # for the session to work again, and a message to come


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
    host: HostSettings | None = None
    standby: StandbySettings | None = None
    mapping: Mapping = Mapping()
    control: ControlSettings | None = None
    tls: TlsSettings = TlsSettings()
    series: dict[str, OwnSeries] = {}
    labels: dict[str, str] = {}  # of its alerts, for matchers


class HttpSettings(Values, frozen=True, kw_only=True):
    """`[http]`: the engine's listeners. Both addresses are HOST:PORT; empty: it does not listen."""

    listen: str = ""  # GET /health, GET /health/deep
    key: Secret | None = None  # for /health/deep
    ack_listen: str = ""  # links in notices that acknowledge an incident ...
    public_url: str = ""  # ... and the https address under which people reach that listener


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


class ThemeName(StrEnum):
    """The colours of a window."""

    AUTO = "auto"  # dark, and on the wall its own
    DARK = "dark"
    LIGHT = "light"
    WALL = "wall"


class BellName(StrEnum):
    """How a window calls attention to a new CRITICAL incident."""

    OFF = "off"
    BELL = "bell"  # the terminal's bell
    OSC9 = "osc9"  # a desktop notification: iTerm2, kitty, WezTerm, Windows Terminal
    OSC777 = "osc777"  # likewise: foot, Ghostty, urxvt, VTE


class ScreenSettings(Values, frozen=True, kw_only=True):
    """`[screen]`."""

    zone: str = ""  # IANA name; empty: this machine's
    ascii: bool = False  # plain glyphs for old terminals
    theme: ThemeName = ThemeName.AUTO
    title: bool = False  # the terminal's title says how it is
    bell: BellName = BellName.OFF


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
    backup: BackupSettings = BackupSettings()
    screen: ScreenSettings = ScreenSettings()
    http: HttpSettings = HttpSettings()
    keys: dict[str, str] = {}  # binding id -> key
    demo: DemoSettings = DemoSettings()
    digest: str = ""  # of the text it was read from; set by the loader
    path: str = ""  # the file it was read from; set by the loader
