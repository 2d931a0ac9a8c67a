"""Refused posts: sealed, bounded in time and size, and given to the bot once the key is right."""

import os
from pathlib import Path

import pytest

from qualtui.cli.app import run
from qualtui.config.value_types import Secret
from qualtui.guard.ring import RefusedPost, Ring
from qualtui.guard.settings import OriginSettings, RingSettings
from tests.guard.posts import KEY, NOW, Bot, core, message, signed

SEALED_BY = "an invented key of the ring"
KEPT = 3600.0


def ring(folder: Path, key: str = SEALED_BY, size: int = 100_000) -> Ring:
    """A ring that keeps for an hour."""
    return Ring(folder, key.encode(), size, KEPT)


def refused(at: float, size: int = 10) -> RefusedPost:
    """A refused body of this size."""
    return RefusedPost(at, os.urandom(size), (), "signature")


def test_only_the_key_opens_what_was_kept_and_only_for_its_time(tmp_path: Path) -> None:
    old, new = refused(NOW - KEPT - 1), refused(NOW)
    for one in (old, new):
        ring(tmp_path).add(one)
    assert list(ring(tmp_path).all(NOW)) == [new]
    assert list(ring(tmp_path, "another invented key").all(NOW)) == []


def test_the_oldest_go_where_the_bound_is_reached(tmp_path: Path) -> None:
    posts = [refused(NOW, 9_000) for _ in range(40)]
    for one in posts:
        ring(tmp_path).add(one)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000
    kept = list(ring(tmp_path).all(NOW))
    assert kept == posts[-len(kept) :]
    assert len(kept) >= 5


def test_a_record_that_was_cut_hides_none_before_it(tmp_path: Path) -> None:
    first = refused(NOW)
    ring(tmp_path).add(first)
    ring(tmp_path).add(refused(NOW))
    path = tmp_path / "ring.new"
    path.write_bytes(path.read_bytes()[:-3])
    assert list(ring(tmp_path).all(NOW)) == [first]


def test_after_a_wrong_key_every_real_message_reaches_the_bot_once_and_no_forged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = RingSettings(key=Secret(SEALED_BY), keep=RingSettings().keep)
    wrong = core(tmp_path, origin=OriginSettings(hmac_key=Secret("a key with a slip in it")), ring=kept)
    bot = Bot()
    real = [message(number=number) for number in range(5)]
    for content in real:
        assert wrong.receive(signed(content), bot).status == 401
    assert wrong.receive(signed(message(number=9), "the key of a forger"), bot).status == 401
    assert bot.seen == []

    (tmp_path / "guard.toml").write_text(
        f'origin.hmac_key = "{KEY}"\nhold.path = "."\nlog.path = "attempts.jsonl"\nring.key = "{SEALED_BY}"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.time", lambda: NOW + 60)
    for said in ("5 refused messages are released.\n", "0 refused messages are released.\n"):
        assert run(["guard", "release", "--refused"]) == 0
        assert capsys.readouterr().out == said
    assert core(tmp_path).release_due(bot) == 5
    assert sorted(bot.seen) == sorted(real)
