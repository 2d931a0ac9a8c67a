"""Whose clock is wrong? Ours is compared with the others'; where those agree with each other, ours is."""

from collections.abc import Sequence
from statistics import median

from qualtui.doctor.report import Clock
from qualtui.model.findings import Finding, ok, skipped, warning
from qualtui.text import _

NEAR = 2.0  # s beyond what the comparison itself may err by


def clock_findings(clocks: Sequence[Clock]) -> Finding:
    """One line on all clocks."""
    check, what = "clock", _("clocks")
    if not clocks:
        return skipped(check, what, _("nobody answered whose clock could be compared"))
    wrong = [clock for clock in clocks if abs(clock.ahead) > clock.slack + NEAR]
    if not wrong:
        widest = max(clocks, key=lambda clock: abs(clock.ahead) - clock.slack)
        why = _("{}: within {:.1f} s of ours").format(
            ", ".join(clock.of for clock in clocks), max(abs(widest.ahead), 0.1)
        )
        return ok(check, what, why)
    others = median(clock.ahead for clock in clocks)
    if len(clocks) > 1 and all(abs(clock.ahead - others) <= clock.slack + NEAR for clock in clocks):
        why = _("this machine's is {}: {} agree").format(_apart(-others), ", ".join(clock.of for clock in clocks))
        return warning(check, what, why, _("set this machine's time: timedatectl set-ntp true"))
    told = ", ".join(_("{}'s is {}").format(clock.of, _apart(clock.ahead)) for clock in wrong)
    return warning(
        check, what, told, _("set the time there (NTP); ages of its rows and notices are off by as much")
    )


def _apart(ahead: float) -> str:
    return (_("{:.0f} s ahead") if ahead > 0 else _("{:.0f} s behind")).format(abs(ahead))
