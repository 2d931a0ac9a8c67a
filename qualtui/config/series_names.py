"""What a series that the configuration names must be, and how its thresholds read."""

from qualtui.series.catalogue import BY_NAME, OWN


def in_seconds(series: str) -> bool:
    """Whether a series is a duration, so that its thresholds read best as one."""
    return series in BY_NAME and BY_NAME[series].unit == "s"


def series_name(name: str) -> bool | str:
    """Whether a series of this name can be there; else which ones are near."""
    if name in BY_NAME or name.startswith(OWN):  # the loader knows which of these there are
        return True
    from qualtui.config.errors import nearest

    return f"a series: {nearest(name, list(BY_NAME))}"


def own_series(name: str, names: list[str]) -> bool | str:
    """Whether a series of the user's own is among those that an agent has; else what was probably meant."""
    from qualtui.config.errors import nearest

    known = [f"{OWN}{each}" for each in names]
    return not name.startswith(OWN) or name in known or f"a series: {nearest(name, [*known, *BY_NAME])}"
