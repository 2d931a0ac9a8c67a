"""What a value must be beyond its type: addresses, names, ranges."""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from qualtui.config.hours import EXPECTED as HOURS
from qualtui.config.hours import hours_of
from qualtui.config.label_checks import cron_line, label_name, label_value, labels_named, matchers
from qualtui.config.places import SOCKET_LONGEST
from qualtui.config.reader import ValueCheck
from qualtui.config.values import (
    AgentSettings,
    ChannelSettings,
    ControlSettings,
    DatabaseSettings,
    DemoSettings,
    EscalationStep,
    GatewayRestartSettings,
    GatewaySettings,
    Goals,
    HealthSettings,
    HttpSettings,
    Inhibit,
    Maintenance,
    Mapping,
    MetricsSettings,
    NotifySettings,
    OwnSeries,
    PersonSettings,
    PolicySettings,
    RetrySettings,
    Route,
    Rule,
    ScreenSettings,
    SessionCleanupSettings,
    StoreSettings,
    TlsSettings,
)
from qualtui.series.catalogue import BY_NAME, OWN

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SESSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")
_TOPIC = re.compile(r"[-_A-Za-z0-9]{16,64}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://.+", re.DOTALL)
_POINTER = re.compile(r"(/([^~/\x00-\x1f]|~[01])*)*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4})?")
_FIGURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_ARGUMENT = re.compile(r"\x00|\$[0-9]")
_READING = re.compile(r"(select|with|values|table)\b", re.IGNORECASE)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")

# The agent's schema: what a mapping may rename.
TABLES: dict[str, str] = {
    "leads": "id nome telefone email canal status score processado created_at updated_at",
    "sessions": "id lead_id estado contexto ativa created_at updated_at",
    "messages": "id session_id lead_id conteudo tipo metadata created_at",
    "qualificacoes": "id lead_id session_id patrimonio_resposta objetivo_resposta urgencia_resposta "
    "interesse_resposta patrimonio_pontos objetivo_pontos urgencia_pontos interesse_pontos "
    "score_total resultado observacoes created_at",
    "reunioes": "id lead_id data_agendada status link_reuniao observacoes created_at updated_at",
    "system_logs": "id lead_id session_id nivel evento detalhes created_at",
}


def in_seconds(series: str) -> bool:
    """Whether a series is a duration, so that its thresholds read best as one."""
    return series in BY_NAME and BY_NAME[series].unit == "s"


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None where it is none, its port included."""
    if _BLANK.search(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def http_url(url: str) -> bool | str:
    """An address that an HTTP client can ask. One with a password would be shown on screens."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if "@" in parts.netloc:
        return "an address without user and password"
    return True


def postgres_dsn(dsn: Any) -> bool | str:
    """A PostgreSQL address that the driver would take."""
    from qualtui.config.dsn import slip

    return slip(dsn.reveal()) or True


def cut_short(url: str) -> tuple[str, str]:
    """The sign at which Apprise ends a value of an address (a password, say), and how to write it; or empty."""
    query = url.partition("?")[2]
    if ";" in query:
        return ";", "%3B"
    return ("&", "%26") if any(part and "=" not in part for part in query.split("&")) else ("", "")


