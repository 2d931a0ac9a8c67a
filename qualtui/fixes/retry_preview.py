"""The preview of answers to waiting customers: who is reached, by which way, and why others are not. Pure."""

from collections.abc import Sequence

from qualtui.config.values import RetrySettings as Settings
from qualtui.fixes.contact_hours import ContactHours
from qualtui.fixes.fix import Plan
from qualtui.fixes.reach import Person, Survey
from qualtui.fixes.strategies import Strategy
from qualtui.text import span
from qualtui.text.message import Saying, Text, counted, message
from qualtui.wire import CustomerView, PreviewItem

SHOWN = 50  # items of a preview
EXPLAIN = message("Writes to each customer at most once; what may have been sent is never sent again.")


def retry_plan(
    found: Survey, ways: Sequence[Strategy], settings: Settings, hours: ContactHours, refused: Saying, now: float
) -> Plan:
    """Return which customers a run would write to, and how. `refused`: why it may not; empty where it may."""
    reached = [(each.one, _by_way(each)) for each in found.people if each.ways]
    left = [(each.one, each.against or each.by_hand) for each in found.people if not each.ways]
    chosen = reached[: settings.max_rows]
    total, later = len(chosen), sum(each.late for each in found.people)
    title = counted("Sends WhatsApp to {count} person", "Sends WhatsApp to {count} people", total)
    return Plan(
        title=title if total else message("Reaches no waiting customer"),
        explain=_explanation(ways, float(settings.pace)),
        items=tuple(_item(one, why, now) for one, why in (*chosen, *left)[:SHOWN]),
        subjects=tuple(one.lead for one, _why in chosen),
        mode="",
        warnings=_warnings(len(reached) - total, len(left)),
        refused=refused,
        later=later,
        later_at=hours.opens(now) if later else 0.0,
        weigh=False,
    )


def lacks(rights: Sequence[str]) -> Saying:
    """The rights that the writing role lacks, in one line; empty where it lacks none."""
    if not rights:
        return ""
    listed = ", ".join(rights[:4]) + (" ..." if len(rights) > 4 else "")
    return message("the role of write_dsn lacks {rights}: see docs/roles.sql", rights=listed)


def _by_way(person: Person) -> Text:
    """The way that reaches somebody, and why there is no answer yet."""
    return message("{way}: {cause}", way=person.ways[0], cause=person.one.cause)


def _item(one: CustomerView, why: Saying, now: float) -> PreviewItem:
    return PreviewItem(one.lead[:8], one.phone, why, now - one.since)


def _explanation(ways: Sequence[Strategy], pace: float) -> tuple[Saying, ...]:
    names = ", ".join(way.name for way in ways)
    how = message("By {ways}; one every {pace}", ways=names, pace=span(pace) if pace >= 1 else f"{pace:g}s")
    stop = message("Can be stopped between two customers: fix stop.")
    texts = [way.stores for way in ways if way.stores]
    sends = [message('Sends "{text}"', text=text) for text in texts[:1]]
    if texts:
        sends.append(
            message("The bot does not know this text: it stores the reply as the answer to its pending question.")
        )
    return EXPLAIN, how, *sends, message("A sent message can't be undone."), stop


def _warnings(more: int, left: int) -> tuple[Saying, ...]:
    warnings: list[Saying] = []
    if more:
        warnings.append(counted("{count} more waits: run it again", "{count} more wait: run it again", more))
    if left:
        warnings.append(
            counted("{count} is not reached: see the list", "{count} are not reached: see the list", left)
        )
    return tuple(warnings)
