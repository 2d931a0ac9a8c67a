"""Mail: a plain part whose lines stay lines, and an HTML part that shows the same text and nothing else.

Apprise reads the `mailto://` address; it would make the plain part from the HTML part, in one run-on line.
"""

import hashlib
import os
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, localtime, make_msgid
from typing import Any

from qualtui import dial
from qualtui.notify.channels.channel import ChannelMessage, MessageKind
from qualtui.notify.channels.templates import templated
from qualtui.text.message import Saying, message

# White on each is easy to read; the title says the severity in words.
_COLOURS = {
    MessageKind.CRITICAL: "#b91c1c",
    MessageKind.WARNING: "#b45309",
    MessageKind.RESOLVED: "#15803d",
}
_GREY = "#3f3f46"

_LONGEST_LINE = 998  # of a mail (RFC 5322)


def is_mail(plugin: Any) -> bool:
    """Whether an Apprise plug-in is plain mail; Apprise itself sends what is encrypted or signed."""
    return type(plugin).__name__ == "NotifyEmail" and str(getattr(plugin, "pgp_mode", "no")) == "no"


def html_of(title: str, body: str, kind: MessageKind = MessageKind.INFO) -> str:
    """Title and body as a page: every character is text, every line a line, indents are kept."""
    colour = _COLOURS.get(kind, _GREY)
    return templated("mail.html.j2", title=title, lines=body.split("\n"), colour=colour)


def mail_message(plugin: Any, note: ChannelMessage) -> EmailMessage:
    """The mail from and to the addresses of an Apprise mail plug-in; `?format=text` leaves the HTML part out."""
    names = plugin.names or {}

    def addresses(found: Iterable[str]) -> str:
        return ", ".join(formataddr((names.get(one) or "", one), "utf-8") for one in sorted(found))

    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join(note.title.split())
    mail["From"] = formataddr((plugin.from_addr[0] or "", plugin.from_addr[1]), "utf-8")
    mail["To"] = ", ".join(formataddr((name or "", address), "utf-8") for name, address in plugin.targets)
    if plugin.cc:
        mail["Cc"] = addresses(plugin.cc)
    if plugin.reply_to:
        mail["Reply-To"] = addresses(plugin.reply_to)
    mail["Date"] = format_datetime(localtime())
    domain = plugin.from_addr[1].rpartition("@")[2] or "localhost"
    mail["Message-ID"] = message_id(note.about, note.key, domain) if note.key else make_msgid(domain=domain)
    if note.first and note.first != note.key:  # mail programs show what answers one mail as one thread
        mail["In-Reply-To"] = mail["References"] = message_id(note.about, note.first, domain)
    mail["Auto-Submitted"] = "auto-generated"  # so that no out-of-office reply answers it
    mail["X-Application"] = "qualtui"
    for name, value in (plugin.headers or {}).items():
        if name not in mail:
            mail[name] = value
    mail.set_content(templated("mail.txt.j2", lines=note.body.split("\n")), cte="quoted-printable")
    override = getattr(plugin, "_format_override", None)
    if getattr(override, "value", override) != "text":
        mail.add_alternative(html_of(note.title, note.body, note.kind), subtype="html", cte="quoted-printable")
    if mail["Subject"].isascii():  # folded it would begin on a new line, and be empty for some readers
        mail.policy = SMTP.clone(max_line_length=_LONGEST_LINE)
    return mail


def message_id(about: str, key: str, domain: str) -> str:
    """The Message-ID of a notice (RFC 5322): the same in each try, and it shows nothing of the incident."""
    return f"<{hashlib.sha256(f'{about}|{key}'.encode()).hexdigest()[:40]}@{domain}>"


def deliver(plugin: Any, note: ChannelMessage, taken: set[str]) -> Saying:
    """Send one mail to all recipients; return why it failed, empty if every one accepted it.

    `taken`: the recipients who got it at an earlier try of this notice; they get no second one.
    """
    to = [address for _name, address in plugin.targets]
    remaining = [one for one in dict.fromkeys([*to, *sorted(plugin.cc), *sorted(plugin.bcc)]) if one not in taken]
    refused: dict[str, tuple[int, bytes]] = {}
    try:
        with _session(plugin) as server:
            try:
                refused = server.send_message(mail_message(plugin, note), plugin.from_addr[1], remaining)
            except smtplib.SMTPRecipientsRefused as error:
                refused = error.recipients
            taken.update(one for one in remaining if one not in refused)
    except (smtplib.SMTPException, OSError) as error:
        return (
            mail_reason(error) if set(remaining) - taken else ""
        )  # an error after the mail was accepted does not count
    if not refused:
        return ""
    codes = ", ".join(sorted({str(code) for code, _text in refused.values()}))
    return message(
        "{n:whole} of {total:whole} recipients refused: the mail server answered {codes}",
        n=len(refused),
        total=len(taken | set(refused)),
        codes=codes,
    )


def _session(plugin: Any) -> smtplib.SMTP:
    """A connection, encrypted and logged in as the address says."""
    context = dial.trust() if plugin.verify_certificate else ssl._create_unverified_context()  # noqa: S323 - as the URL says
    mode, timeout = str(plugin.secure_mode), float(plugin.socket_connect_timeout)
    place = plugin.smtp_host, int(plugin.port or 0)
    server = (
        smtplib.SMTP_SSL(*place, timeout=timeout, context=context)
        if mode == "ssl"
        else smtplib.SMTP(*place, timeout=timeout)
    )
    try:
        if mode == "starttls":
            server.starttls(context=context)
        if plugin.user and plugin.password:
            server.login(plugin.user, plugin.password)
    except BaseException:
        server.close()
        raise
    return server


def mail_reason(error: Exception) -> Saying:
    """Why a mail was not accepted, in our own words: without address, recipient or the server's text."""
    known: list[tuple[type[Exception], Callable[[], Saying]]] = [
        (
            smtplib.SMTPAuthenticationError,
            lambda: message("the mail server refused the login ({code})", code=str(_code(error))),
        ),
        (
            smtplib.SMTPResponseException,
            lambda: message("the mail server answered {code}", code=str(_code(error))),
        ),
        (
            smtplib.SMTPNotSupportedError,
            lambda: message("the mail server does not support this login or encryption"),
        ),
        (smtplib.SMTPServerDisconnected, lambda: message("no connection, or the connection broke")),
        (ssl.SSLCertVerificationError, lambda: _certificate(error)),
        (ssl.SSLError, lambda: message("no encrypted connection: is the mode (ssl, starttls) right?")),
        (socket.gaierror, lambda: message("its name can't be resolved")),
        (TimeoutError, lambda: message("no answer in time")),
    ]
    for kind, text in known:
        if isinstance(error, kind):
            return text()
    number = getattr(error, "errno", None)
    return os.strerror(number).lower() if isinstance(number, int) and number > 0 else type(error).__name__


def _certificate(error: Exception) -> Saying:
    known = dial.certificate(error) if isinstance(error, ssl.SSLError) else None
    return str(known[1]) if known is not None else message("its certificate is not trusted")


def _code(error: Exception) -> int:
    return int(getattr(error, "smtp_code", 0))
