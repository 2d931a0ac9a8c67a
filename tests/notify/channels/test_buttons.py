"""What ntfy and Telegram really receive of a notice with a button, over TLS, and what their refusals become."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qualtui import dial
from qualtui.config.values import ChannelSettings, Secret
from qualtui.notify.channels import ntfy
from qualtui.notify.channels.channel import ChannelMessage, Delivery, MessageButton, MessageKind
from qualtui.notify.channels.ntfy import LARGEST, ntfy_address, reply_topic
from qualtui.notify.channels.registry import channel_kind, channel_of, reply_readers
from tests.certificates import needs_openssl
from tests.notify.channels.vendor import Ntfy, Telegram, vendor

pytestmark = needs_openssl

GAP = "\u200b"
TITLE = "CRITICAL #4 bot: @everyone <b>"
BODY = "Why: <b>x</b> & <!channel> [x](http://evil.example/?a=1&b=2) bot_owes_reply\nsecond line: ação"
NTFY = (
    "ntfys://ana:p%40ss@ntfy.example.com/alerts?priority=urgent&tags=skull,qualtui&click=https%3A%2F%2Fq.example"
)
TGRAM = "tgram://123456789:abcdefg_hijklmnop/-1007:5"
PATIENCE = 8.0  # s in which even a busy machine has sent the request, so that it is the answer that is missing
BUTTON = MessageButton("I've got it", "T" * 51)


@pytest.fixture(autouse=True)
def _trust() -> Iterator[None]:
    yield
    dial.trust.cache_clear()


async def sent(
    service: Ntfy | Telegram,
    url: str,
    folder: Path,
    patch: pytest.MonkeyPatch,
    body: str = BODY,
    timeout: float = 10,
) -> Delivery:
    host = "ntfy.example.com" if isinstance(service, Ntfy) else "api.telegram.org"
    settings = ChannelSettings(url=Secret(url), buttons=True)
    channel = channel_of("ops", settings)
    channel.limits = type(channel.limits)(timeout, 1)  # type: ignore[misc]
    async with vendor(host, service.handle, folder, patch):
        return await channel.send(ChannelMessage(TITLE, body, MessageKind.CRITICAL, "a", "k", button=BUTTON))


async def test_ntfy_gets_an_action_that_publishes_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Ntfy(0)
    assert (await sent(service, NTFY, tmp_path, monkeypatch)).accepted
    (payload,) = service.published
    assert (payload["topic"], payload["priority"], payload["tags"]) == ("alerts", 5, ["skull", "qualtui"])
    assert payload["click"] == "https://q.example"
    assert payload["title"] == f"CRITICAL #4 bot: @{GAP}everyone <b>"
    assert payload["message"].endswith("\nsecond line: ação")
    (action,) = payload["actions"]
    base, _slash, topic = action.pop("url").rpartition("/")
    assert base == "https://ntfy.example.com"
    assert 16 <= len(topic) <= 64
    assert "alerts" not in topic
    assert action == {
        "action": "http",
        "label": "I've got it",
        "method": "POST",
        "body": "T" * 51,
        "headers": {"Firebase": "no"},
        "clear": True,
    }
    assert service.logins == ["Basic YW5hOnBAc3M="]


async def test_telegram_gets_a_key_under_html_that_it_can_parse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Telegram()
    assert (await sent(service, TGRAM, tmp_path, monkeypatch)).accepted
    (payload,) = service.sent
    assert (payload["chat_id"], payload["message_thread_id"], payload["parse_mode"]) == (-1007, 5, "HTML")
    assert payload["text"].startswith(
        f"<b>CRITICAL #4 bot: @{GAP}everyone &lt;b&gt;</b>\nWhy: &lt;b&gt;x&lt;/b&gt; &amp;"
    )
    assert payload["text"].endswith("\nsecond line: ação")
    assert payload["reply_markup"] == {"inline_keyboard": [[{"text": "I've got it", "callback_data": "T" * 51}]]}


LONG = "\n".join(f"{n} <b> & 'quoted' ação @here" for n in range(900))


async def test_a_long_notice_ends_at_a_line_within_what_the_service_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push, chat = Ntfy(0), Telegram()
    for name in ("push", "chat"):
        (tmp_path / name).mkdir()
    assert (await sent(push, NTFY, tmp_path / "push", monkeypatch, LONG)).accepted
    assert (await sent(chat, TGRAM, tmp_path / "chat", monkeypatch, LONG)).accepted
    text = push.published[0]["message"]
    assert 1000 < len(text.encode()) <= LARGEST
    assert text.endswith("here\n…")
    assert 2000 < len(chat.sent[0]["text"]) <= 4096
    assert chat.sent[0]["text"].endswith("here\n…")


@pytest.mark.parametrize("emoji", ["ą", "界", "🚨"])
def test_whatever_the_letters_ntfy_makes_no_file_of_a_notice(emoji: str) -> None:
    _title, body = ntfy.fitting("t", "\n".join([emoji * 40] * 200))
    assert len(body.encode()) <= 4096


@pytest.mark.parametrize("url", [NTFY, TGRAM])
@pytest.mark.parametrize(
    ("fault", "headers", "asked", "doubt"),
    [
        (429, {"Retry-After": "120"}, 120.0, False),
        (429, {}, 30.0, False),
        (429, {"Retry-After": "999999"}, 3600.0, False),
        (503, {"Retry-After": "7"}, 7.0, False),
        (500, {}, 0.0, False),
        (403, {}, 0.0, False),
        ("hang", {}, 0.0, True),
        ("drip", {}, 0.0, True),
    ],
)
async def test_a_refusal_says_the_status_and_obeys_what_the_service_asks(
    url: str,
    fault: int | str,
    headers: dict[str, str],
    asked: float,
    doubt: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service: Ntfy | Telegram = Ntfy(0) if url == NTFY else Telegram()
    service.fault, service.headers = fault, headers
    delivery = await sent(service, url, tmp_path, monkeypatch, timeout=PATIENCE if doubt else 10)
    assert (delivery.accepted, delivery.final, delivery.doubt, delivery.asked) == (False, False, doubt, asked)
    said = str(delivery.reason)
    assert not any(secret in said for secret in ("alerts", "p@ss", "abcdefg", "1007", "example", "telegram"))


async def test_telegram_names_the_wait_in_its_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Telegram()
    service.fault, service.body = 429, {"ok": False, "parameters": {"retry_after": 45}}
    assert (await sent(service, TGRAM, tmp_path, monkeypatch)).asked == 45


@pytest.mark.parametrize(
    "url",
    [
        "ntfys://ntfy.example.com/one/two",  # whose press would it be?
        "ntfys://ntfy.example.com/alerts?verify=no",
        "tgram://123456789:abcdefg_hijklmnop/1/2",
        "tgram://123456789:abcdefg_hijklmnop",
        "jsons://in.example.com",
    ],
)
async def test_an_address_that_can_have_no_button_is_refused_at_once(url: str) -> None:
    settings = ChannelSettings(url=Secret(url), buttons=True)
    assert not channel_kind(settings).understood(settings)


def test_without_buttons_an_address_stays_apprises() -> None:
    plain = {name: ChannelSettings(url=Secret(url)) for name, url in {"a": NTFY, "b": TGRAM}.items()}
    assert not any(channel_kind(one).buttons for one in plain.values())
    assert reply_readers(plain) == ()


def test_one_reader_a_bot_and_one_a_topic() -> None:
    urls = {
        "a": TGRAM,
        "b": "tgram://123456789%3Aabcdefg_hijklmnop/88",
        "c": "tgram://5:other_bot_token/1",
        "d": NTFY,
    }
    readers = reply_readers({name: ChannelSettings(url=Secret(url), buttons=True) for name, url in urls.items()})
    assert sorted(one.channels for one in readers) == [("a", "b"), ("c",), ("d",)]
    assert len({one.source for one in readers}) == 3


def test_the_reply_topic_is_configured_or_follows_from_the_secret_address() -> None:
    one, other = (ChannelSettings(url=Secret(url)) for url in (NTFY, NTFY.replace("alerts", "alarms")))
    assert reply_topic(one) != reply_topic(other)
    assert reply_topic(one) == reply_topic(one)
    chosen = ChannelSettings(url=Secret(NTFY), reply_topic=Secret("replies-9f3c6d2e41"))
    assert reply_topic(chosen) == "replies-9f3c6d2e41"


def test_no_repr_shows_a_secret() -> None:
    assert "ntfy" not in repr(ntfy_address(Secret(NTFY))).lower().replace("ntfyaddress", "")
    assert "TTT" not in repr(ChannelMessage("t", "b", MessageKind.TEST, button=BUTTON))
