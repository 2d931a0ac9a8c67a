"""A PostgreSQL address: where it leads, what is wrong with it, and what of it the driver (asyncpg) understands."""

import ipaddress
import os
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import msgspec

from qualtui.config.dsn_parameters import DROPPED, MODES, OURS, KeepAlive, keep_alive, wrong

_ENCODE = "a user and password percent-encoded (# as %23, @ as %40, / as %2F, % as %25, : as %3A)"
_READ = "a host and port that can be read; a user and password percent-encoded (/ as %2F, : as %3A)"
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")
_BRACKETS = re.compile(r"\[([^\]]+)\](?::([^:]*))?")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
SYSTEM = "system"  # sslrootcert: the authorities of this machine (libpq 16)

Place = tuple[str, int]


class DsnError(Exception):
    """The address cannot be used; the text is what was expected, and quotes nothing of it."""


class Dsn(msgspec.Struct, frozen=True):
    """An address in its parts. A host that begins with / is a socket's folder; none: the driver looks."""

    hosts: tuple[Place, ...]
    params: Mapping[str, str]
    user: str
    password: str
    path: str  # the database, as it stands in the address

    def __repr__(self) -> str:
        return "Dsn(***)"

    @property
    def mode(self) -> str:
        """The sslmode in effect."""
        default = "verify-full" if self.params.get("sslrootcert") == SYSTEM else "prefer"
        return self.params.get("sslmode", default)


class Driver(msgspec.Struct, frozen=True):
    """The address as the driver takes it, and what we do in its place."""

    dsn: str
    system_trust: bool  # sslrootcert=system
    connect_timeout: float | None  # s for each host
    keep_alive: KeepAlive
    addresses: Mapping[str, str]  # by host: the hostaddr that is dialled in its place
    hosts: int

    def __repr__(self) -> str:
        return "Driver(***)"


def parse(text: str) -> Dsn:
    """The parts of an address. Raises DsnError."""
    if not text.startswith(("postgresql://", "postgres://")):
        raise DsnError("postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    authority = re.split(r"[/?]", text.split("://", 1)[1], maxsplit=1)[0]
    if "#" in text or authority.count("@") > 1:
        raise DsnError(_ENCODE)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise DsnError(_READ) from None
    if _BLANK.search(text):
        raise DsnError("an address without spaces (a space in a password is %20)")
    login, at, hosts = parts.netloc.rpartition("@")
    # A password with a raw / or ? ends the host early: a piece of it would go to the name servers.
    if "@" in parts.path or "/" in parts.path[1:] or ("@" in parts.query and not at):
        raise DsnError(_ENCODE)
    if _PERCENT.search(parts.netloc + parts.path + parts.query):
        raise DsnError(_ENCODE)
    params = _params(parts.query)
    user, _colon, password = login.partition(":")
    return Dsn(
        _hosts(hosts, params),
        params,
        unquote(user) or params.get("user", ""),
        unquote(password) or params.get("password", ""),
        parts.path,
    )


def slip(text: str) -> str:
    """What should stand there in place of an address that the driver would refuse; empty where it is fine.

    Files that it names are looked at: they must be there when a connection is opened.
    """
    try:
        found = parse(text)
    except DsnError as error:
        return str(error)
    if not found.user and not _user_here():
        return "a user: postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
    addresses = found.params.get("hostaddr", "")
    if addresses and len(addresses.split(",")) != len(found.hosts):
        return "as many addresses in hostaddr as there are hosts"
    return wrong(found.params, mode=found.mode, password=bool(found.password))


def driver(text: str) -> Driver:
    """The address for the driver. Raises DsnError."""
    found = parse(text)
    left = {name: value for name, value in found.params.items() if name not in OURS and name not in DROPPED}
    parts = urlsplit(text)
    given = found.params.get("hostaddr", "").split(",") if found.params.get("hostaddr") else []
    names = [host for host, _port in found.hosts]
    if given and not parts.netloc.rpartition("@")[2] and not left.get("host"):
        left["host"] = ",".join(given)
        given = []
    system = found.params.get("sslrootcert") == SYSTEM
    if system:
        left = {name: value for name, value in left.items() if name not in ("sslrootcert", "sslmode")}
    query = urlencode(left, quote_via=quote, safe="")
    wait = found.params.get("connect_timeout", "")
    return Driver(
        parts._replace(query=query).geturl() if parts.netloc else _without_host(parts.scheme, found.path, query),
        system,
        float(wait) if wait.isdigit() and int(wait) else None,
        keep_alive(found.params),
        dict(zip(names, given, strict=False)),
        max(1, len(found.hosts)),
    )


def _without_host(scheme: str, path: str, query: str) -> str:
    """The address with its three slashes: urlunsplit would take two of them away."""
    return f"{scheme}://{path}?{query}" if query else f"{scheme}://{path}"


def _params(query: str) -> dict[str, str]:
    if not query:
        return {}
    try:
        return dict(parse_qsl(query, strict_parsing=True))
    except ValueError:
        raise DsnError("parameters as ?NAME=VALUE&NAME=VALUE (a ? in a password is %3F)") from None


def _hosts(netloc: str, params: Mapping[str, str]) -> tuple[Place, ...]:
    given = netloc or params.get("host", "") or params.get("hostaddr", "")
    if not given:
        return ()
    ports = [_port(one) for one in params.get("port", "").split(",")] if params.get("port") else []
    found = [_host(one, encoded=bool(netloc)) for one in given.split(",")]
    if len(ports) not in (0, 1, len(found)):
        raise DsnError("as many ports as there are hosts, or one for all")
    every = ports * len(found) if len(ports) == 1 else ports
    return tuple((host, own or (every[place] if every else 5432)) for place, (host, own) in enumerate(found))


def _host(spec: str, *, encoded: bool) -> tuple[str, int | None]:
    """A host, and the port that stands with it."""
    if spec.startswith("/") and not encoded:
        return spec, None
    if spec.startswith("["):
        match = _BRACKETS.fullmatch(spec)
        if match is None or not _is_ipv6(unquote(match[1])):
            raise DsnError("an IPv6 address in brackets, such as [2001:db8::1]:5432")
        return unquote(match[1]), _port(match[2]) if match[2] else None
    if spec.count(":") > 1:
        if _is_ipv6(spec):
            raise DsnError("an IPv6 address in brackets, such as [2001:db8::1]:5432")
        raise DsnError(_READ)
    name, _colon, port = spec.partition(":")
    host = unquote(name) if encoded else name
    if not (host.startswith("/") or _is_name(host)):
        raise DsnError("a host's name or address between @ and /")
    return host, _port(port) if port else None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise DsnError(_READ)
    return int(text)


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _is_name(host: str) -> bool:
    """Whether a name could be looked up at all."""
    if not host or re.search(r"[/?#@\[\]\\\"'`,;]", host):
        return False
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return False
    return len(host) <= 253 and all(0 < len(label) <= 63 for label in host.removesuffix(".").split("."))


def _user_here() -> bool:
    """Whether the driver would find a user by itself: $PGUSER, or the system's name of this process's user."""
    if os.environ.get("PGUSER"):
        return True
    import getpass

    try:
        return bool(getpass.getuser())
    except (KeyError, OSError, ImportError):
        return False


__all__ = ["MODES", "SYSTEM", "Driver", "Dsn", "DsnError", "KeepAlive", "Place", "driver", "parse", "slip"]
