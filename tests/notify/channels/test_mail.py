"""What a real mail server receives: lines stay lines, text stays text, nobody gets a mail twice."""

import email
import email.policy
import html
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import apprise
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from qualtui import dial
from qualtui.notify.channels.channel import ChannelMessage, MessageKind
from qualtui.notify.channels.mail import html_of
from tests.certificates import Authority, needs_openssl, trusting
from tests.notify.channels.sending import delivered, ops, refusal

HOSTILE = "Why: <b>x</b> & <!channel> @everyone [x](http://evil.example)\n  indented line\nação 5 < 6"


class Box:
    """A mailbox behind a real SMTP server; `refuses` are recipients and the answers that they get."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), parsed))
        return "250 OK"


class Encrypted(Controller):
    """Encrypted from the first byte: whether it listens is seen without a handshake."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), 5):
            pass


@contextmanager
def mailbox(*, ssl_context: ssl.SSLContext | None = None, **options: Any) -> Iterator[tuple[Box, str]]:
    box = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kind = Controller if ssl_context is None else Encrypted
    controller = kind(box, hostname="127.0.0.1", port=port, ssl_context=ssl_context, **options)
    controller.start()
    try:
        yield box, f"127.0.0.1:{port}"
    finally:
        controller.stop()


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    return plain.get_content().replace("\r\n", "\n").rstrip("\n"), page.get_content() if page else ""


async def test_lines_stay_lines_and_text_stays_text_in_both_parts() -> None:
    with mailbox() as (box, at):
        url = f"mailto://{at}?from=bot@a.example&to=ana@b.example"
        await delivered(ops(url), "WARNING #4 bot: <b>5</b>", HOSTILE, MessageKind.WARNING)
    ((recipients, mail),) = box.mails
    assert recipients == ["ana@b.example"]
    assert mail["Subject"] == "WARNING #4 bot: <b>5</b>"
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = parts(mail)
    assert plain == HOSTILE
    assert "<b>" not in page
    assert "<!channel>" not in page
    body = page.partition("</p>")[2]
    shown = html.unescape(re.sub(r"<[^>]+>", "", body.replace("\n", "").replace("\r", "").replace("<br>", "\n")))
    assert shown.strip("\n").replace("\xa0", " ") == HOSTILE


async def test_a_long_subject_stands_on_the_line_of_its_name() -> None:
    title = "WARNING #10 ldc-bot: Sources disagree: rows say sent, the gateway does not"
    with mailbox() as (box, at):
        url = f"mailto://{at}?from=bot@a.example&to=ana@b.example"
        await delivered(ops(url), title, HOSTILE, MessageKind.WARNING)
    ((_to, mail),) = box.mails
    assert mail["Subject"] == title
    assert max(map(len, mail.as_bytes().partition(b"MIME-Version")[2].splitlines())) <= 80  # bodies stay folded


async def test_a_mail_program_shows_one_thread_an_incident() -> None:
    about = "qualtui/bot/4/100"
    with mailbox() as (box, at):
        channel = ops(f"mailto://{at}?from=bot@a.example&to=ana@b.example")
        for key, first, of in (
            ("4/1", "", about),
            ("4/2", "4/1", about),
            ("4/2", "4/1", about),
            ("5/1", "", "other"),
        ):
            note = ChannelMessage("t", "b", MessageKind.CRITICAL, of, key, first)
            assert (await channel.send(note)).accepted
    opened, worse, again, other = (mail for _to, mail in box.mails)
    assert opened["In-Reply-To"] is None
    assert worse["In-Reply-To"] == worse["References"] == opened["Message-ID"]
    assert worse["Message-ID"] == again["Message-ID"] != opened["Message-ID"]  # a repeat is the same mail
    assert other["References"] is None
    assert re.fullmatch(r"<[0-9a-f]{40}@a\.example>", str(opened["Message-ID"]))


async def test_all_recipients_get_one_mail_and_no_hidden_one_is_named() -> None:
    with mailbox() as (box, at):
        url = (
            f"mailto://{at}?from=Bot<bot@a.example>&to=ana@b.example,eva@b.example&cc=c@b.example&bcc=d@b.example"
        )
        await delivered(ops(url))
    ((recipients, mail),) = box.mails
    assert recipients == ["ana@b.example", "eva@b.example", "c@b.example", "d@b.example"]
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("ana@b.example, eva@b.example", "c@b.example", None)
    assert "d@b.example" not in mail.as_string()
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_who_got_the_mail_gets_no_second_one_when_another_is_tried_again() -> None:
    with mailbox() as (box, at):
        channel = ops(f"mailto://{at}?from=bot@a.example&to=ana@b.example,eva@b.example")
        box.refuses["eva@b.example"] = "450 later"
        why = await refusal(channel, key="4/1")
        assert why.endswith("1 of 2 recipients refused: the mail server answered 450")
        box.refuses.clear()
        await delivered(channel, "t", "of another incident", key="6/1")
        await delivered(channel, "t", "b\n(sent again)", key="4/1")
        await delivered(channel, key="5/1")
    assert [recipients for recipients, _mail in box.mails] == [
        ["ana@b.example"],
        ["ana@b.example", "eva@b.example"],
        ["eva@b.example"],
        ["ana@b.example", "eva@b.example"],
    ]


