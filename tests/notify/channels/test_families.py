"""A notice is laid out for its kind of channel, and never longer than the service takes."""

import apprise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualtui.notify.channels.families import ChannelFamily, ChannelLayout, laid_out, layout_of

TITLE = "CRITICAL #42 ldc-bot: 3 customers wait, the longest for 12m: WhatsApp session FAILED"
BODY = "Cause: WhatsApp session FAILED\nOwner: no one yet. To take it: qualtui incidents ack 42\nkey 42/1"


@pytest.mark.parametrize(
    ("url", "family", "limit"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops", ChannelFamily.CHAT, 3000),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", ChannelFamily.CHAT, 2000),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", ChannelFamily.CHAT, 4096),
        ("whatsapp://EAAGm0PX4ZCpsBAK@111222333444555/5511900000000", ChannelFamily.CHAT, 1024),
        ("whatsapp://alerta:EAAGm0PX4ZCpsBAK@111222333444555/5511900000000", ChannelFamily.SHORT, 1024),
        (f"twilio://AC{'7' * 32}:{'e' * 32}@15551233456/15551233457", ChannelFamily.SHORT, 160),
        ("jsons://json.example.com/in", ChannelFamily.PROGRAM, 32768),
    ],
)
def test_each_service_has_its_family_and_its_limit(url: str, family: ChannelFamily, limit: int) -> None:
    layout = layout_of(apprise.Apprise.instantiate(url))
    assert (layout.family, layout.limit) == (family, limit)


def test_an_sms_is_one_line_that_ends_with_a_whole_sentence() -> None:
    sms = ChannelLayout("NotifyTwilio", ChannelFamily.SHORT, 160)
    title, text = laid_out(sms, TITLE, BODY)
    assert (title, text) == ("", f"{TITLE} · Cause: WhatsApp session FAILED · …")


def test_a_link_is_sent_whole_or_not_at_all() -> None:
    sms = ChannelLayout("NotifyTwilio", ChannelFamily.SHORT, 160)
    link = "I've got it: https://watch.example.com/ack?t=" + "a" * 100
    assert laid_out(sms, TITLE, f"{link}\n{BODY}") == laid_out(sms, TITLE, BODY)
    longer = ChannelLayout("NotifyTwilio", ChannelFamily.SHORT, 300)
    assert link in laid_out(longer, TITLE, f"{link}\n{BODY}")[1]


def test_chat_keeps_title_and_lines() -> None:
    chat = ChannelLayout("NotifySlack", ChannelFamily.CHAT, 3000)
    assert laid_out(chat, TITLE, BODY) == (TITLE, BODY)


def test_a_program_gets_all_of_it() -> None:
    program = ChannelLayout("NotifyJSON", ChannelFamily.PROGRAM, 10)
    assert laid_out(program, TITLE, BODY) == (TITLE, BODY)


@given(st.text(max_size=400), st.text(max_size=3000), st.sampled_from([160, 480, 1024]))
def test_no_short_message_is_longer_than_its_service_takes(title: str, body: str, limit: int) -> None:
    plugin = ChannelLayout("NotifyTwilio", ChannelFamily.SHORT, limit)
    _title, text = laid_out(plugin, " ".join(title.split()).replace("@", "").replace("<", ""), body)
    assert len(text) <= limit
    assert "\n" not in text
