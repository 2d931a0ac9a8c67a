"""What the value of each key must be beyond its type: names, ranges, forms."""

import re
from typing import Any

from qualtui.config.addresses import http_url, listens, loopback_url, postgres_dsn, public_url
from qualtui.config.agent_schema import is_ours, is_real
from qualtui.config.backup_check import hook_words, recipients
from qualtui.config.hours import EXPECTED as HOURS
from qualtui.config.hours import hours_of
from qualtui.config.label_checks import cron_line, label_name, label_value, labels_named, matchers
from qualtui.config.places import SOCKET_LONGEST
from qualtui.config.reader import ValueCheck
from qualtui.config.series_names import series_name
from qualtui.config.values import (
    AgentSettings,
    BackupSettings,
    ChannelSettings,
    ControlSettings,
    DatabaseSettings,
    DemoSettings,
    DeployRollbackSettings,
    EscalationStep,
    GatewayRestartSettings,
    GatewaySettings,
    Goals,
    HealthSettings,
    HostSettings,
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
    ServiceRestartSettings,
    SessionCleanupSettings,
    StandbySettings,
    StoreSettings,
    TlsSettings,
)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SESSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
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


def _name(name: str) -> bool:
    return NAME.fullmatch(name) is not None


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


def _reads(sql: str) -> bool:
    """Whether a statement begins as one that reads; the server has the last word on that."""
    bare = _COMMENT.sub(" ", sql).lstrip("( \t\r\n")
    return not _ARGUMENT.search(sql) and (not sql.strip() or _READING.match(bare) is not None)


def _bearer_key(key: Any) -> bool:
    """A key for a header, long enough that no one guesses it; or nothing."""
    text = key.reveal()
    return not text or (len(text) >= 16 and text.isascii() and text.isprintable() and " " not in text)


def _bot_tables(names: list[object]) -> bool:
    return all(isinstance(name, str) and "." not in name and is_ours(name) for name in names)


def _whole(least: int, most: int) -> ValueCheck:
    return ValueCheck(f"a whole number from {least} to {most}", lambda count: least <= count <= most)


def _at_least_a_minute(such: str) -> ValueCheck:
    return ValueCheck(f'a duration of at least 1m, such as "{such}"', lambda value: value >= 60)


