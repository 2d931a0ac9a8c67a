"""Real handshakes: each certificate's failure has its name, and tells our own side's faults from theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui import dial
from qualtui.config.values import GatewaySettings, Seconds
from qualtui.config.values import HealthSettings as Settings
from qualtui.doctor import agent as bot
from qualtui.doctor import tls
from qualtui.gateways.gateway import Fate
from qualtui.gateways.registry import gateway_of
from qualtui.http import Failure, Fetcher, FetchError
from qualtui.model.findings import FindingVerdict
from qualtui.probes.health import HealthProbe
from qualtui.probes.probe import ProbeError
from tests.certificates import Authority, needs_openssl, tls_server, trusting
from tests.probes.hostile import body, serving

pytestmark = needs_openssl
NOW = 1_000_000.0
KINDS = [
    ("expired", Failure.BROKEN, "the certificate has expired"),
    ("wrong name", Failure.BROKEN, "the certificate is for another name"),
    ("self-signed", Failure.LOCAL, "the certificate is not trusted here"),
    ("unknown authority", Failure.LOCAL, "the certificate is not trusted here"),
]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """The one that is trusted here."""
    made = Authority(tmp_path)
    trusting(monkeypatch, made.file)
    yield made
    dial.trust.cache_clear()


def shown(authority: Authority, kind: str) -> Path:
    """A certificate of this kind."""
    if kind == "expired":
        return authority.signed(days=-1)
    if kind == "wrong name":
        return authority.signed("other.example.com")
    if kind == "self-signed":
        return authority.self_signed()
    if kind == "unknown authority":
        return Authority(authority.file.parent, "stranger").signed()
    return authority.signed()


async def health(port: int) -> float | None:
    probe = HealthProbe("bot", Settings(url=f"https://localhost:{port}/health", timeout=Seconds(5)))
    try:
        return (await probe.ask(NOW))[0].value
    finally:
        await probe.close()


@pytest.mark.parametrize(("kind", "failure", "why"), KINDS)
async def test_a_certificate_that_fails_has_its_name_and_nothing_was_sent(
    authority: Authority, kind: str, failure: Failure, why: str
) -> None:
    async with tls_server(shown(authority, kind)) as port:
        fetcher = Fetcher(f"https://localhost:{port}/", {}, 5.0, keep=False)
        with pytest.raises(FetchError) as caught:
            await fetcher.post(b"{}")
        await fetcher.close()
    assert (caught.value.failure, caught.value.text, caught.value.unsent) == (failure, why, True)


@pytest.mark.parametrize(("kind", "failure", "why"), KINDS)
async def test_their_certificate_is_a_fresh_no_and_what_is_not_trusted_here_is_no_data(
    authority: Authority, kind: str, failure: Failure, why: str
) -> None:
    async with tls_server(shown(authority, kind)) as port:
        if failure is Failure.LOCAL:
            with pytest.raises(ProbeError, match=why):
                await health(port)
        else:
            assert await health(port) == 0


@pytest.mark.parametrize("kind", [kind for kind, _failure, _why in KINDS])
async def test_a_text_that_met_a_bad_certificate_was_surely_not_sent(authority: Authority, kind: str) -> None:
    async with tls_server(shown(authority, kind)) as port:
        gateway = gateway_of(GatewaySettings(url=f"https://localhost:{port}"))
        sent = await gateway.send("5511900000001", "hello")
        await gateway.close()
    assert sent.fate is Fate.REFUSED


@pytest.mark.parametrize(("kind", "why"), [(kind, why) for kind, _failure, why in KINDS])
async def test_doctor_names_the_certificate_and_does_not_die_of_it(
    authority: Authority, kind: str, why: str
) -> None:
    async with tls_server(shown(authority, kind)) as port:
        url = f"https://localhost:{port}/health"
        report = await bot.check_bot(Settings(url=url, timeout=Seconds(5)), lambda: NOW)
        line = await tls.check_certificate("agent.tls", "certificate", url, 5.0, lambda: NOW)
    assert (report.findings[0].verdict, report.findings[0].why) == (FindingVerdict.FAILED, why)
    assert (line.verdict, bool(line.todo)) == (FindingVerdict.FAILED, True)


async def test_a_certificate_of_a_trusted_authority_is_fine(authority: Authority) -> None:
    async with tls_server(shown(authority, "good")) as port:
        assert await health(port) == 1


async def test_plain_http_behind_an_https_address_is_named(authority: Authority) -> None:
    async with serving(body(b"{}"), read=False) as url:
        fetcher = Fetcher(url.replace("http:", "https:"), {}, 5.0, keep=False)
        with pytest.raises(FetchError, match="TLS failed: ") as caught:
            await fetcher.get()
        await fetcher.close()
    assert caught.value.failure is Failure.BROKEN


async def test_a_list_of_authorities_that_is_missing_is_our_trouble(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting(monkeypatch, authority.file.parent / "nowhere.pem")
    with pytest.raises(ProbeError, match="this machine's certificates can't be read"):
        await health(1)
    found = await tls.check_certificate("agent.tls", "certificate", "https://localhost:1/", 1.0, lambda: NOW)
    assert (found.verdict, "SSL_CERT_FILE" in str(found.todo)) == (FindingVerdict.FAILED, True)
