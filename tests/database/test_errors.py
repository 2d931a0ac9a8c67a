"""Each error of the database has its kind, and leaks nothing."""

import socket

import asyncpg
import pytest

from qualtui.database import Kind, translate

SECRET = "hunter2"


def test_an_error_of_the_server_shows_no_value_of_a_row() -> None:
    unique = asyncpg.UniqueViolationError('duplicate key value violates "leads_telefone_key"')
    unique.detail = "Key (telefone)=(5511900000001) already exists."
    invalid = asyncpg.InvalidTextRepresentationError('invalid input syntax for type uuid: "5511900000001"')
    for error in (unique, invalid):
        assert "5511900000001" not in translate(error).text
        assert translate(error).kind is Kind.QUERY


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(-2, "Name or service not known"), Kind.UNREACHABLE),
        (OSError(101, "Network is unreachable"), Kind.UNREACHABLE),
        (OSError(24, "Too many open files"), Kind.UNREACHABLE),
        (TimeoutError(), Kind.TIMEOUT),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), Kind.REFUSED),
        (asyncpg.CannotConnectNowError("the database system is shutting down"), Kind.REFUSED),
        (asyncpg.InternalServerError("(EMAXCONNSESSION) max clients reached in session mode"), Kind.REFUSED),
        (asyncpg.InternalServerError("(ENOTFOUND) tenant/user u.hunter2 not found"), Kind.AUTH),
        (asyncpg.QueryCanceledError("canceling statement"), Kind.TIMEOUT),
        (asyncpg.InsufficientPrivilegeError("permission denied for table leads"), Kind.PERMISSION),
        (ConnectionResetError(104, "reset"), Kind.GONE),
    ],
)
def test_each_refusal_has_its_kind(error: BaseException, kind: Kind) -> None:
    told = translate(error)
    assert told.kind is kind
    assert told.text
    assert SECRET not in told.text
