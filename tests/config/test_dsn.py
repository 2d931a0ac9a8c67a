"""What a driver would refuse is refused offline, with the remedy; what has a meaning is taken; nothing leaks."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qualtui.config.dsn import DsnError, KeepAlive, driver, parse, slip

DSN = "postgresql://u:pa55@db.example.com/d"


@pytest.mark.parametrize(
    ("dsn", "remedy"),
    [
        ("postgresql://u:p@ss/w0rd@db.example.com:5432/d", "percent-encoded"),
        ("postgresql://u:12/w0rd@db.example.com:5432/d", "percent-encoded"),
        ("postgresql://u:12?w0rd@db.example.com:5432/d", "percent-encoded"),
        ("postgresql://u:12?w0rd=1@db.example.com:5432/d", "percent-encoded"),
        ("postgresql://u:pa%55%zz@db.example.com/d", "% as %25"),
        ("postgresql://u:pa%00@db.example.com/d", "percent-encoded"),
        ("postgresql://u:pa[55@db.example.com/d", "percent-encoded"),
        ("postgresql://u:pa 55@db.example.com/d", "%20"),
        ("postgresql://u:pa55@db.example.com:0/d", "port"),
        ("postgresql://u:pa55@db.example.com:70000/d", "port"),
        ("postgresql://u:pa55@2001:db8::1/d", "brackets"),
        ("postgresql://u:pa55@[nonsense]:5432/d", "a host and port"),
        ("postgresql://u:pa55@one.example.com,/d", "a host's name"),
        (f"postgresql://u:pa55@{'x' * 64}.example.com/d", "a host's name"),
        (DSN + "?sslmode=no-verify", "sslmode=require"),
        (DSN + "?sslmode=Require", "verify-full"),
        (DSN + "?ssl=true", "sslmode=require"),
        (DSN + "?sslmode=verify-full", "sslrootcert=FILE"),
        (DSN + "?sslmode=verify-ca", "sslrootcert=FILE"),
        (DSN + "?sslmode=require&sslrootcert=/nowhere/ca.pem", "sslrootcert"),
        (DSN + "?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "sslrootcert"),
        (DSN + "?sslmode=require&sslrootcert=system", "sslmode=verify-full"),
        (DSN + "?sslcert=/nowhere/me.pem", "sslcert"),
        (DSN + "?sslnegotiation=direct", "sslmode=require"),
        (DSN + "?ssl_min_protocol_version=SSLv3", "TLSv1.2"),
        (DSN + "?channel_binding=require", "channel_binding=prefer"),
        (DSN + "?gssencmode=require", "sslmode=require"),
        (DSN + "?connect_timeout=soon", "whole number"),
        (DSN + "?keepalives=yes", "keepalives=0 or 1"),
        (DSN + "?target_session_attrs=master", "read-write"),
        (DSN + "?schema=bot", "search_path"),
        (DSN + "?supa=base-pooler.x", "pooler = true"),
        (DSN + "?pgbouncer=true", "pooler = true"),
        (DSN + "?connection_limit=5", "two connections"),
        (DSN + "?sslmod=require", '"sslmode"'),
        (DSN + "?nonsense", "NAME=VALUE"),
        (DSN + "?hostaddr=192.0.2.1,192.0.2.2", "as many addresses"),
        (DSN + "?service=nowhere", "service"),
        ("postgresql://u@db.example.com/d?passfile=/nowhere", "passfile"),
    ],
)
def test_what_the_driver_would_refuse_is_refused_with_the_remedy(
    dsn: str, remedy: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    said = slip(dsn)
    assert remedy in said
    assert "pa55" not in said
    assert "w0rd" not in said


@pytest.mark.parametrize(
    "query",
    [
        "connect_timeout=10",
        "keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=20000",
        "channel_binding=prefer&gssencmode=disable",
        "sslmode=require&sslnegotiation=direct",
        "application_name=x&options=-c%20statement_timeout%3D3000&search_path=bot",
        "target_session_attrs=read-write",
        "sslrootcert=system",
        "TimeZone=UTC&pg_x.y=1",
        "",
    ],
)
def test_what_has_a_meaning_is_taken(query: str) -> None:
    assert slip(f"{DSN}?{query}" if query else DSN) == ""


@pytest.mark.parametrize(
    ("dsn", "hosts"),
    [
        ("postgresql://u@one.example.com:1,two.example.com:2/d", (("one.example.com", 1), ("two.example.com", 2))),
        ("postgresql://u@[2001:db8::1]:5433/d", (("2001:db8::1", 5433),)),
        ("postgresql://u@%2Frun%2Fpg/d", (("/run/pg", 5432),)),
        ("postgresql://u@/d?host=/run/pg&port=6000", (("/run/pg", 6000),)),
        (
            "postgresql://u@/d?host=a.example.com,b.example.com&port=1,2",
            (("a.example.com", 1), ("b.example.com", 2)),
        ),
        ("postgresql://u@/d?hostaddr=192.0.2.1", (("192.0.2.1", 5432),)),
        ("postgresql:///d", ()),
    ],
)
def test_an_address_leads_to_its_hosts(dsn: str, hosts: tuple[tuple[str, int], ...]) -> None:
    assert parse(dsn).hosts == hosts


def test_the_driver_gets_what_it_knows_and_we_do_the_rest() -> None:
    made = driver(
        DSN + "?sslmode=require&connect_timeout=7&keepalives_idle=30&hostaddr=192.0.2.1&channel_binding=prefer"
    )
    assert made.dsn == DSN + "?sslmode=require"
    assert (made.connect_timeout, made.addresses) == (7.0, {"db.example.com": "192.0.2.1"})
    assert made.keep_alive == KeepAlive(idle=30)
    assert driver("postgresql:///d?hostaddr=192.0.2.1").dsn == "postgresql:///d?host=192.0.2.1"
    assert "pa55" not in repr(made)
    assert "pa55" not in repr(parse(DSN))


def test_a_passfile_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pgpass"
    file.write_text("*:*:*:*:secret")
    file.chmod(0o644)
    assert "chmod 600" in slip(f"postgresql://u@db.example.com/d?passfile={file}")
    file.chmod(0o600)
    assert slip(f"postgresql://u@db.example.com/d?passfile={file}") == ""


async def _drivers_word(dsn: str) -> BaseException:
    """What asyncpg says of an address; nothing listens there."""
    try:
        await asyncpg.connect(dsn, timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return error
    except Exception as error:
        return error
    raise AssertionError(dsn)


_PIECES = st.text(alphabet="ab1:/@?#%[]&=, ._-", max_size=12)


@settings(max_examples=200, deadline=None)
@given(user=_PIECES, password=_PIECES, query=_PIECES)
@example("u", "p", "a=")
@example("", "", "port=")
def test_whatever_is_taken_the_driver_takes_too(user: str, password: str, query: str) -> None:
    text = f"postgresql://{user}:{password}@127.0.0.1:1/d" + (f"?{query}" if query else "")
    if slip(text):
        return
    refused = asyncio.run(_drivers_word(driver(text).dsn))
    assert isinstance(refused, ConnectionRefusedError), (text, refused)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_explained(text: str) -> None:
    said = ""
    try:
        parse("postgresql://" + text)
    except DsnError as error:
        said = str(error)
    assert said == said.strip()
