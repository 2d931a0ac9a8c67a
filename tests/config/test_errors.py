"""How a problem is told."""

import pytest

from qualtui.config.errors import ConfigErrors, Problem, dotted, nearest, shown_value


def test_a_problem_is_one_line_with_file_key_found_and_expected() -> None:
    assert str(Problem("c.toml", "a.b", "1", "2")) == "c.toml: a.b: found 1, expected 2"
    assert str(Problem("c.toml", "", "1", "2")) == "c.toml: found 1, expected 2"
    assert str(ConfigErrors((Problem("c", "a", "1", "2"), Problem("c", "b", "1", "2")))).count("\n") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5 parsecs", '"5 parsecs"'),
        ("https://u:pa55@host/path?key=pa55", '"https://***"'),
        ("see slack://pa55/x now", '"see slack://*** now"'),
        ("call 5511900000001", '"call +55 11 •••••-••01"'),
        ("\x1b[31mred\n", '"[31mred"'),
        ("x" * 100, '"' + "x" * 59 + '…"'),
        (True, "true"),
        (3, "3"),
        (10**30, "a number of more than 20 digits"),
        ([1], "a list"),
        ({}, "a table"),
    ],
)
def test_what_is_echoed_is_short_clean_and_no_secret(value: object, text: str) -> None:
    assert shown_value(value) == text


def test_a_path_is_written_as_toml_writes_it() -> None:
    assert dotted("agents", "my bot", "a.b", "x") == 'agents."my bot"."a.b".x'
    assert dotted("notify", "routes", 2, "channels", 1) == "notify.routes[2].channels[1]"


def test_a_slip_of_the_finger_is_guessed_else_all_is_listed() -> None:
    assert nearest("intervall", ["interval", "timeout"]) == '"interval"'
    assert nearest("zzz", ["interval", "timeout"]) == "one of interval, timeout"


def test_what_there_is_instead_is_told_once_a_group() -> None:
    assert nearest("?", ["fix", "db.up", "db.skew", "tls.days"]) == "one of db.{skew, up}, fix, tls.days"
