"""The certificate behind an https address: trusted here, for this name, and for how long?"""

import contextlib
import ssl
from urllib.parse import urlsplit

from qualtui import dial
from qualtui.doctor.http_request import Time, near
from qualtui.model.findings import Finding, failed, ok, skipped, warning
from qualtui.text import _, clean

SOON = 14 * 86400.0  # s: hosts that renew by themselves do it 30 days before


async def check_certificate(
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
        authorities = trust or dial.trust()
    except OSError:
        todo = _("see the files that SSL_CERT_FILE and SSL_CERT_DIR name")
        return failed(check, what, _("this machine's list of authorities cannot be read"), todo)
    try:
        until = await _valid_until(host, parts.port or 443, timeout, authorities)
    except ssl.SSLCertVerificationError as error:
        return _untrusted(check, what, host, error)
    except (OSError, ssl.SSLError, ValueError) as error:
        known = dial.sort(error)
        why = _("no TLS connection to {}").format(clean(host))
        return skipped(check, what, why if known is None else f"{why}: {known[1]}")
    return certificate_findings(check, what, until - time())


def _untrusted(check: str, what: str, host: str, error: ssl.SSLCertVerificationError) -> Finding:
    """What is wrong with the certificate, and who can repair it."""
    name = clean(host, 80)
    ours, text = dial.certificate(error) or (True, _("the certificate is not valid"))
    if error.verify_code == dial.EXPIRED:
        return failed(check, what, _("has expired"), _("renew the certificate of {}").format(name))
    if ours:
        why = _("not trusted: {}").format(clean(error.verify_message, 80))
        todo = _("add its authority to this machine's list, or name it in SSL_CERT_FILE; see the clock")
        return failed(check, what, why, todo)
    todo = _("write the name that the certificate of {} is for, or have one made for this name").format(name)
    return failed(check, what, text, todo)


def certificate_findings(check: str, what: str, left: float) -> Finding:
    """What the seconds left of a trusted certificate mean."""
    days = int(left // 86400)
    if left < SOON:
        return warning(
            check, what, _("expires in {} days").format(days), _("renew it, see why nothing renewed it")
        )
    return ok(check, what, _("trusted, expires in {} days").format(days))


async def _valid_until(host: str, port: int, timeout: float, trust: ssl.SSLContext) -> float:
    _reader, writer = await dial.secured(host, port, timeout, trust)
    try:
        certificate = writer.get_extra_info("peercert") or {}
        return ssl.cert_time_to_seconds(str(certificate.get("notAfter", "")))
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
