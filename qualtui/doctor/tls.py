"""The certificate behind an https address: trusted here, for this name, and for how long?"""

import contextlib
import ssl
from urllib.parse import urlsplit

from qualtui import dial
from qualtui.doctor.http_request import Time, near
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text import clean
from qualtui.text.message import Saying, message

SOON = 14 * 86400.0  # s: hosts that renew by themselves do it 30 days before


async def check_certificate(
    check: str, what: Saying, url: str, timeout: float, time: Time, trust: ssl.SSLContext | None = None
) -> Finding:
    """One handshake and no request. `trust`: None for the system's authorities."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        if near(host):
            return ok(check, what, message("none needed: it is on this machine"))
        why = message("http: others on the network can read requests and answers")
        return warning(check, what, why, message("use the service's https address"))
    try:
        authorities = trust or dial.trust()
    except OSError:
        todo = message("check the files named by SSL_CERT_FILE and SSL_CERT_DIR")
        return failed(check, what, message("can't read this machine's list of certificate authorities"), todo)
    try:
        until = await _valid_until(host, parts.port or 443, timeout, authorities)
    except ssl.SSLCertVerificationError as error:
        return _untrusted(check, what, host, error)
    except (OSError, ssl.SSLError, ValueError) as error:
        known = dial.sort(error)
        if known is None:
            return skipped(check, what, message("no TLS connection to {host}", host=clean(host)))
        why = message("no TLS connection to {host}: {reason}", host=clean(host), reason=known[1])
        return skipped(check, what, why)
    return certificate_findings(check, what, until - time())


def _untrusted(check: str, what: Saying, host: str, error: ssl.SSLCertVerificationError) -> Finding:
    """What is wrong with the certificate, and who can fix it."""
    name = clean(host, 80)
    ours, text = dial.certificate(error) or (True, message("the certificate is not valid"))
    if error.verify_code == dial.EXPIRED:
        return failed(check, what, message("has expired"), message("renew the certificate of {host}", host=name))
    if ours:
        why = message("not trusted: {reason}", reason=clean(error.verify_message, 80))
        todo = message("add its authority to this machine's list, or name it in SSL_CERT_FILE; check the clock")
        return failed(check, what, why, todo)
    todo = message("use the name in the certificate of {host}, or get a certificate for this name", host=name)
    return failed(check, what, text, todo)


def certificate_findings(check: str, what: Saying, left: float) -> Finding:
    """What the seconds left of a trusted certificate mean."""
    days = int(left // 86400)
    if left < SOON:
        todo = message("renew it, and find out why it was not renewed")
        return warning(check, what, message("expires in {days} days", days=days), todo)
    return ok(check, what, message("trusted, expires in {days} days", days=days))


async def _valid_until(host: str, port: int, timeout: float, trust: ssl.SSLContext) -> float:
    _reader, writer = await dial.secured(host, port, timeout, trust)
    try:
        certificate = writer.get_extra_info("peercert") or {}
        return ssl.cert_time_to_seconds(str(certificate.get("notAfter", "")))
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
