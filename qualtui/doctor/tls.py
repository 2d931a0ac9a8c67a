"""The certificate behind an https address: trusted here, for this name, and for how long?"""

import asyncio
import contextlib
import ssl
from urllib.parse import urlsplit

from qualtui.doctor.asking import Time, near
from qualtui.findings import Finding, failed, ok, skipped, warning
from qualtui.text import _, clean

SOON = 14 * 86400.0  # s: hosts that renew by themselves do it 30 days before
_EXPIRED = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED


async def examine(
    check: str, what: str, url: str, timeout: float, time: Time, trust: ssl.SSLContext | None = None
) -> Finding:
    """One handshake and no request. `trust`: the system's, where None."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        if near(host):
            return ok(check, what, _("none needed: it is on this machine"))
        why = _("http: what is asked and answered can be read on the way")
        return warning(check, what, why, _("use the service's https address"))
    try:
        until = await _valid_until(host, parts.port or 443, timeout, trust or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        if error.verify_code == _EXPIRED:
            return failed(check, what, _("has expired"), _("renew the certificate of {}").format(clean(host)))
        why = _("not trusted: {}").format(clean(error.verify_message, 80))
        return failed(check, what, why, _("see the address's name, and this machine's list of authorities"))
    except (OSError, ssl.SSLError):
        return skipped(check, what, _("no TLS connection to {}").format(clean(host)))
    return judged(check, what, until - time())


def judged(check: str, what: str, left: float) -> Finding:
    """What the seconds left of a trusted certificate mean."""
    days = int(left // 86400)
    if left < SOON:
        return warning(
            check, what, _("expires in {} days").format(days), _("renew it, see why nothing renewed it")
        )
    return ok(check, what, _("trusted, expires in {} days").format(days))


async def _valid_until(host: str, port: int, timeout: float, trust: ssl.SSLContext) -> float:
    async with asyncio.timeout(timeout):
        _reader, writer = await asyncio.open_connection(host, port, ssl=trust, server_hostname=host)
        try:
            return ssl.cert_time_to_seconds(writer.get_extra_info("peercert")["notAfter"])
        finally:
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()
