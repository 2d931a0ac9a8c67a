"""What `config check` says of who is called: whether it wakes someone, can be answered, and fails with the bot."""

from datetime import datetime
from urllib.parse import urlsplit

from qualtui.alerts.call_hours import Callers
from qualtui.alerts.escalation import PLACES, plan_of
from qualtui.config.errors import Problem
from qualtui.config.hours import wall_zone
from qualtui.config.values import Config

BUTTONS = frozenset({"ntfy", "ntfys", "tgram"})  # schemes of channels that can have them
WHATSAPP = frozenset({"whatsapp", "evolution", "evolutions"})


def escalation_remarks(config: Config, file: str) -> list[Problem]:
    """Return what is valid but unwise: no step rings, a phone without a button, WhatsApp that Meta refuses."""
    remarks, channels = [], config.notify.channels
    used = _channels(config)
    if used and not any(channels[name].ringing for name in used):
        expected = "a channel with ringing = true, so that a step wakes someone"
        remarks.append(Problem(file, "notify.escalation", ", ".join(sorted(used)), expected))
    for name, channel in channels.items():
        parts = urlsplit(channel.url.reveal())
        if parts.scheme == "whatsapp" and not parts.password:
            expected = "whatsapp://TEMPLATE:TOKEN@...: without a template Meta delivers only 24 h long"
            remarks.append(Problem(file, f"notify.channels.{name}.url", "no template", expected))
        if channel.ringing and parts.scheme in BUTTONS and not channel.buttons and not config.http.ack_listen:
            expected = "buttons = true: then who is woken can take the incident from the phone"
            remarks.append(Problem(file, f"notify.channels.{name}.buttons", "false", expected))
    return remarks


def escalation_problems(config: Config, file: str) -> tuple[Problem, ...]:
    """Return the problems of an escalation: WhatsApp only by the monitored gateway, hours that no one covers."""
    return (*_fails_together(config, file), *_gap(config, file))


def _gap(config: Config, file: str) -> tuple[Problem, ...]:
    """The problem of hours in which a CRITICAL incident calls no one."""
    notify = config.notify
    found = Callers((), config.oncall, config.people, notify.zone).gap(plan_of(config).steps)
    if found is None or notify.escalation_gaps:
        return ()
    begin, end = (datetime.fromtimestamp(at, wall_zone(notify.zone)) for at in found)
    what = f"no step that calls from {begin:%a %H:%M} to {end:%a %H:%M}"
    expected = "a step for all hours, so that each CRITICAL calls someone"
    remedy = "Where that is meant: [notify] escalation_gaps = true"
    return (Problem(file, "notify.escalation", what, expected, remedy),)


def _fails_together(config: Config, file: str) -> tuple[Problem, ...]:
    """The problem of an escalation whose only WhatsApp path is the gateway that is monitored."""
    hosts = {urlsplit(one.gateway.url).netloc for one in config.agents.values() if one.gateway is not None}
    urls = {name: urlsplit(config.notify.channels[name].url.reveal()) for name in _channels(config)}
    own = [name for name, url in urls.items() if url.netloc.rpartition("@")[2] in hosts]
    others = [name for name, url in urls.items() if url.scheme in WHATSAPP and name not in own]
    if not own or others:
        return ()
    expected = "another WhatsApp path: while the monitored gateway is broken, this one is too"
    return (Problem(file, "notify.escalation", ", ".join(sorted(own)), expected),)


def _channels(config: Config) -> set[str]:
    """Every channel that a step may use, whoever is on call."""
    found: set[str] = set()
    oncall = {*config.oncall.order, config.oncall.owner}
    for step in plan_of(config).steps:
        for target in step.to:
            people = oncall if target in PLACES else {target}
            found |= {one for name in people if name in config.people for one in config.people[name].channels}
            found |= {target} & set(config.notify.channels)
    return found & set(config.notify.channels)
