"""Reads rules: a configuration's, which change and add to the built-in ones, and those of a file of tests."""

from collections.abc import Mapping
from itertools import pairwise

import msgspec

from qualtui.config.errors import nearest, shown_value
from qualtui.config.reader import ConfigReader, Key, Layer, Table
from qualtui.config.series_names import own_series
from qualtui.config.values import FixSettings, Level, Operator, Rule
from qualtui.series.catalogue import BY_NAME

_RISING = (Operator.ABOVE, Operator.AT_LEAST)
_FALLING = (Operator.BELOW, Operator.AT_MOST)
_EXACT = (Operator.EQUAL, Operator.NOT_EQUAL)


def read_rules(
    reader: ConfigReader,
    tables: Mapping[Key, Table],
    base: Mapping[str, Rule],
    figures: list[str],
) -> dict[str, Rule]:
    """Return `base`, changed and added to by the tables; a table's place ends in its rule's name.

    `figures`: the names of the user's own series, without `user.`
    """
    rules, places = dict(base), dict[str, Key]()
    for key, table in tables.items():
        name = str(key[-1])
        rule = reader.struct(Rule, [Layer(key, table)], rules.get(name))
        if rule is not None:
            if (said := own_series(rule.series, figures)) is not True:
                reader.report((*key, "series"), shown_value(rule.series), str(said))
            _sense(reader, key, rule)
            rules[name], places[name] = rule, key
    for name, key in places.items():
        _others(reader, key, name, rules, figures)
    return rules


def _sense(reader: ConfigReader, key: Key, rule: Rule) -> None:
    """Check what concerns several keys of a rule."""
    fixes = [field.encode_name for field in msgspec.structs.fields(FixSettings)]
    if rule.fix and rule.fix not in fixes:
        reader.report((*key, "fix"), shown_value(rule.fix), f"a fix: {nearest(rule.fix, fixes)}")
    given = [(name, getattr(rule, name)) for name in ("info", "warning", "critical")]
    levels = [(name, level) for name, level in given if level is not None]
    if rule.enabled and not levels and rule.absent is None:
        reader.report(key, "no threshold", "at least one of info, warning, critical, absent")
    declared = BY_NAME.get(rule.series)
    if declared is not None and declared.budget and rule.critical is not None:
        reader.report((*key, "critical"), shown_value(float(rule.critical)), "none: an error budget wakes no one")
    if levels and rule.absent is not None:
        reader.report((*key, "absent"), f"beside {levels[0][0]}", "absent alone: it needs no threshold")
    if rule.absent is not None and not rule.for_:
        reader.report((*key, "absent"), "no `for`", 'a `for`, such as "5m": one missed poll is not blindness')
    for (milder, low), (worse, high) in pairwise(levels):
        if (rule.op in _RISING and high < low) or (rule.op in _FALLING and high > low):
            reader.report((*key, worse), shown_value(float(high)), f"a threshold beyond {milder}'s {float(low)}")
    _leave(reader, key, rule, levels)


def _leave(reader: ConfigReader, key: Key, rule: Rule, levels: list[tuple[str, Level]]) -> None:
    """`leave` lies on the good side of every threshold."""
    if rule.leave is None or not levels:
        return
    name, mildest = levels[0]
    wrong_side = (rule.op in _RISING and rule.leave > mildest) or (rule.op in _FALLING and rule.leave < mildest)
    if wrong_side or rule.op in _EXACT:
        found = f"op {rule.op.value}" if rule.op in _EXACT else shown_value(float(rule.leave))
        expected = f"a value on the good side of {name}'s {float(mildest)}, and an op that orders"
        reader.report((*key, "leave"), found, expected)


def _others(reader: ConfigReader, key: Key, name: str, rules: Mapping[str, Rule], figures: list[str]) -> None:
    """Check what a rule says of other rules and series."""
    rule = rules[name]
    others = [one for one in rules if one != name]
    for word, other in (("held_by", rule.held_by), ("unless", rule.unless)):
        if other and other not in others:
            reader.report((*key, word), shown_value(other), f"another rule: {nearest(other, others)}")
    if rule.events and (said := own_series(rule.events, figures)) is not True:
        reader.report((*key, "events"), shown_value(rule.events), str(said))
    declared = BY_NAME.get(rule.series)
    if rule.min_events and not (rule.events or (declared is not None and declared.events)):
        reader.report((*key, "min_events"), str(rule.min_events), "events, the series that counts them")
