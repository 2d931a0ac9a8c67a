"""The rights that a statement needs are read from its text."""

import pytest

from qualtui.doctor.needs import Need, needs, needs_of, wanted

SELECT, UPDATE, INSERT = "SELECT", "UPDATE", "INSERT"


@pytest.mark.parametrize(
    ("statement", "writes", "rights"),
    [
        ("SELECT {{leads.id}} FROM {{leads}}", False, {Need("leads", "id", SELECT)}),
        (
            "-- {{leads.nome}} is not read\nSELECT {{leads.id}} FROM {{leads}}",
            False,
            {Need("leads", "id", SELECT)},
        ),
        (
            "UPDATE {{sessions}} SET {{sessions.ativa}} = false WHERE {{sessions.id}} = $1",
            True,
            {Need("sessions", "ativa", UPDATE), Need("sessions", "id", SELECT)},
        ),
        (
            "UPDATE {{sessions}} AS s SET {{sessions.ativa}} = false WHERE s.{{sessions.ativa}}",
            True,
            {Need("sessions", "ativa", UPDATE), Need("sessions", "ativa", SELECT)},
        ),
        (
            "INSERT INTO {{messages}} ({{messages.tipo}}, {{messages.conteudo}}) VALUES ($1, $2)"
            " RETURNING {{messages.id}}",
            True,
            {
                Need("messages", "tipo", INSERT),
                Need("messages", "conteudo", INSERT),
                Need("messages", "id", SELECT),
            },
        ),
        ("SELECT {{leads.id}} FROM {{leads}} FOR UPDATE SKIP LOCKED", True, {Need("leads", "id", SELECT)}),
    ],
)
def test_each_statement_says_what_it_needs(statement: str, writes: bool, rights: set[Need]) -> None:
    assert needs_of(statement) == (writes, frozenset(rights))


def test_the_shipped_statements_need_what_the_fast_lane_and_the_cleanup_do() -> None:
    assert Need("messages", "created_at", SELECT) in needs(writes=False)
    assert Need("sessions", "ativa", UPDATE) in needs(writes=True)
    assert all(need.privilege == SELECT for need in needs(writes=False))
    assert "sessions close truth" in wanted(writes=True)[Need("sessions", "ativa", UPDATE)]
    assert not [need for need in needs(writes=False) if (need.table, need.column) == ("messages", "conteudo")]
