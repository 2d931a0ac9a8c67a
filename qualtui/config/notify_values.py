"""`[notify]`, `[people]` and `[oncall]`: who gets which notices, and through what."""

from enum import StrEnum

from qualtui.config.value_types import Seconds, Secret, Values
from qualtui.model import Severity


class ChannelSettings(Values, frozen=True, kw_only=True):
    """`[notify.channels.NAME]`: one Apprise URL. One URL a recipient, so that each delivery is accounted for."""

    url: Secret
    timeout: Seconds = Seconds(15)
    language: str = ""  # of its notices, such as pt_BR; empty, or one without texts: English
    ringing: bool = False  # it wakes a person: a phone call, a loud push
    buttons: bool = False  # "I've got it" under a notice that asks for someone: ntfy and Telegram
    reply_topic: Secret | None = None  # of ntfy, into which the button writes; none: one that follows from the url


class Route(Values, frozen=True, kw_only=True):
    """`[[notify.routes]]`: which notices go to which channels."""

    channels: tuple[str, ...]
    severities: tuple[Severity, ...] = (Severity.CRITICAL,)
    agents: tuple[str, ...] = ()  # empty: all
    resolved: bool = True


class Day(StrEnum):
    """A day of the week, in the order of `datetime.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class EscalationStep(Values, frozen=True, kw_only=True):
    """`[[notify.escalation]]`: who is called `after` the page, or the step before, while no one owns it.

    `to`: channels, people, `on-call`, `next` (after the one on call) or `owner` (of `[oncall]`).
    """

    after: Seconds = Seconds(0)  # since the page
    to: tuple[str, ...]
    hours: str = ""  # in which it calls, such as 08:00-18:00; empty: at any time
    days: tuple[Day, ...] = ()  # on which these hours begin; empty: every day
    zone: str = ""  # of hours and days; empty: the person's, for a channel that of [notify]

    @property
    def timed(self) -> bool:
        """Whether there are times at which it calls no one."""
        return bool(self.hours or self.days)


class NotifySettings(Values, frozen=True, kw_only=True):
    """`[notify]`."""

    channels: dict[str, ChannelSettings] = {}
    routes: tuple[Route, ...] = ()
    retry_for: Seconds = Seconds(24 * 3600)  # a notice not delivered by then is given up
    group_wait: Seconds = Seconds(30)  # from an incident's beginning to its first notice; CRITICAL does not wait
    group_interval: Seconds = Seconds(300)  # between updates of an incident's cause
    repeat_interval: Seconds = Seconds(0)  # between repeats while no one owns it; 0: none, CRITICAL every 4 h
    flap_returns: int = 3  # so many returns within flap_window are flapping: its notices are held; 0: never
    flap_window: Seconds = Seconds(1800)
    flap_quiet: Seconds = Seconds(900)  # without a change until it no longer flaps
    night: str = ""  # such as 22:00-07:00; empty: none
    night_customers: int = 3  # so many who wait are enough to wake someone at night
    zone: str = ""  # of the night, and of steps whose person has none; empty: this machine's
    ping: Secret | None = None  # an address that is pinged each minute while the engine is well
    escalation: tuple[EscalationStep, ...] = ()  # none, and [oncall] has an order: see alerts/escalation.py
    escalation_rounds: int = 3  # how often the steps are gone through; 0: no escalation
    escalation_repeat: Seconds = Seconds(1800)  # from the beginning of one round to the next
    escalation_gaps: bool = False  # true: it is meant that there are hours in which no step calls anyone


class PersonSettings(Values, frozen=True, kw_only=True):
    """`[people.NAME]`: who can be called, and through what. NAME is also the one of $QUALTUI_USER."""

    channels: tuple[str, ...] = ()
    language: str = ""  # empty: the channel's
    zone: str = ""  # where the person lives, such as Europe/Lisbon; empty: that of [notify]


class OncallSettings(Values, frozen=True, kw_only=True):
    """`[oncall]`: `order` of those who take turns, and who answers for the service in the end."""

    order: tuple[str, ...] = ()
    owner: str = ""
