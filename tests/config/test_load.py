"""The loader: what it takes, and that it tells everything at once."""

import math
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from qualtui.config.errors import ConfigErrors
from qualtui.config.load import SIZE_LIMIT, load, load_window, loads
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import Level, Operator, Seconds, Secret
from qualtui.model import Severity
from tests.config.sample import AGENT, FILE, lines, problems, read

DSN = "postgresql://monitor:pa55word@db.example.com:5432/bot"


def test_one_section_of_one_agent_is_enough() -> None:
    config = read(AGENT)
    health = config.agents["bot"].health
    assert health is not None
    assert health.url == "https://bot.example.com/health"
    assert (float(health.interval), float(health.timeout)) == (60, 30)
    assert isinstance(health.interval, Seconds)
    assert config.agents["bot"].database is None
    assert config.rules == BUILT_IN
    assert config.path == str(FILE.absolute())


def test_the_digest_changes_with_the_text_alone() -> None:
    assert read(AGENT).digest == read(AGENT).digest != read(AGENT + "#").digest


def test_every_problem_is_told_in_one_run() -> None:
    told = lines(
        """
        [defaults.health]
        intervall = "5s"
        [agents.bot.health]
        url = "htp://bot.example.com"
        interval = "5 parsecs"
        misses = "three"
        [agents.bot.database]
        dsn = "mysql://monitor:pa55word@db/bot"
        write_dsn = "${NOWHERE}"
        pooler = 1
        [agents.bot.gateway]
        key = "${file:/nowhere/key}"
        [agents.bot.mapping.names]
        "messages.kind" = "x"
        leads = "no name"
        [rules.mine]
        series = "helth.up"
        fix = "sesion-cleanup"
        [rules.other]
        series = "health.up"
        op = "=>"
        critical = nan
        [notify.channels.ops]
        url = "not an address"
        [[notify.routes]]
        channels = ["opps"]
        agents = ["bott"]
        [screen]
        zone = "Brazil/Nowhere"
        [stor]
        """
    )
    for wanted in (
        'config.toml: defaults.health.intervall: found an unknown key, expected "interval"',
        'config.toml: agents.bot.health.interval: found "5 parsecs", expected a duration such as "30s" or "5m"',
        'agents.bot.health.misses: found "three", expected a whole number from 1 to 1000',
        'agents.bot.health.url: found "htp://***", expected an address such as',
        "agents.bot.database.dsn: found ***, expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
        "agents.bot.database.write_dsn: found ${NOWHERE}, expected the environment variable NOWHERE to be set",
        "agents.bot.database.pooler: found 1, expected true or false",
        "agents.bot.gateway.url: found nothing, expected an address such as",
        "agents.bot.gateway.key: found ${file:/nowhere/key}, expected a file that can be read (No such file",
        'agents.bot.mapping.names."messages.kind": found the name',
        'agents.bot.mapping.names.leads: found "no name", expected a name of the database',
        'rules.mine.series: found "helth.up", expected a series: "health.up"',
        'rules.other.op: found "=>", expected one of >, >=, <, <=, ==, !=',
        "rules.other.critical: found nan, expected a number",
        "notify.channels.ops.url: found ***, expected an Apprise address",
        'notify.routes[1].channels: found "opps", expected a channel: "ops"',
        'notify.routes[1].agents: found "bott", expected an agent: "bot"',
        'screen.zone: found "Brazil/Nowhere", expected a time zone such as "America/Sao_Paulo"',
        'config.toml: stor: found an unknown key, expected "store"',
    ):
        assert any(wanted in line for line in told), f"{wanted}\nnot in\n" + "\n".join(told)
    assert len(told) == 19
    assert not any("\n" in line for line in told)


