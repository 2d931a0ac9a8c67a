"""Our network or theirs: whose silence is excused while a control target does not answer either. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from qualtui.model import Sample
from qualtui.text.message import message

OURS = message("our own network: the control target does not answer either")
LINKS = ("health", "db", "gateway")  # each has .up, and .silent where nothing came back in time
WITH_IT = {"gateway": ("gateway.working",)}  # known only through it
SLACK = 1.0  # s between the end of a wait and the sample's time


class ControlledHost(NamedTuple):
    """A host that is asked: whether it is this machine, and for how many seconds its answer is waited for."""

    near: bool
    patience: float


def host_answered(up: Sample | None, silent: Sample | None) -> float | None:
    """When a host answered last, well or badly; None: its newest word is silence, or it was not asked."""
    if up is None or up.value is None or (silent is not None and silent.value and silent.at >= up.at):
        return None
    return up.at


def excused(
    samples: Sequence[Sample],
    control: Sample | None,
    heard: Mapping[str, float],
    hosts: Mapping[str, ControlledHost],
    now: float,
    reach: float,
) -> tuple[Sample, ...]:
    """One probe's samples; its silence without a value while the control target is silent, too.

    A refusal, an error status, a rejected login are somebody's answer, and stand. `control` is the newest sample
    of control.up, believed for `reach` seconds; `heard`: when each of `hosts` answered last.
    """
    if control is None or control.value != 0 or now - control.at > reach:
        return tuple(samples)
    by = {sample.series.partition("/")[2]: sample for sample in samples}
    link = next((name for name in hosts if f"{name}.silent" in by and by[f"{name}.silent"].value), None)
    if link is None or _proved(link, by[f"{link}.silent"].at, heard, hosts):
        return tuple(samples)
    unasked = {f"{link}.up", *WITH_IT.get(link, ())}
    return tuple(
        msgspec.structs.replace(sample, value=None, note=OURS)
        if sample.series.partition("/")[2] in unasked
        else sample
        for sample in samples
    )


def _proved(link: str, at: float, heard: Mapping[str, float], hosts: Mapping[str, ControlledHost]) -> bool:
    """Whether our network bore another's answer, good or bad, since this one was asked.

    An older answer may be from before the network failed; one of this machine used none, and proves only itself.
    """
    mine = hosts[link]
    return any(
        when >= at - mine.patience - SLACK and (mine.near or not hosts[name].near)
        for name, when in heard.items()
        if name != link
    )
