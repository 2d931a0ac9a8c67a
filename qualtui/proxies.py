"""The proxy that the environment names for an address. Probes, doctor and notices use the same one.

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, in small letters first, as curl and Apprise's library read them.
Nothing on this machine is reached through a proxy. PostgreSQL and mail connect directly: they know no HTTP proxy.
"""

import ipaddress
import os
from base64 import b64encode
from collections.abc import Mapping, MutableMapping
from urllib import request
from urllib.parse import unquote, urlsplit

import msgspec

from qualtui.text.message import Saying, Text, message

HERE = ("localhost", "127.0.0.0/8", "::1")


class ProxyError(OSError):
    """The environment's proxy can't be used, or it failed; the text names only the variable."""

    def __init__(self, said: Text) -> None:
        super().__init__(str(said))
        self.said = said


class Proxy(msgspec.Struct, frozen=True):
    """A proxy: where it is, and who we are to it."""

    variable: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Proxy({self.variable})"

    @property
    def url(self) -> str:
        """Its address, without the login."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    @property
    def login(self) -> dict[str, str]:
        """The header that names us to it; none where it knows no users."""
        word = b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        return {"Proxy-Authorization": f"Basic {word}"} if self.user else {}


def near(host: str) -> bool:
    """Whether a host is this machine: a Unix socket, localhost, a loopback address."""
    if host.startswith("/") or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def proxy_of(scheme: str, host: str, port: int) -> Proxy | None:
    """The proxy for an address; None: there is none, or NO_PROXY excepts it. Raises ProxyError."""
    if scheme not in ("http", "https") or near(host):
        return None
    given = request.getproxies_environment()
    named = (f"{scheme}://{host}", scheme, f"all://{host}", "all")  # the order of Apprise's library
    name = next((one for one in named if given.get(one)), None)
    if name is None or _excepted(host, port, given):
        return None
    variable = f"{name.partition(':')[0].upper()}_PROXY"
    text = given[name] if "://" in given[name] else f"http://{given[name]}"
    try:
        parts = urlsplit(text)
        where = parts.hostname, parts.port or 80
    except ValueError:
        raise ProxyError(message("the proxy in {variable} is not an address", variable=variable)) from None
    if parts.scheme != "http":
        raise ProxyError(message("the proxy in {variable} is not http://: use such a proxy", variable=variable))
    if not where[0]:
        raise ProxyError(message("the proxy in {variable} is not an address", variable=variable))
    return Proxy(variable, where[0], where[1], unquote(parts.username or ""), unquote(parts.password or ""))


def through_proxy(variable: str, reason: Saying) -> Text:
    """Return the text of a failure of the proxy itself."""
    return message("the proxy in {variable}: {reason}", variable=variable, reason=reason)


def _excepted(host: str, port: int, given: Mapping[str, str]) -> bool:
    """Whether NO_PROXY names the host: itself, a domain above it, its network, or all."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        address = None
    for one in given.get("no", "").replace(" ", "").split(","):
        bare = one.lstrip(".")
        if bare in {host, f"{host}:{port}"} or (bare and address is None and host.endswith(f".{bare}")):
            return True
        if address is not None and "/" in one:
            try:
                if address in ipaddress.ip_network(one, strict=False):
                    return True
            except ValueError:
                continue
    return bool(request.proxy_bypass_environment(host, dict(given)))  # type: ignore[attr-defined]


def spare_this_machine(environment: MutableMapping[str, str] = os.environ) -> None:
    """Excepts this machine in NO_PROXY: Apprise's library reads the environment by itself."""
    if not any(name.lower().endswith("_proxy") for name in environment):
        return
    given = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    known = given.replace(" ", "").split(",")
    if "*" not in known:
        environment["no_proxy"] = ",".join(
            [*(one for one in known if one), *(one for one in HERE if one not in known)]
        )