def test_what_no_single_key_tells_is_told_too() -> None:
    told = lines(
        AGENT
        + """
        [rules.none]
        series = "health.up"
        [rules.fix]
        series = "health.up"
        warning = 1
        fix = "sesion-cleanup"
        [rules.order]
        series = "health.seconds"
        warning = "10s"
        critical = "5s"
        [rules.falling]
        series = "health.up"
        op = "<"
        warning = 1
        critical = 2
        [store]
        keep_raw = "40d"
        """
    )
    assert told == [
        "config.toml: rules.none: found no threshold, expected at least one of info, warning, critical, absent",
        'config.toml: rules.fix.fix: found "sesion-cleanup", expected a fix: "session-cleanup"',
        "config.toml: rules.order.critical: found 5.0, expected a threshold beyond warning's 10.0",
        "config.toml: rules.falling.critical: found 2.0, expected a threshold beyond warning's 1.0",
        'config.toml: store.keep_minutes: found "30d", expected at least keep_raw, "40d"',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "config.toml: agents: found nothing, expected at least one [agents.NAME]"),
        ("agents = 3", "config.toml: agents: found a number, expected a table"),
        ("[agents.bot]", "config.toml: agents.bot: found no source, expected at least one of health, "),
        ("[agents]\nbot = 3", "config.toml: agents.bot: found a number, expected a table"),
        ('[agents."a/b".health]\nurl="http://x"', 'config.toml: agents."a/b": found the name "a/b", expected '),
        (
            "[agents.bot]\nhealth = 'postgresql://u:pa55word@h/d'",
            "agents.bot.health: found a text, expected a table",
        ),
        (AGENT + "[notify]\nchannels = 'slack://pa55word'", "notify.channels: found a text, expected a table"),
        (
            AGENT + "[notify.channels]\nops = 'slack://pa55word'",
            "notify.channels.ops: found a text, expected a table",
        ),
        (AGENT + "[notify.channels.'a b']\nurl = 'json://x'", 'notify.channels."a b": found the name "a b"'),
        (AGENT + "[notify]\nroutes = 1", "notify.routes: found a number, expected a list"),
        (AGENT + "[notify]\nroutes = [1]", "notify.routes[1]: found a number, expected a table"),
        (
            AGENT + "[[notify.routes]]\nchannels = []",
            "notify.routes[1].channels: found a list of 0, expected at least",
        ),
        (
            AGENT + "[[notify.routes]]\nchannels = ['slack://pa55word/x']",
            'found "slack://***", expected a channel: none',
        ),
        (AGENT + "[rules.x]\nseries = 'db.up'\nwarning = 1979-05-27", "found a date or time, expected a number"),
        (AGENT + "[rules.x]\nseries = 'db.up'\nwarning = 1\nsummary = '{x}'", "rules.x.summary"),
        (AGENT + "[agents.bot.mapping.names]\nmessages.tipo = 'x'", 'in quotes: "messages.tipo" = ...'),
        (AGENT + "interval = '10ms'", "expected a duration of at least 100ms"),
        (AGENT + "interval = '11y'", "expected a duration such as"),
        (AGENT + "interval = -1", "found -1, expected a duration from 0s to 10 years"),
        (AGENT + "interval = inf", "found inf, expected a duration from 0s to 10 years"),
        (AGENT + "misses = 0x" + "f" * 9000, "found a number of more than 20 digits, expected a whole number"),
        (AGENT + "[demo]\nspeed = nan", "demo.speed: found nan, expected a number above 0"),
        (AGENT + "digest = 'x'", "agents.bot.health.digest: found an unknown key"),
        ("digest = 'x'\n" + AGENT, "config.toml: digest: found an unknown key"),
        (AGENT + "[store]\nsocket = '/" + "x" * 100 + "'", "store.socket: found"),
    ],
)
def test_a_wrong_value_names_its_place_and_what_was_expected(text: str, told: str) -> None:
    found = lines(text)
    assert any(told in line for line in found), found
    assert "pa55word" not in "".join(found)


@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("postgresql://u:pa#55@h/d", "percent-encoded"),
        ("postgresql://u:pa@55@h/d", "percent-encoded"),
        ("postgresql://u:pa55@h:port/d", "percent-encoded"),
        ("postgresql://u:pa55@h/d?pgbouncer=true", "pooler = true"),
        ("pa55", "postgresql://USER"),
        ("", "postgresql://USER"),
    ],
)
def test_a_slip_in_a_dsn_is_explained_and_never_echoed(dsn: str, expected: str) -> None:
    (told,) = problems(f"[agents.bot.database]\ndsn = '{dsn}'")
    assert told.key == "agents.bot.database.dsn"
    assert told.found == "***"
    assert expected in told.expected


def test_a_dsn_through_a_unix_socket_is_taken() -> None:
    database = read("[agents.bot.database]\ndsn = 'postgresql://u:@/postgres?host=/run/pg'").agents["bot"].database
    assert database is not None
    assert database.dsn == Secret("postgresql://u:@/postgres?host=/run/pg")


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://127.0.0.1:8080/health", True),
        ("https://[::1]:8080/health", True),
        ("https://user:pa55@bot.example.com", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://bot.example.com:99999", False),
        ("https://bot example.com", False),
        ("file:///etc/passwd", False),
    ],
)
def test_an_address_is_taken_only_if_a_client_can_ask_it(url: str, good: bool) -> None:
    text = f"[agents.bot.gateway]\nurl = '{url}'"
    if good:
        assert read(text).agents["bot"].gateway is not None
    else:
        assert "pa55" not in str(problems(text)[0])


