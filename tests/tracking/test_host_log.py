"""Errors of the bot's log: their kind, and that nothing personal is left of a line before it is kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.tracking.host_log import HOUR, KNOWN, MOST, LogErrorKind, LogErrors, after, error_of, of_kind

NOW = 1_000_000.0
STAMP = "2026-11-22 08:28:02"


@pytest.mark.parametrize("text", KNOWN)
def test_each_known_text_has_its_kind_wherever_it_stands(text: str) -> None:
    found = error_of(f"{STAMP} [warning  ] {text} telefone=5511987654321 mensagem_preview='Oi, sou a Ana'")
    assert found == (KNOWN[text], text)


@pytest.mark.parametrize(
    ("line", "kind", "shown"),
    [
        (
            f"{STAMP} [warning  ] Falha no envio da mensagem status_code=422 telefone=5511987654321 tentativa=2",
            LogErrorKind.SENDS,
            "Falha no envio da mensagem status_code=422 tentativa=2",
        ),
        (
            "[2026-11-22 08:28:02 +0000] [7] [CRITICAL] WORKER TIMEOUT (pid:8)",
            LogErrorKind.WORKER,
            "WORKER TIMEOUT",
        ),
        (f"{STAMP} [error    ] Planilha fechada nome='Ana Silva'", LogErrorKind.OTHER, "Planilha fechada"),
        (f"{STAMP} [error    ] Cliente 11 98765-4321 sumiu", LogErrorKind.OTHER, "Cliente •••••••••21 sumiu"),
        ("ERROR:app:Ana Silva escreveu", LogErrorKind.OTHER, "app"),
        (f'{STAMP} [error    ] "Ana"', LogErrorKind.OTHER, "?"),
    ],
)
def test_of_a_line_only_what_names_no_one_is_kept(line: str, kind: LogErrorKind, shown: str) -> None:
    assert error_of(line) == (kind, shown)


@pytest.mark.parametrize(
    "line",
    [
        f"{STAMP} [info     ] Leads watcher started",
        f"{STAMP} [debug    ] Flow step incoming='deu error aqui'",
        "10.0.0.1 - - GET /health 200",
        "",
    ],
)
def test_a_line_that_is_no_error_is_not_kept(line: str) -> None:
    assert error_of(line) is None


@given(
    st.sampled_from([*KNOWN, "Um erro qualquer"]),
    st.sampled_from(["telefone", "mensagem_preview", "status_code", "nome", "pid", "tentativa"]),
    st.sampled_from(["{}", "'{}'", "+{}", '"Ana {}"']),
    st.from_regex(r"55119[0-9]{8}", fullmatch=True),
)
def test_no_phone_is_left_of_any_line(text: str, key: str, form: str, phone: str) -> None:
    found = error_of(f"{STAMP} [error    ] {text} {key}={form.format(phone)} e mais")
    assert found is not None
    assert "Ana" not in found[1]
    assert not re.search(r"\d{4}", found[1])


def lines(*ids: int, text: str = "WORKER TIMEOUT") -> list[tuple[str, float, str]]:
    return [(f"log-{n}", NOW - n, text) for n in ids]


def test_a_line_that_is_read_twice_counts_once_and_after_an_hour_no_more() -> None:
    errors = after(after(LogErrors(), lines(10, 20), NOW), lines(10, 5), NOW + 5)
    assert of_kind(errors, LogErrorKind.WORKER)[0] == 3
    assert errors.newest == NOW - 5
    later = after(errors, [], NOW + HOUR - 15)
    assert of_kind(later, LogErrorKind.WORKER)[0] == 2
    assert of_kind(after(later, lines(20), NOW + HOUR - 15), LogErrorKind.WORKER)[0] == 2  # too old by now


def test_a_flood_of_errors_is_bounded_and_says_so() -> None:
    errors = after(LogErrors(), ((f"{n}", NOW - n / 10, "WORKER TIMEOUT") for n in range(3 * MOST)), NOW)
    count, newest = of_kind(errors, LogErrorKind.WORKER)
    assert (count, errors.cut) == (MOST, True)
    assert newest is not None
    assert newest.at == NOW