_LISTENS = ValueCheck('HOST:PORT such as "127.0.0.1:8008"', listens)
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
    (HealthSettings, "misses"): _whole(1, 1000),
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
    (HostSettings, "kind"): ValueCheck('"render"', bool),
    (HostSettings, "interval"): ValueCheck('a duration of at least 1s, such as "60s"', lambda value: value >= 1),
    (HostSettings, "timeout"): _TIMEOUT,
    (HostSettings, "webhook"): ValueCheck(
        'a path such as "/webhook"',
        lambda path: path.startswith("/") and not _BLANK.search(path) and len(path) <= 200,
    ),
    (HostSettings, "demo_url"): ValueCheck(
        'an address of this machine such as "http://127.0.0.1:8010", or ""', loopback_url
    ),
    (StandbySettings, "url"): _URL,
    (StandbySettings, "health"): ValueCheck('a path such as "/health"', lambda path: path.startswith("/")),
    (StandbySettings, "timeout"): _TIMEOUT,
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
        'a table of the agent ("leads") or one of its columns ("messages.tipo")', is_ours
    ),
    (Mapping, "names.*"): ValueCheck(
        "a name of the database: letters, digits and underscore, 63 at most", is_real
    ),
    (Mapping, "sent"): _WORD,
    (Mapping, "received"): _WORD,
    (Mapping, "new"): _WORD,
    (Mapping, "qualified"): _WORD,
    (Mapping, "closed"): _WORD,
    (Rule, "window"): ValueCheck('a duration of at most a day, such as "10m"', lambda value: 0 <= value <= 86_400),
    (Rule, "series"): ValueCheck("the name of a series", series_name),
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
    (Rule, "min_events"): _whole(0, 1_000_000),
    (Rule, "events"): ValueCheck("the name of a series", lambda name: name == "" or series_name(name)),
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
    (NotifySettings, "night_customers"): _whole(1, 1000),
    (NotifySettings, "flap_returns"): ValueCheck(
        "a whole number from 2 to 50, or 0 for never", lambda count: count == 0 or 2 <= count <= 50
    ),
    (NotifySettings, "flap_window"): _at_least_a_minute("30m"),
    (NotifySettings, "flap_quiet"): _at_least_a_minute("15m"),
    (NotifySettings, "zone"): _ZONE,
    (NotifySettings, "ping"): ValueCheck(
        'an address such as "https://hc-ping.com/UUID"', lambda url: not url.reveal() or http_url(url.reveal())
    ),
    (HttpSettings, "listen"): _LISTENS,
    (HttpSettings, "ack_listen"): _LISTENS,
    (HttpSettings, "public_url"): ValueCheck('an address such as "https://alerts.example.com"', public_url),
    (HttpSettings, "key"): ValueCheck(
        "a key of at least 16 characters, printable ASCII without spaces",
        _bearer_key,
    ),
    (NotifySettings, "escalation_rounds"): ValueCheck(
        "a whole number from 0 (never) to 100", lambda count: 0 <= count <= 100
    ),
    (NotifySettings, "escalation_repeat"): _at_least_a_minute("30m"),
    (EscalationStep, "after"): ValueCheck(
        'a duration of at most a day, such as "5m"', lambda value: 0 <= value <= 86_400
    ),
    (EscalationStep, "hours"): ValueCheck(HOURS, _hours),
    (EscalationStep, "zone"): _ZONE,
    (EscalationStep, "to"): ValueCheck("at least one channel, person, on-call, next or owner", bool),
    (PersonSettings, "zone"): _ZONE,
    (PersonSettings, "language"): ValueCheck(
        'a language such as "en" or "pt_BR"', lambda text: not text or bool(_LANGUAGE.fullmatch(text))
    ),
    (Route, "channels"): ValueCheck("at least one channel", bool),
    (Route, "severities"): ValueCheck("at least one of critical, warning, info", bool),
    (SessionCleanupSettings, "limit"): _KEEP,
    (SessionCleanupSettings, "mode"): ValueCheck('"truth" or "row"', lambda mode: mode in ("truth", "row")),
    (SessionCleanupSettings, "max_rows"): _whole(1, 10000),
    (GatewayRestartSettings, "timeout"): _TIMEOUT,
    (ServiceRestartSettings, "timeout"): _TIMEOUT,
    (DeployRollbackSettings, "timeout"): _TIMEOUT,
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
    (RetrySettings, "max_rows"): _whole(1, 1000),
    (RetrySettings, "window"): _KEEP,
    (PolicySettings, "per_hour"): _whole(1, 60),
    (PolicySettings, "per_day"): _whole(1, 1000),
    (PolicySettings, "subjects"): _whole(1, 1000),
    (PolicySettings, "cooldown"): ValueCheck(
        'a duration of at most a day, such as "5m"', lambda value: 0 <= value <= 86_400
    ),
    (BackupSettings, "directory"): _PATH,
    (BackupSettings, "schedule"): ValueCheck(
        'a cron line of five fields, such as "15 3 * * *", or "" for none',
        lambda line: line == "" or cron_line(line),
    ),
    (BackupSettings, "keep_daily"): _whole(1, 35),
    (BackupSettings, "keep_weekly"): _whole(0, 5),
    (BackupSettings, "hook"): ValueCheck("a command, its words in quotes where they hold spaces", hook_words),
    (BackupSettings, "hook_timeout"): ValueCheck(
        'a duration above 0 and of at most 6 h, such as "15m"', lambda value: 0 < value <= 6 * 3600
    ),
    (BackupSettings, "recipients"): ValueCheck(
        "recipients of age, such as age1... (62 characters), or SSH public keys", recipients
    ),
    (BackupSettings, "tables"): ValueCheck("tables of the bot, such as leads", _bot_tables),
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