async def test_format_text_sends_the_plain_part_alone() -> None:
    with mailbox() as (box, at):
        url = f"mailto://{at}?from=bot@a.example&to=ana@b.example&format=text"
        await delivered(ops(url), "t", HOSTILE)
    ((_to, mail),) = box.mails
    assert mail.get_content_type() == "text/plain"
    assert parts(mail) == (HOSTILE, "")


async def test_the_login_is_the_address_s_and_a_refused_one_is_told_without_it() -> None:
    seen: list[tuple[bytes, bytes]] = []

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, auth: Any) -> AuthResult:
        seen.append((auth.login, auth.password))
        return AuthResult(success=auth.password == b"12;34", handled=False)

    with mailbox(authenticator=check, auth_require_tls=False) as (box, at):
        await delivered(ops(f"mailto://ana@{at}?pass=12%3B34&from=a@b.example&to=eva@b.example"))
        why = await refusal(ops(f"mailto://ana@{at}?pass=12;34&from=a@b.example&to=eva@b.example"))
    assert len(box.mails) == 1
    assert seen[0][1] == b"12;34"
    assert why == "the channel did not accept it: the mail server refused the login (535)"


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("starttls", "the mail server does not support this login or encryption"),
        ("ssl", "no encrypted connection: is the mode (ssl, starttls) right?"),
    ],
)
async def test_a_server_without_the_encryption_that_the_address_wants_gets_nothing(mode: str, why: str) -> None:
    with mailbox() as (box, at):
        url = f"mailtos://{at}?from=bot@a.example&to=ana@b.example&mode={mode}"
        assert await refusal(ops(url)) == f"the channel did not accept it: {why}"
    assert box.mails == []


async def test_a_mail_server_that_is_not_there_is_told_in_words() -> None:
    with mailbox() as (_box, at):
        pass
    why = await refusal(ops(f"mailto://{at}?from=a@b.example&to=c@d.example"))
    assert why.endswith(": connection refused")


CERTIFICATES = [
    ("trusted", ""),
    ("expired", "the certificate has expired"),
    ("another name", "the certificate is for another name"),
    ("self-signed", "the certificate is not trusted here"),
]


@needs_openssl
@pytest.mark.parametrize("mode", ["starttls", "ssl"])
@pytest.mark.parametrize(("kind", "why"), CERTIFICATES, ids=[kind for kind, _why in CERTIFICATES])
async def test_a_mail_goes_only_to_a_server_whose_certificate_is_good(
    mode: str, kind: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    trusting(monkeypatch, authority.file)
    shown = {
        "trusted": authority.signed,
        "expired": lambda: authority.signed(days=-1),
        "another name": lambda: authority.signed("other.example"),
        "self-signed": authority.self_signed,
    }[kind]()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    options = {"ssl_context": context} if mode == "ssl" else {"tls_context": context, "require_starttls": True}
    with mailbox(**options) as (box, at):
        here = at.replace("127.0.0.1", "localhost")
        channel = ops(f"mailtos://{here}?from=a@b.example&to=c@d.example&mode={mode}")
        if why:
            assert re.search(f": {why}$", await refusal(channel, "t", HOSTILE))
        else:
            await delivered(channel, "t", HOSTILE)
    assert len(box.mails) == (not why)
    dial.trust.cache_clear()


def test_the_attributes_that_are_read_of_the_library_are_still_there() -> None:
    plugin = apprise.Apprise.instantiate("mailtos://u:p@h.example?to=a@b.example&mode=ssl")
    wanted = "smtp_host port secure_mode user password verify_certificate socket_connect_timeout from_addr targets"
    for name in [*wanted.split(), "cc", "bcc", "reply_to", "names", "headers", "pgp_mode", "_format_override"]:
        assert hasattr(plugin, name), name


def test_a_page_holds_no_tag_of_the_text() -> None:
    assert "&lt;script&gt;" in html_of("<i>", "<script>")
    assert "<script>" not in html_of("<i>", "<script>")


async def test_a_page_shows_its_severity_and_commands_that_can_be_copied() -> None:
    with mailbox() as (box, at):
        url = f"mailto://{at}?from=bot@a.example&to=ana@b.example"
        body = "Owner: no one yet. To take it: qualtui incidents ack 42\nkey 42/1"
        await delivered(ops(url), "CRITICAL #42 bot: x", body, MessageKind.CRITICAL)
        await delivered(ops(url), "RESOLVED #42 bot: x", body, MessageKind.RESOLVED)
    (_to, fired), (_to, over) = box.mails
    (plain, page), (_plain, ended) = parts(fired), parts(over)
    assert plain == body
    assert "<code>qualtui incidents ack 42</code>" in page
    assert "<style" not in page  # mail programs drop it
    assert ("#b91c1c" in page, "#15803d" in ended) == (True, True)
