"""What labels, matchers and cron lines of the configuration must be."""

from qualtui.model.matchers import LABEL, MatcherError, matcher_of

OURS = ("agent", "rule", "severity", "link", "incident")  # every alert has them
MOST = 20  # matchers in one list


def label_name(name: str) -> bool | str:
    """Whether a name may be a label's."""
    if name in OURS:
        return f"another name: every alert has the labels {', '.join(OURS)} already"
    return LABEL.fullmatch(name) is not None


def label_value(text: str) -> bool:
    """Whether a text may be a label's value."""
    return len(text) <= 100 and text.isprintable()


def labels_named(names: list[object]) -> bool:
    """Whether a list holds names of labels."""
    return all(isinstance(name, str) and LABEL.fullmatch(name) is not None for name in names)


def matchers(texts: list[object]) -> bool | str:
    """Whether a list holds matchers; else what was expected."""
    if len(texts) > MOST:
        return False
    for text in texts:
        if not isinstance(text, str):
            return False
        try:
            matcher_of(text)
        except MatcherError as error:
            return f"{error}, not {text[:60]!r}"
    return True


def cron_line(text: str) -> bool:
    """Whether a text is a cron line of five fields."""
    from datetime import UTC, datetime

    from cronsim import CronSim, CronSimError

    if len(text.split()) != 5:
        return False
    try:
        CronSim(text, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True
