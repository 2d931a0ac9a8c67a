"""For how long are the certificates of the agent's https addresses still valid?"""

import asyncio
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

from qualtui import dial
from qualtui.config.values import TlsSettings as Settings
from qualtui.dial import DialFault
from qualtui.model import Sample
from qualtui.probes.probe import ProbeError
from qualtui.text import clean
from qualtui.text.message import Saying, joined, message

DAY = 86_400.0


def tls_hosts(urls: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Host and port of each https address, once."""
    parts = [urlsplit(url) for url in urls]
    found = {(one.hostname, one.port or 443): None for one in parts if one.scheme == "https" and one.hostname}
    return tuple((host, port) for host, port in found if host)


class TlsProbe:
    """tls.days: until the first certificate ends; its host is the note. 0: one has ended."""

    def __init__(
        self,
        agent: str,
        targets: Sequence[tuple[str, int]],
        settings: Settings,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.name = f"{agent}/tls"
        self.series = (f"{agent}/tls.days",)
        self.interval = float(settings.interval)
        self.timeout = float(settings.timeout)
        self._targets = tuple(targets)
        self._given = trust

    async def ask(self, now: float) -> tuple[Sample, ...]:
        """The answer. Raises ProbeError where a certificate could not be seen, and none has ended."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            trust = self._given or dial.trust()
        except OSError:
            raise ProbeError(message("this machine's certificates can't be read")) from None
        names = [host for host, _port in self._targets]
        answers = await asyncio.gather(*(self._until(*target, trust, now) for target in self._targets))
        at = now + clock() - started
        seen = [(days, host) for host, (days, _why) in zip(names, answers, strict=True) if days is not None]
        unseen = [
            message("{host}: {why}", host=host, why=why)
            for host, (days, why) in zip(names, answers, strict=True)
            if days is None
        ]
        worst = min(seen, default=None)
        if unseen and (worst is None or worst[0] > 0):
            raise ProbeError(joined(unseen))
        days, host = worst or (0.0, "")
        return (Sample(self.series[0], at, days, clean(host, 80)),)

    async def _until(self, host: str, port: int, trust: ssl.SSLContext, now: float) -> tuple[float | None, Saying]:
        """Days to the end of a host's certificate; None and the reason where it was not seen."""
        try:
            _reader, writer = await dial.secured(host, port, self.timeout, trust)
        except ssl.SSLCertVerificationError as error:
            if error.verify_code == dial.EXPIRED:
                return 0.0, ""
            _ours, text = dial.certificate(error) or (True, message("the certificate is not valid"))
            return None, text
        except (OSError, ssl.SSLError, ValueError) as error:
            known = dial.sort(error)
            return None, message("no answer") if known is None or known[0] is not DialFault.LOCAL else known[1]
        certificate = writer.get_extra_info("peercert") or {}
        writer.transport.abort()  # nothing was sent; a polite end may hang
        end = certificate.get("notAfter")
        if not isinstance(end, str):
            return None, message("no certificate")
        return max(0.0, (ssl.cert_time_to_seconds(end) - now) / DAY), ""

    async def close(self) -> None:
        """Holds nothing."""
