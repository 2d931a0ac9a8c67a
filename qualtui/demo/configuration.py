"""The configuration that a demo runs on: the shipped example, pointed at the demo, its durations made shorter."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from qualtui.config.durations import DurationError, seconds
from qualtui.config.rules import BUILT_IN

AGENT = "ldc-bot"
_PACKAGE = Path(__file__).parent.parent
_SCALED = ("defaults", "agents", "rules", "goals", "fixes", "policies")
TEAM = ("Ana", "Bruno")  # invented; on call in this order
_LEAST = 1.0  # seconds: no probe asks more often, none gives up sooner
_FIXES = ("gateway-restart", "session-cleanup", "retry", "service-restart", "deploy-rollback")
_HOST_EVERY = 60.0  # s, as in the example, whose table of the host is optional
_RULE_TIMES = ("window", "for", "keep_firing_for")
# Seconds at any speed: a busy machine really is slow for a moment, which the rule's two minutes must outlast.
_LEAST_FOR = {"database-slow": 5.0}


class Places(msgspec.Struct, frozen=True):
    """Where the demo's services are."""

    folder: str
    agent_url: str
    dsn: str
    write_dsn: str
    waha_url: str
    waha_key: str
    catcher_url: str
    smtp_port: int
    control_url: str
    render_url: str
    render_key: str
    render_service: str
    speed: float


def example() -> str:
    """The example's text: installed beside the package, or at the top of a checkout."""
    for path in (_PACKAGE / "example.toml", _PACKAGE.parent / "config.toml"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError("config.toml")


def scaled(value: Any, speed: float, key: str = "") -> Any:
    """Configuration with each duration text divided by `speed`; intervals, timeouts: never below 1 s."""
    if isinstance(value, dict):
        return {name: scaled(part, speed, name) for name, part in value.items()}
    if not isinstance(value, str) or not value[:1].isdigit():
        return value
    try:
        shorter = seconds(value) / speed
    except DurationError:
        return value
    if key.endswith(("interval", "timeout")):
        shorter = max(_LEAST, shorter)
    return round(shorter, 3)


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `over` put in, tables within tables."""
    result = dict(base)
    for name, value in over.items():
        old = result.get(name)
        result[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def demo_configuration(text: str, places: Places) -> dict[str, Any]:
    """The example as a table, scaled and pointed at the demo."""
    raw = tomllib.loads(text)
    agents = raw.get("agents", {})
    raw["agents"] = {AGENT: agents.get(AGENT) or next(iter(agents.values()), {})}
    raw["rules"] = merged(_unwritten(), raw.get("rules", {}))
    for section in _SCALED:
        if section in raw:
            raw[section] = scaled(raw[section], places.speed)
    raw["rules"] = merged(raw["rules"], _not_sooner(raw["rules"]))
    raw["notify"] = {**raw.get("notify", {}), **_notify(places)}
    return merged(raw, _overrides(places))


def _unwritten() -> dict[str, Any]:
    """The times of the built-in rules, as texts, for those that the example leaves to them."""
    times = {name: msgspec.to_builtins(rule, enc_hook=float) for name, rule in BUILT_IN.items()}
    return {name: {key: f"{rule[key]:f}s" for key in _RULE_TIMES if rule[key]} for name, rule in times.items()}


def _not_sooner(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The `for` of the rules that no speed makes shorter than their least."""
    return {name: {"for": max(least, rules[name]["for"])} for name, least in _LEAST_FOR.items()}


def _overrides(places: Places) -> dict[str, Any]:
    folder = Path(places.folder)
    agent = {
        "health": {"url": f"{places.agent_url}/health"},
        "metrics": {"url": f"{places.agent_url}/metrics"},
        # Its timeouts are not scaled: a slow database must look slow, not dead.
        "database": {"dsn": places.dsn, "write_dsn": places.write_dsn, "timeout": "5s", "slow_timeout": "30s"},
        "gateway": {"kind": "waha", "url": places.waha_url, "key": places.waha_key, "session": "default"},
        "host": {
            "kind": "render",
            "service": places.render_service,
            "key": places.render_key,
            "demo_url": places.render_url,
            "allow": ["restart", "rollback"],
            "interval": max(_LEAST, _HOST_EVERY / places.speed),
        },
    }
    retry = {"hours": ""}  # the demo's nights are short
    return {
        "agents": {AGENT: agent},
        "fixes": {"retry": retry},
        "people": {name: {"channels": [_phone(name)]} for name in TEAM},
        "oncall": {"order": list(TEAM)},
        # Its stories need a person's key: `qualtui fix policy set gateway-restart auto` shows it heal by itself,
        # and any other fix, too: nothing of the demo leaves this machine.
        "policies": {fix: {"mode": "suggest", "proven": True} for fix in _FIXES},
        "store": {"path": str(store_file(places.folder)), "socket": str(folder / "qualtui.sock")},
        "demo": {"control_url": places.control_url, "speed": places.speed},
    }


def store_file(folder: str) -> Path:
    """Where the demo's engine keeps its store."""
    return Path(folder) / "qualtui.db"


def _notify(places: Places) -> dict[str, Any]:
    """A record by HTTP and one by mail, and the phone of each person on call: all caught, nothing leaves."""
    pager = places.catcher_url.replace("http://", "json://")
    mail = f"mailto://127.0.0.1:{places.smtp_port}?from=qualtui@demo.invalid&to=team@demo.invalid&mode=insecure"
    phones = {_phone(name): {"url": f"{pager}/{_phone(name)}", "timeout": 5, "ringing": True} for name in TEAM}
    records = {"pager": {"url": f"{pager}/pager", "timeout": 5}, "mail": {"url": mail, "timeout": 5}}
    return {
        "channels": {**records, **phones},
        "routes": [
            {"channels": ["pager", "mail"], "severities": ["critical"], "resolved": True},
            {"channels": ["mail"], "severities": ["warning"], "resolved": True},
        ],
    }


def _phone(name: str) -> str:
    """The channel that is a person's phone."""
    return f"{name.lower()}-phone"


def write_configuration(places: Places) -> Path:
    """Writes config.toml into the demo's folder, readable by its owner alone; gives its path."""
    path = Path(places.folder) / "config.toml"
    path.touch(mode=0o600)
    path.write_text(tomli_w.dumps(demo_configuration(example(), places)), encoding="utf-8")
    return path
