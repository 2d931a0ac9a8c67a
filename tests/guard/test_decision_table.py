"""Each row of the guard's table, through the whole core on a real ledger."""

from pathlib import Path

import pytest

from qualtui.config.value_types import Secret
from qualtui.guard.decision import MessageState
from qualtui.guard.guard_core import Reply
from qualtui.guard.ledger import GuardLedger
from qualtui.guard.origin import Post
from qualtui.guard.places import ledger_path
from qualtui.guard.rate_text import read_rate
from qualtui.guard.settings import (
    GuardMode,
    OriginSettings,
    RateSettings,
    RingSettings,
    SpamSettings,
)
from tests.guard.posts import (
    ANA,
    KEY,
    NOW,
    PROCESSED,
    TOKEN,
    Bot,
    Time,
    body,
    core,
    logged,
    message,
    processed,
    settings,
    signed,
)


def test_a_signed_message_reaches_the_bot_once_and_gets_its_answer(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path)
    assert guard.receive(signed(message()), bot) == PROCESSED
    assert bot.seen == [message()]
    assert guard.totals == {"passed": 1}


def test_the_same_message_again_is_dropped_also_after_a_restart(tmp_path: Path) -> None:
    bot = Bot()
    core(tmp_path).receive(signed(message()), bot)
    for guard in (core(tmp_path), core(tmp_path)):
        assert guard.receive(signed(message()), bot).status == 200
        assert guard.totals == {"duplicate": 1}
    assert len(bot.seen) == 1


@pytest.mark.parametrize(
    ("post", "why"),
    [
        (Post(message()), "no signature"),
        (signed(message(), "another invented key"), "signature"),
        (Post(message(), (("x-webhook-hmac", "0" * 128),)), "signature"),
        (Post(message(), (("x-webhook-hmac", "é" * 128),)), "signature"),
        (Post(message(), signed(message()).headers + signed(message()).headers), "repeated signature"),
        (Post(message(), (("x-webhook-hmac", "a,b"),)), "repeated signature"),
        (signed(message(), **{"x-webhook-hmac-algorithm": "md5"}), "algorithm"),
        (Post(message(text="other"), signed(message()).headers), "signature"),
        (Post(b"{", ()), "no signature"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_signed_never_reaches_the_bot_and_is_kept_in_the_ring(
    tmp_path: Path, post: Post, why: str
) -> None:
    bot = Bot()
    guard = core(tmp_path, ring=RingSettings(key=Secret("an invented key of the ring")))
    assert guard.receive(post, bot).status == 401
    assert bot.seen == []
    (line,) = logged(tmp_path)
    assert (line["log"], line["why"]) == ("refused", why)
    ring = (tmp_path / "ring.new").read_bytes()
    assert post.body not in ring or len(post.body) < 3


def test_a_token_in_the_path_proves_an_origin_too_but_not_against_a_wrong_signature(tmp_path: Path) -> None:
    origin = OriginSettings(hmac_key=Secret(KEY), path_token=Secret(TOKEN))
    bot, guard = Bot(), core(tmp_path, origin=origin)
    assert guard.receive(Post(message(number=1), token=TOKEN), bot).status == 200
    assert guard.receive(Post(message(number=2), token=TOKEN[:-1]), bot).status == 401
    wrong = signed(message(number=3), "another invented key")
    assert guard.receive(Post(wrong.body, wrong.headers, TOKEN), bot).status == 401
    assert bot.seen == [message(number=1)]


def test_without_a_key_all_pass_as_unproven_and_the_log_warns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot, guard = Bot(), core(tmp_path, origin=OriginSettings())
    assert guard.receive(Post(message()), bot) == PROCESSED
    assert "not proven: set origin.hmac_key" in caplog.text


def test_in_observe_what_would_be_refused_passes_and_is_logged(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path, mode=GuardMode.OBSERVE)
    assert guard.receive(Post(message()), bot) == PROCESSED
    assert [line["log"] for line in logged(tmp_path)] == ["refused:no signature"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (body("message.ack", {"id": "x", "from": ANA, "ack": 3}), "ack"),
        (body("session.status", {"status": "WORKING"}), "status"),
        (body("session.status", None), "status"),
        (message(fromMe=True), "own message"),
        (body("message.reaction", {"from": ANA, "reaction": {"text": "ok"}}), "reaction"),
        (message("120363000000000001@g.us"), "group"),
        (message("status@broadcast"), "broadcast"),
        (message("120363000000000002@newsletter"), "newsletter"),
        (body("engine.event", {}), "status"),
    ],
)
def test_what_is_no_customers_message_is_answered_and_never_reaches_the_bot(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    bot, guard = Bot(), core(tmp_path)
    assert guard.receive(signed(content), bot).status == 200
    assert bot.seen == []
    assert guard.totals == {"ignored": 1}, kind


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"x"', message().decode().encode("utf-16"), b'{"payload": 3}', b"[" * 100_000, b"\xff"],
    ids=["empty", "cut", "a list", "a text", "UTF-16", "no payload", "nested", "no UTF-8"],
)
def test_what_cannot_be_read_is_held_and_never_lost(tmp_path: Path, content: bytes) -> None:
    bot, guard = Bot(), core(tmp_path)
    for _again in range(2):
        assert guard.receive(signed(content), bot).status == 200
    assert bot.seen == []
    assert guard.totals == {"unreadable": 1, "duplicate": 1}


def test_a_body_over_the_cap_is_413(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path, largest=1000)
    assert guard.receive(signed(b"x" * 1001), bot).status == 413
    assert bot.seen == []


def test_a_message_older_than_the_limit_is_held(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path)
    guard.receive(signed(message(timestamp=int(NOW - 86_500))), bot)
    assert (bot.seen, guard.totals) == ([], {"held:too old": 1})


def test_what_exceeds_a_senders_rate_waits_and_is_released_in_order(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path, rate=RateSettings(per_sender="2/hour"))
    posts = [message(number=number) for number in range(5)]
    for content in posts:
        guard.receive(signed(content), bot)
    assert bot.seen == posts[:2]
    relaxed = core(tmp_path, rate=RateSettings(per_sender="20/hour"))
    assert relaxed.release_due(bot) == 3
    assert bot.seen == posts


def test_no_message_overtakes_one_of_its_chat_that_waits(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path, rate=RateSettings(per_sender="1/hour"))
    posts = [message(number=number) for number in range(3)]
    for content in posts[:2]:
        guard.receive(signed(content), bot)
    relaxed = core(tmp_path, rate=RateSettings(per_sender="20/hour"))
    relaxed.receive(signed(posts[2]), bot)
    assert bot.seen == posts[:1]
    relaxed.release_due(bot)
    assert bot.seen == posts


def test_a_known_customer_is_never_held_by_the_total(tmp_path: Path) -> None:
    bot = Bot()
    core(tmp_path).receive(signed(message()), bot)
    guard = core(tmp_path, rate=RateSettings(total="1/hour"))
    guard.receive(signed(message(number=2)), bot)
    guard.receive(signed(message("5511900000002@c.us", 1)), bot)
    guard.receive(signed(message(number=3)), bot)
    assert message("5511900000002@c.us", 1) not in bot.seen
    assert message(number=3) in bot.seen


def test_a_campaign_is_no_spam_and_a_wave_of_links_is(tmp_path: Path) -> None:
    bot, guard = Bot(), core(tmp_path, spam=SpamSettings(new_senders=10))
    campaign = [
        message(f"55119{number:08}@c.us", 1, "Olá! Vi o anúncio e quero saber mais") for number in range(60)
    ]
    for content in campaign:
        guard.receive(signed(content), bot)
    assert len(bot.seen) == 60
    wave = "ganhe agora http://a.example https://b.example www.c.example"
    for number in range(20):
        guard.receive(signed(message(f"55219{number:08}@c.us", 1, wave)), bot)
    assert guard.totals["held:spam: the same text from many senders, many new senders, many links"] == 16


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(500, b"<html>"), "HTTP 500"),
        (TimeoutError(), "no answer"),
        (Reply(200, b'{"status":"lead_creation_failed"}'), "lead_creation_failed"),
        (Reply(200, b'{"status":"duplicate_ignored"}'), "duplicate_ignored"),
        (Reply(200, b'{"status":"processed","resultado":{"success":false}}'), "success: false"),
        (
            Reply(200, b'{"status":"processed","resultado":{"success":true,"whatsapp":{"simulado":true}}}'),
            "simulado",
        ),
        (Reply(200, b"ok"), "unreadable answer"),
    ],
)
def test_what_the_bot_did_not_surely_handle_is_in_doubt_and_released_once_after_its_memory(
    tmp_path: Path, reply: Reply | Exception, why: str
) -> None:
    time, bot = Time(), Bot(reply)
    guard = core(tmp_path, time)
    assert guard.receive(signed(message()), bot).status == 200
    assert guard.totals == {"passed": 1, f"doubt:{why}": 1}
    key = f"default/false_{ANA}_00000001"
    assert guard.release(key, bot) is None
    time.now += 131
    assert guard.release(key, bot) is not None
    time.now += 131
    assert guard.release(key, bot) is None
    assert len(bot.seen) == 2


