"""The demo's configuration is the shipped example, pointed at the demo and made faster."""

from pathlib import Path

import pytest
import tomli_w

from qualtui.config.load import load, loads
from qualtui.config.rules import BUILT_IN
from qualtui.config.values import RetrySettings
from qualtui.demo.configuration import Places, demo_configuration, example, scaled, write_configuration


def places(folder: Path, speed: float) -> Places:
    """Invented addresses."""
    return Places(
        folder=str(folder),
        agent_url="http://127.0.0.1:1",
        dsn="postgresql://ro@127.0.0.1:2/agente",
        write_dsn="postgresql://rw@127.0.0.1:2/agente",
        waha_url="http://127.0.0.1:3",
        waha_key="key",
        catcher_url="http://127.0.0.1:4/notices",
        smtp_port=5,
        control_url="http://127.0.0.1:6",
        render_url="http://127.0.0.1:7",
        render_key="rnd_invented",
        render_service="srv-invented0000000000",
        speed=speed,
    )


@pytest.mark.parametrize("speed", [1.0, 20.0, 100.0])
def test_it_is_valid_and_its_times_are_divided(tmp_path: Path, speed: float) -> None:
    config = load(write_configuration(places(tmp_path, speed)), {})
    assert set(config.rules) >= set(BUILT_IN)
    for name, rule in BUILT_IN.items():
        least = 5 if name == "database-slow" else 0  # a busy machine is slow for a moment: no fault
        assert config.rules[name].for_ == pytest.approx(max(least, rule.for_ / speed), abs=0.001)
        assert config.rules[name].keep_firing_for == pytest.approx(rule.keep_firing_for / speed, abs=0.001)
    waiting = config.rules["customers-waiting"]
    assert waiting.critical == pytest.approx(600 / speed)
    assert config.fixes.session_cleanup.limit == pytest.approx(1800 / speed)
    database = config.agents["ldc-bot"].database
    assert database is not None
    assert database.interval == pytest.approx(max(1.0, 5 / speed))
    assert float(database.timeout) == 5.0  # not scaled: a slow database must look slow, not dead
    assert config.notify.retry_for == pytest.approx(24 * 3600)  # notices are not played faster


def test_rules_that_the_example_leaves_out_are_scaled_too(tmp_path: Path) -> None:
    raw = demo_configuration('[agents.other.health]\nurl = "http://x"\n', places(tmp_path, 10))
    config = loads(tomli_w.dumps(raw).encode(), tmp_path / "config.toml", {})
    assert config.rules["gateway-not-working"].for_ == pytest.approx(12)
    assert list(config.agents) == ["ldc-bot"]


def test_only_durations_in_text_are_scaled() -> None:
    given = {"for": "10m", "critical": 1, "url": "http://127.0.0.1:1", "interval": "5s", "window": "0s"}
    made = {"for": 30.0, "critical": 1, "url": "http://127.0.0.1:1", "interval": 1.0, "window": 0.0}
    assert scaled(given, 20) == made


def test_the_example_is_found() -> None:
    assert "[agents." in example()


def test_what_it_sends_to_customers_is_the_default_text_which_asks_nothing(tmp_path: Path) -> None:
    config = load(write_configuration(places(tmp_path, 20)), {})
    assert config.fixes.retry.text == RetrySettings().text
    assert "?" not in config.fixes.retry.text