def test_references_reach_every_kind_of_value() -> None:
    env = {"HOST": "bot.example.com", "EVERY": "20s", "MISSES": "4", "DSN": DSN, "POOLER": "true", "EMPTY": ""}
    config = read(
        """
        [agents.bot.health]
        url = "https://${HOST}/health"
        interval = "${EVERY}"
        misses = "${MISSES}"
        [agents.bot.database]
        dsn = "${DSN}"
        write_dsn = "${EMPTY}"
        pooler = "${POOLER}"
        """,
        env,
    )
    health, database = config.agents["bot"].health, config.agents["bot"].database
    assert health is not None
    assert database is not None
    assert health.url == "https://bot.example.com/health"
    assert (float(health.interval), health.misses) == (20, 4)
    assert database.dsn.reveal() == DSN
    assert database.write_dsn is None
    assert database.pooler is True


def test_a_wrong_value_from_the_environment_is_shown_as_written() -> None:
    (told,) = problems(AGENT + 'interval = "${EVERY}"', {"EVERY": "s3cret"})
    assert told.found == '"${EVERY}"'


def test_a_number_in_quotes_is_a_text_unless_it_came_from_a_reference() -> None:
    assert [problem.key for problem in problems(AGENT + 'misses = "3"')] == ["agents.bot.health.misses"]


def test_defaults_reach_every_agent_and_its_own_key_comes_first() -> None:
    config = read(
        """
        [defaults.health]
        interval = "20s"
        timeout = "10s"
        [defaults.mapping.names]
        leads = "people"
        sessions = "talks"
        [agents.a.health]
        url = "http://a"
        [agents.b.health]
        url = "http://b"
        interval = "5s"
        [agents.b.mapping.names]
        leads = "contacts"
        """
    )
    a, b = config.agents["a"], config.agents["b"]
    assert a.health is not None
    assert b.health is not None
    assert (float(a.health.interval), float(a.health.timeout)) == (20, 10)
    assert (float(b.health.interval), float(b.health.timeout)) == (5, 10)
    assert a.mapping.names == {"leads": "people", "sessions": "talks"}
    assert b.mapping.names == {"leads": "contacts", "sessions": "talks"}


def test_defaults_make_a_section_only_where_they_are_enough_for_one() -> None:
    common = AGENT + "[defaults.gateway]\ninterval = '9s'\n"
    assert read(common).agents["bot"].gateway is None
    waha = read(common + "url = 'http://waha'").agents["bot"].gateway
    assert waha is not None
    assert float(waha.interval) == 9


def test_a_wrong_default_is_told_once_however_many_agents_there_are() -> None:
    text = "[defaults.health]\ntimeout = 'x'\n" + "".join(
        f"[agents.a{n}.health]\nurl='http://a'\n" for n in range(9)
    )
    assert [problem.key for problem in problems(text)] == ["defaults.health.timeout"]


def test_a_built_in_rule_is_changed_key_by_key() -> None:
    config = read(
        AGENT
        + """
        [rules.customers-waiting]
        critical = "5m"
        [rules.agent-down]
        enabled = false
        [rules.blind]
        warning = "off"
        critical = 0
        [rules.slow]
        series = "health.seconds"
        warning = "10s"
        """
    )
    waiting = config.rules["customers-waiting"]
    assert (waiting.warning, waiting.critical) == (Level(180), Level(300))
    assert waiting.summary == BUILT_IN["customers-waiting"].summary
    assert config.rules["agent-down"].enabled is False
    assert (config.rules["blind"].warning, config.rules["blind"].critical) == (None, Level(0))
    assert config.rules["slow"].op is Operator.ABOVE
    assert config.rules["database-down"] == BUILT_IN["database-down"]


def test_routes_and_targets_are_read() -> None:
    config = read(
        AGENT
        + """
        [notify.channels.ops]
        url = "json://catcher.example.com/x"
        [[notify.routes]]
        channels = ["ops"]
        severities = ["critical", "warning"]
        """
    )
    assert config.notify.channels["ops"].url.reveal() == "json://catcher.example.com/x"
    assert config.notify.routes[0].severities == (Severity.CRITICAL, Severity.WARNING)


def test_a_route_to_a_target_that_is_there_but_wrong_is_not_told_as_missing() -> None:
    told = problems(AGENT + "[notify.channels.ops]\nurl = 'x'\n[[notify.routes]]\nchannels = ['ops']")
    assert [problem.key for problem in told] == ["notify.channels.ops.url"]


def test_a_syntax_error_names_its_line_and_quotes_nothing_of_it() -> None:
    (told,) = lines(AGENT + "[agents.bot.database]\ndsn = 'postgresql://u:pa55word@h/d\n")
    assert told.startswith("config.toml: line 4 (the end): ")
    assert "pa55word" not in told
    assert lines("a = 1\nb = 1\n\nx y\n")[0].startswith("config.toml: line 4, column 3: found no valid TOML, ")
    (told,) = [str(problem) for problem in problems_of(b"a = 1\nb = '\xff'\n")]
    assert told == "config.toml: line 2: found bytes that are not UTF-8, expected TOML in UTF-8"