def test_a_reply_that_was_skipped_as_repeated_is_handled(tmp_path: Path) -> None:
    guard = core(tmp_path)
    guard.receive(signed(message()), Bot(processed(b'{"success":false,"skipped":"deduplicated"}')))
    assert guard.totals == {"passed": 1}


def test_a_message_that_comes_again_while_the_bot_works_waits_for_the_first(tmp_path: Path) -> None:
    time = Time()
    guard = core(tmp_path, time)
    answers: list[Reply] = []

    def slow(post: Post) -> Reply:
        answers.append(guard.receive(signed(post.body), Bot()))
        return PROCESSED

    guard.receive(signed(message()), slow)
    assert [answer.status for answer in answers] == [200]


def test_what_cannot_be_kept_is_passed_and_counted(tmp_path: Path) -> None:
    (tmp_path / "guard.db").write_bytes(b"not a database at all, " * 100)
    bot, guard = Bot(), core(tmp_path)
    assert guard.receive(signed(message()), bot) == PROCESSED
    assert (bot.seen, guard.unheld) == ([message()], 1)
    assert guard.receive(signed(message()), Bot(TimeoutError())).status == 503
    assert guard.receive(Post(message()), bot).status == 401


def test_the_log_names_nobody(tmp_path: Path) -> None:
    guard = core(tmp_path)
    guard.receive(Post(message(), peer="203.0.113.77"), Bot())
    text = (tmp_path / "attempts.jsonl").read_text(encoding="utf-8")
    assert "900000001" not in text
    assert "203.0.113.0/24" in text
    assert "quero" not in text


def test_a_state_is_kept_on_disk_before_the_bot_sees_the_message(tmp_path: Path) -> None:
    states: list[MessageState] = []

    def bot(_post: Post) -> Reply:
        states.append(GuardLedger(ledger_path(settings(tmp_path))).state(f"default/false_{ANA}_00000001"))
        return PROCESSED

    core(tmp_path).receive(signed(message()), bot)
    assert states == [MessageState.PASSING]


def test_a_rate_is_read_as_people_write_it() -> None:
    assert [read_rate(text) for text in ("20/minute", "5/10s", "500 / hour", "0/s", "x", "")][3:] == [None] * 3
