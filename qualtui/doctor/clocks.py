"""Whose clock is wrong? Ours is compared with the others; if those agree with each other, ours is wrong."""

from collections.abc import Sequence
from statistics import median

from qualtui.doctor.report import Clock
from qualtui.model.findings import Finding, ok, skipped, warning
from qualtui.text.message import Text, joined, message

NEAR = 2.0  # s of difference that is tolerated beyond the error of the comparison


def clock_findings(clocks: Sequence[Clock]) -> Finding:
    """One line on all clocks."""
    check, what = "clock", message("clocks")
    if not clocks:
        return skipped(check, what, message("no clock to compare with: nothing answered"))
    wrong = [clock for clock in clocks if abs(clock.ahead) > clock.slack + NEAR]
    if not wrong:
        widest = max(clocks, key=lambda clock: abs(clock.ahead) - clock.slack)
        off = round(max(abs(widest.ahead), 0.1), 1)
        why = message("{names}: within {off} s of ours", names=[clock.of for clock in clocks], off=off)
        return ok(check, what, why)
    others = median(clock.ahead for clock in clocks)
    if len(clocks) > 1 and all(abs(clock.ahead - others) <= clock.slack + NEAR for clock in clocks):
        why = message(
            "this machine's clock is {difference}: {names} agree",
            difference=_difference(-others),
            names=[clock.of for clock in clocks],
        )
        return warning(check, what, why, message("set this machine's time: timedatectl set-ntp true"))
    parts: list[Text | str] = [
        message("{owner}'s clock is {difference}", owner=clock.of, difference=_difference(clock.ahead))
        for clock in wrong
    ]
    todo = message("set the time there (NTP): ages of its rows and notices are wrong by the same amount")
    return warning(check, what, joined(parts), todo)


def _difference(ahead: float) -> Text:
    if ahead > 0:
        return message("{seconds:whole} s ahead", seconds=ahead)
    return message("{seconds:whole} s behind", seconds=-ahead)
