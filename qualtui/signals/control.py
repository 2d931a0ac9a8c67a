"""Our network or theirs: what does not answer while a control target does not either was not asked. Pure."""

from collections.abc import Sequence

import msgspec

from qualtui.model import Sample
from qualtui.text import _

# By agent-less name: the value that says "no answer". A refusal is somebody's answer, and stands.
SILENT = {"health.up": 0.0, "db.up": 0.0, "waha.up": 0.0}
WITH_IT = {"waha.up": ("waha.working",)}  # known only through it


def excused(samples: Sequence[Sample], control: Sample | None, now: float, reach: float) -> tuple[Sample, ...]:
    """One probe's samples; negative ones without a value while the control target is negative, too.

    `control` is the newest sample of control.up, believed for `reach` seconds.
    """
    if control is None or control.value != 0 or now - control.at > reach:
        return tuple(samples)
    by = {sample.series.partition("/")[2]: sample for sample in samples}
    refused = by.get("health.refused")
    if refused is not None and refused.value:
        return tuple(samples)
    silent = {name for name, value in SILENT.items() if name in by and by[name].value == value}
    silent |= {name for known in silent for name in WITH_IT.get(known, ())}
    note = _("our own network: the control target does not answer either")
    return tuple(
        msgspec.structs.replace(sample, value=None, note=note)
        if sample.series.partition("/")[2] in silent
        else sample
        for sample in samples
    )