def _name(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def _mapped(name: str) -> bool:
    table, dot, column = name.partition(".")
    return table in TABLES and (not dot or column in TABLES[table].split())


def _real(name: str) -> bool:
    return all(_IDENTIFIER.fullmatch(part) and len(part.encode()) <= 63 for part in name.split(".", 1))


def _zone(name: str) -> bool | str:
    if not name:
        return True
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = bool(zoneinfo.available_timezones())
        return False if known else "a machine with time zones: install tzdata (the system's package or Python's)"
    return True


def _hours(text: str) -> bool:
    try:
        hours_of(text)
    except ValueError:
        return False
    return True


def _retry_path(path: str) -> bool:
    return not path or (path.startswith("/") and "{id}" in path and not _BLANK.search(path) and len(path) <= 200)


def _summary(text: str) -> bool:
    return all(found in ("{value}", "{duration}", "{note}", "{agent}") for found in _PLACEHOLDER.findall(text))


def _series(name: str) -> bool | str:
    if name in BY_NAME or name.startswith(OWN):  # the loader knows which of these there are
        return True
    from qualtui.config.errors import nearest

    return f"a series: {nearest(name, list(BY_NAME))}"


def own_series(name: str, names: list[str]) -> bool | str:
    """Whether a series of the user's own is among those that an agent has; else what was probably meant."""
    from qualtui.config.errors import nearest

    known = [f"{OWN}{each}" for each in names]
    return not name.startswith(OWN) or name in known or f"a series: {nearest(name, [*known, *BY_NAME])}"


def _reads(sql: str) -> bool:
    """Whether a statement begins as one that reads; the server has the last word on that."""
    bare = _COMMENT.sub(" ", sql).lstrip("( \t\r\n")
    return not _ARGUMENT.search(sql) and (not sql.strip() or _READING.match(bare) is not None)


def _listens(address: str) -> bool:
    """HOST:PORT, or nothing."""
    host, colon, port = address.rpartition(":")
    return not address or bool(colon and host and port.isdecimal() and 0 <= int(port) <= 65535 and "/" not in host)


def _bearer_key(key: Any) -> bool:
    """A key for a header, long enough that nobody guesses it; or nothing."""
    text = key.reveal()
    return not text or (len(text) >= 16 and text.isascii() and text.isprintable() and " " not in text)


def _public(url: str) -> bool | str:
    """The https address of the acknowledge listener: a host, no path, so that links stay short."""
    parts = _split(url)
    if not url:
        return True
    bare = parts is not None and parts.path in ("", "/") and not parts.query and not parts.fragment
    return http_url(url) if bare and parts is not None and parts.scheme == "https" else False


_LISTENS = ValueCheck('HOST:PORT such as "127.0.0.1:8008"', _listens)
_URL = ValueCheck('an address such as "https://bot.example.com"', http_url)
_URL_OR_NONE = ValueCheck(_URL.expected, lambda url: url == "" or http_url(url))
_DSN = ValueCheck("postgresql://USER:PASSWORD@HOST:PORT/DATABASE", postgres_dsn)
_INTERVAL = ValueCheck('a duration of at least 100ms, such as "30s" or "5m"', lambda value: value >= 0.1)
_TIMEOUT = ValueCheck('a duration of at least 10ms, such as "5s"', lambda value: value >= 0.01)
_SHARE = ValueCheck("a percentage from 0 to 100, such as 99.5", lambda value: 0 <= value <= 100)
_KEEP = ValueCheck('a duration above 0, such as "30d"', lambda value: value > 0)
_NAME = ValueCheck("letters, digits, dot, dash and underscore, at most 64, a letter or digit first", _name)
_WORD = ValueCheck("a text of 1 to 100 characters", lambda text: len(text.strip()) > 0 and len(text) <= 100)
_LABEL = ValueCheck("a label: letters, digits and underscore, 64 at most, no digit first", label_name)
_LABEL_VALUE = ValueCheck("a text of at most 100 characters", label_value)
_MATCHERS = ValueCheck("a list of matchers, at most 20", matchers)
_MATCHERS_NEEDED = ValueCheck("a list of 1 to 20 matchers", lambda texts: bool(texts) and matchers(texts))
_ZONE = ValueCheck('a time zone such as "America/Sao_Paulo"', _zone)
_PATH = ValueCheck("a path", lambda text: "\x00" not in text)
_LINE = ValueCheck("a text of at most 500 characters", lambda text: len(text) <= 500)

CHECKS: dict[tuple[type, str], ValueCheck] = {
    (HealthSettings, "url"): _URL,
    (HealthSettings, "deep"): _URL_OR_NONE,
    (HealthSettings, "deep_interval"): _INTERVAL,
    (ControlSettings, "url"): _URL,
    (ControlSettings, "interval"): _INTERVAL,
    (ControlSettings, "timeout"): _TIMEOUT,
    (TlsSettings, "interval"): _INTERVAL,
    (TlsSettings, "timeout"): _TIMEOUT,
    (HealthSettings, "interval"): _INTERVAL,
    (HealthSettings, "timeout"): _TIMEOUT,
    (HealthSettings, "misses"): ValueCheck("a whole number from 1 to 1000", lambda count: 1 <= count <= 1000),
    (MetricsSettings, "url"): _URL,
    (MetricsSettings, "interval"): _INTERVAL,
    (MetricsSettings, "timeout"): _TIMEOUT,
    (DatabaseSettings, "dsn"): _DSN,
    (DatabaseSettings, "write_dsn"): _DSN,
    (DatabaseSettings, "interval"): _INTERVAL,
    (DatabaseSettings, "slow_interval"): _INTERVAL,
    (DatabaseSettings, "timeout"): _TIMEOUT,
    (DatabaseSettings, "slow_timeout"): _TIMEOUT,
    (DatabaseSettings, "horizon"): _KEEP,
    (DatabaseSettings, "lost_after"): _KEEP,
    (DatabaseSettings, "error_window"): ValueCheck(
        'a duration of at most an hour, such as "10m"', lambda v: 0 < v <= 3600
    ),
    (DatabaseSettings, "reply_within"): _KEEP,
    (GatewaySettings, "url"): _URL,
    (GatewaySettings, "session"): ValueCheck(
        "a session's name: letters, digits, dash and underscore", lambda name: bool(_SESSION.fullmatch(name))
    ),
    (GatewaySettings, "interval"): _INTERVAL,
    (GatewaySettings, "chats_interval"): ValueCheck(
        'a duration of at least 1s, such as "30s"; "0s": never', lambda value: value == 0 or value >= 1
    ),
    (GatewaySettings, "timeout"): _TIMEOUT,
    (AgentSettings, "series"): ValueCheck(
        "letters, digits, dash and underscore, at most 40", lambda name: bool(_FIGURE.fullmatch(name))
    ),
    (OwnSeries, "url"): _URL_OR_NONE,
    (OwnSeries, "pointer"): ValueCheck(
        'a JSON pointer such as "/queue/0/size"', lambda v: bool(_POINTER.fullmatch(v))
    ),
    (OwnSeries, "headers"): ValueCheck("a header's name", lambda name: bool(_HEADER.fullmatch(name))),
    (OwnSeries, "headers.*"): ValueCheck(
        "a line of printable ASCII", lambda v: v.reveal().isascii() and v.reveal().isprintable()
    ),
    (OwnSeries, "sql"): ValueCheck("one statement that reads, without $1: select, with, values or table", _reads),
    (OwnSeries, "unit"): ValueCheck(
        "a text of at most 8 characters", lambda text: len(text) <= 8 and text.isprintable()
    ),
    (OwnSeries, "worse"): ValueCheck(
        '"up", "down", or "" where neither is bad', lambda v: v in ("", "up", "down")
    ),
    (OwnSeries, "interval"): _INTERVAL,
    (OwnSeries, "timeout"): _TIMEOUT,
    (Mapping, "names"): ValueCheck(
        'a table of the agent ("leads") or one of its columns ("messages.tipo")', _mapped
    ),
    (Mapping, "names.*"): ValueCheck("a name of the database: letters, digits and underscore, 63 at most", _real),
    (Mapping, "sent"): _WORD,
    (Mapping, "received"): _WORD,
    (Mapping, "new"): _WORD,
    (Mapping, "qualified"): _WORD,
    (Mapping, "closed"): _WORD,
    (Rule, "window"): ValueCheck('a duration of at most a day, such as "10m"', lambda value: 0 <= value <= 86_400),
    (Rule, "series"): ValueCheck("the name of a series", _series),
    (Rule, "summary"): ValueCheck("a text with only {value}, {duration}, {note} and {agent} in braces", _summary),
    (Rule, "runbook"): _LINE,
    (Rule, "labels"): _LABEL,
    (Rule, "labels.*"): _LABEL_VALUE,
    (AgentSettings, "labels"): _LABEL,
    (AgentSettings, "labels.*"): _LABEL_VALUE,
    (Maintenance, "cron"): ValueCheck('a cron line of five fields, such as "0 2 * * 0"', cron_line),
    (Maintenance, "duration"): ValueCheck(
        'a duration above 0 and of at most 7 days, such as "2h"', lambda value: 0 < value <= 7 * 86400
    ),
    (Maintenance, "zone"): _ZONE,
    (Maintenance, "match"): _MATCHERS,
    (Inhibit, "source"): _MATCHERS_NEEDED,
    (Inhibit, "target"): _MATCHERS_NEEDED,
    (Inhibit, "equal"): ValueCheck("a list of labels", labels_named),
    (Rule, "min_events"): ValueCheck("a whole number from 0 to 1000000", lambda count: 0 <= count <= 1_000_000),
    (Rule, "events"): ValueCheck("the name of a series", lambda name: name == "" or _series(name)),
    (ChannelSettings, "url"): ValueCheck(
        "an Apprise address such as slack://... (empty: is its variable set?)",
        lambda url: bool(_SCHEME.fullmatch(url.reveal())),
    ),
    (ChannelSettings, "timeout"): _TIMEOUT,
    (ChannelSettings, "reply_topic"): ValueCheck(
        "a topic that no one guesses: 16 to 64 letters, digits, dashes and underscores",
        lambda topic: not topic.reveal() or bool(_TOPIC.fullmatch(topic.reveal())),
    ),
    (NotifySettings, "channels"): _NAME,
    (NotifySettings, "retry_for"): _KEEP,
    (NotifySettings, "night"): ValueCheck('hours such as "22:00-07:00", or "" for none', _hours),
    (NotifySettings, "night_customers"): ValueCheck(
        "a whole number from 1 to 1000", lambda count: 1 <= count <= 1000
    ),
    (NotifySettings, "flap_returns"): ValueCheck(
        "a whole number from 2 to 50, or 0 for never", lambda count: count == 0 or 2 <= count <= 50
    ),
    (NotifySettings, "flap_window"): ValueCheck(
        'a duration of at least 1m, such as "30m"', lambda value: value >= 60
    ),
    (NotifySettings, "flap_quiet"): ValueCheck(
        'a duration of at least 1m, such as "15m"', lambda value: value >= 60
    ),
    (NotifySettings, "zone"): _ZONE,
    (NotifySettings, "ping"): ValueCheck(
        'an address such as "https://hc-ping.com/UUID"', lambda url: not url.reveal() or http_url(url.reveal())
    ),
    (HttpSettings, "listen"): _LISTENS,
    (HttpSettings, "ack_listen"): _LISTENS,
    (HttpSettings, "public_url"): ValueCheck('an address such as "https://alerts.example.com"', _public),
    (HttpSettings, "key"): ValueCheck(
        "a key of at least 16 characters, printable ASCII without spaces",
        _bearer_key,
    ),
    (NotifySettings, "escalation_rounds"): ValueCheck(
        "a whole number from 0 (never) to 100", lambda count: 0 <= count <= 100
    ),
    (NotifySettings, "escalation_repeat"): ValueCheck(
        'a duration of at least 1m, such as "30m"', lambda value: value >= 60
    ),
    (EscalationStep, "after"): ValueCheck(
        'a duration of at most a day, such as "5m"', lambda value: 0 <= value <= 86_400
    ),
    (EscalationStep, "to"): ValueCheck("at least one channel, person, on-call, next or owner", bool),
    (PersonSettings, "language"): ValueCheck(
        'a language such as "en" or "pt_BR"', lambda text: not text or bool(_LANGUAGE.fullmatch(text))
    ),
    (Route, "channels"): ValueCheck("at least one channel", bool),
    (Route, "severities"): ValueCheck("at least one of critical, warning, info", bool),
    (SessionCleanupSettings, "limit"): _KEEP,
    (SessionCleanupSettings, "mode"): ValueCheck('"truth" or "row"', lambda mode: mode in ("truth", "row")),
    (SessionCleanupSettings, "max_rows"): ValueCheck(
        "a whole number from 1 to 10000", lambda count: 1 <= count <= 10000
    ),
    (GatewayRestartSettings, "timeout"): _TIMEOUT,
    (GatewayRestartSettings, "call"): ValueCheck(
        "a text of at most 100 characters", lambda text: len(text) <= 100
    ),
    (RetrySettings, "http"): ValueCheck('a path with the lead\'s id, such as "/leads/{id}/retry"', _retry_path),
    (RetrySettings, "text"): ValueCheck("a text of at most 1000 characters", lambda text: len(text) <= 1000),
    (RetrySettings, "sql"): ValueCheck(
        "a statement with $1, the lead's id", lambda text: not text.strip() or "$1" in text
    ),
    (RetrySettings, "hours"): ValueCheck(HOURS, _hours),
    (RetrySettings, "zone"): _ZONE,
    (RetrySettings, "pace"): ValueCheck(
        'a duration of at most an hour, such as "10s"', lambda pace: 0 <= pace <= 3600
    ),
    (RetrySettings, "max_rows"): ValueCheck("a whole number from 1 to 1000", lambda count: 1 <= count <= 1000),
    (RetrySettings, "window"): _KEEP,
    (PolicySettings, "per_hour"): ValueCheck("a whole number from 1 to 60", lambda count: 1 <= count <= 60),
    (PolicySettings, "per_day"): ValueCheck("a whole number from 1 to 1000", lambda count: 1 <= count <= 1000),
    (PolicySettings, "subjects"): ValueCheck("a whole number from 1 to 1000", lambda count: 1 <= count <= 1000),
    (PolicySettings, "cooldown"): ValueCheck(
        'a duration of at most a day, such as "5m"', lambda value: 0 <= value <= 86_400
    ),
    (StoreSettings, "path"): _PATH,
    (StoreSettings, "socket"): ValueCheck(
        f"a path of at most {SOCKET_LONGEST} bytes",
        lambda path: "\x00" not in path and len(path.encode()) <= SOCKET_LONGEST,
    ),
    (StoreSettings, "keep_raw"): _KEEP,
    (StoreSettings, "keep_minutes"): _KEEP,
    (StoreSettings, "keep_hours"): _KEEP,
    (StoreSettings, "keep_events"): _KEEP,
    (Goals, "up"): _SHARE,
    (Goals, "answered"): _SHARE,
    (Goals, "follow_up"): _TIMEOUT,
    (Goals, "first_reply"): _TIMEOUT,
    (Goals, "lost"): ValueCheck("0 or more", lambda value: value >= 0),
    (ChannelSettings, "language"): ValueCheck(
        'a language such as "pt_BR" or "en"', lambda name: not name or bool(_LANGUAGE.fullmatch(name))
    ),
    (ScreenSettings, "zone"): _ZONE,
    (DemoSettings, "control_url"): _URL_OR_NONE,
    (DemoSettings, "speed"): ValueCheck("a number above 0, at most 10000", lambda speed: 0 < speed <= 10000),
}