def problems_of(text: bytes) -> tuple[object, ...]:
    with pytest.raises(ConfigErrors) as caught:
        loads(text, FILE, {})
    return caught.value.problems


def test_a_file_that_can_not_be_read_is_a_problem_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"#" * (SIZE_LIMIT + 1))
    for path in (tmp_path / "none", tmp_path, tmp_path / "large", Path("a\x00b")):
        with pytest.raises(ConfigErrors) as caught:
            load(path, {})
        assert len(caught.value.problems) == 1
        with pytest.raises(ConfigErrors):
            load_window(path, {})


def test_a_window_needs_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[agents.bot.database]\ndsn = '${NOWHERE}'\n[store]\npath = 'x.db'\n[keys]\nhelp = 'f1'\n")
    config = load_window(path, {})
    assert (config.store.path, config.keys, config.agents) == ("x.db", {"help": "f1"}, {})
    path.write_text("[store]\npath = 3\n")
    with pytest.raises(ConfigErrors):
        load_window(path, {})


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_configuration_or_config_errors(text: bytes) -> None:
    accept(text)


_SCALARS = (
    st.text(max_size=20)
    | st.sampled_from(
        ["${", "${X}", "${file:/}", "5s", "-1s", "http://[", "postgresql://[", "critical", "health.up"]
    )
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.just(datetime(2026, 1, 1, tzinfo=UTC))
    | st.sampled_from([math.nan, -math.inf])
)
_NAMES = st.sampled_from(
    [
        *(
            "agents",
            "defaults",
            "rules",
            "notify",
            "channels",
            "routes",
            "fixes",
            "session-cleanup",
            "store",
            "screen",
        ),
        *(
            "keys",
            "demo",
            "bot",
            "health",
            "database",
            "gateway",
            "waha",
            "targets",
            "mapping",
            "names",
            "url",
            "dsn",
            "interval",
            "series",
        ),
        *("critical", "for", "zone", "path", "socket", "speed", "agent-down", "severities", "a b", ""),
    ]
)
_TREES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=25
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(_NAMES, _TREES, max_size=5))
def test_any_toml_is_a_configuration_or_config_errors(tree: dict[str, Any]) -> None:
    accept(tomli_w.dumps(tree).encode())


@pytest.mark.parametrize(
    "text",
    [
        b"a = " + b"[" * 20000,
        b"a = " + b"{a=" * 20000,
        b"a" + b".a" * 20000 + b" = 1",
        b"[defaults" + b".a" * 20000 + b"]",
        b"[defaults.health" + b".a" * 5000 + b"]\nx=1\n[agents.b.health" + b".a" * 5000 + b"]\nx=1",
        b"a = " + b"9" * 10000,
        b"[rules.x]\nseries='db.up'\nwarning = 0x" + b"f" * 10000,
        b"[agents.b.health]\nurl='http://x'\ninterval = 0x" + b"f" * 10000,
        b"a = 0000-00-00",
        b"\x00",
        b"\xef\xbb\xbf",
    ],
)
def test_hostile_toml_is_told_not_obeyed(text: bytes) -> None:
    accept(text)


def accept(text: bytes) -> None:
    """Reads it; anything but a configuration or printable ConfigErrors fails the test."""
    try:
        config = loads(text, FILE, {})
    except ConfigErrors as errors:
        told = [str(problem) for problem in errors.problems]
        assert told
        for line in told:
            assert line.isprintable(), line
            assert len(line) < 1500
    else:
        assert config.agents


def test_the_largest_hostile_file_is_refused_or_read_in_seconds() -> None:
    for line in (
        b"a." * 31 + b"a%d = 1\n",
        b"[a%d" + b".a" * 30 + b"]\n",
        b'"a"."b"."c%d" = "' + b"." * 90 + b'"\n',
    ):
        text = b"".join(line % number for number in range(SIZE_LIMIT // len(line)))
        began = time.process_time()
        accept(text)
        accept(b"a" * SIZE_LIMIT)
        accept(b'"' * SIZE_LIMIT)
        assert time.process_time() - began < 5


def test_a_machine_without_a_database_of_zones_is_told_to_install_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneinfo.available_timezones", set)

    def unknown(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("zoneinfo.ZoneInfo", unknown)
    (problem,) = problems(AGENT + '[screen]\nzone = "America/Sao_Paulo"\n')
    assert "install tzdata" in problem.expected
