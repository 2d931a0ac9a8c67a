"""Who sent a post: the gateway that holds the key, someone without it, or it can not be known. Pure.

The gateway signs with HMAC-SHA512 over the raw body (`X-Webhook-Hmac`, hex); its timestamp header is not signed.
"""

import hmac
import ipaddress
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from qualtui.guard.settings import GuardSettings

SIGNATURE = "x-webhook-hmac"
ALGORITHM = "x-webhook-hmac-algorithm"
_HEX = 128  # characters of a SHA-512


class Proof(StrEnum):
    """What is known of a post's origin."""

    OK = "ok"
    UNPROVEN = "unproven"  # neither key nor token is configured
    BAD = "bad"
    MISSING = "missing"


class PostOrigin(msgspec.Struct, frozen=True):
    """The proof, and why it was not found good."""

    proof: Proof
    why: str = ""

    @property
    def refused(self) -> bool:
        """Whether such a post must not reach the bot."""
        return self.proof in (Proof.BAD, Proof.MISSING)


class Post(msgspec.Struct, frozen=True):
    """What came in, headers in lower case in the order of coming. `token`: the path's part after the webhook's."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    token: str = ""
    peer: str = ""  # the address that is connected

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for header, value in self.headers if header == name]


class ExpectedOrigin(msgspec.Struct, frozen=True):
    """What proves an origin: any of the keys, or the token. Empty: not asked for."""

    keys: tuple[bytes, ...] = ()
    token: str = ""
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    hops: int = 0  # proxies before us that we trust to name the client in X-Forwarded-For


def expected_of(settings: GuardSettings) -> ExpectedOrigin:
    """What proves an origin by the settings."""
    token = settings.origin.path_token
    return ExpectedOrigin(
        keys=settings.keys,
        token=token.reveal() if token else "",
        networks=tuple(ipaddress.ip_network(text) for text in settings.origin.networks),
        hops=settings.origin.trusted_hops,
    )


def check_origin(post: Post, expected: ExpectedOrigin) -> PostOrigin:
    """The origin of a post. A wrong signature is bad even where the token is right."""
    if expected.networks and not _within(client(post, expected.hops), expected.networks):
        return PostOrigin(Proof.BAD, "address")
    signatures = post.all(SIGNATURE)
    if expected.keys and signatures:
        if why := _wrong(post, signatures, expected.keys):
            return PostOrigin(Proof.BAD, why)
        return PostOrigin(Proof.OK)
    if expected.token:
        if not post.token:
            return PostOrigin(Proof.MISSING, "no signature or token" if expected.keys else "no token")
        right = hmac.compare_digest(post.token.encode(), expected.token.encode())
        return PostOrigin(Proof.OK) if right else PostOrigin(Proof.BAD, "token")
    return PostOrigin(Proof.MISSING, "no signature") if expected.keys else PostOrigin(Proof.UNPROVEN)


def client(post: Post, hops: int) -> str:
    """The client's address: the one that the outermost trusted proxy saw, else the one that is connected."""
    if hops <= 0:
        return post.peer
    named = [part.strip() for value in post.all("x-forwarded-for") for part in value.split(",")]
    return named[-hops] if len(named) >= hops else ""


def _wrong(post: Post, signatures: Sequence[str], keys: Sequence[bytes]) -> str:
    """What is wrong with a signature; empty: nothing. A comma is how some servers join a repeated header."""
    algorithms = post.all(ALGORITHM)
    if len(signatures) != 1 or "," in signatures[0] or len(algorithms) > 1:
        return "repeated signature"
    if algorithms and algorithms[0].strip().lower() != "sha512":
        return "algorithm"
    given = signatures[0].strip().lower()
    if len(given) != _HEX or not given.isascii():
        return "signature"
    # Every key is tried: how long it takes does not say which is the right one.
    right = [hmac.compare_digest(hmac.digest(key, post.body, "sha512").hex(), given) for key in keys]
    return "" if any(right) else "signature"


def _within(address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in networks)
