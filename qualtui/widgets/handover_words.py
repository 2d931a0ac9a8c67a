"""The handover digest as lines for people: on the terminal and on the screen."""

from collections.abc import Callable, Iterator

from qualtui.text import _, span
from qualtui.text.message import Saying
from qualtui.widgets.words import severity_word
from qualtui.wire import Handover, HandoverItem


def handover_lines(
    digest: Handover, words: Callable[[Saying], str], moment: Callable[[float], str]
) -> Iterator[str]:
    """Yield the lines of a digest. `words` and `moment`: a sentence and a time as their reader sees them."""
    if digest.oncall:
        yield _("On call: {who}; next: {next}").format(who=digest.oncall, next=digest.next or _("no one"))
    else:
        yield _("No one is on call.")
    if not digest.items:
        yield _("No open incident.")
    for item in digest.items:
        yield ""
        yield from _item(item, digest.at, words, moment)


def _item(
    item: HandoverItem, now: float, words: Callable[[Saying], str], moment: Callable[[float], str]
) -> Iterator[str]:
    one = item.incident
    lasted = span(now - one.since)
    yield f"#{one.number} {severity_word(one)} {one.agent}: {words(one.summary)} ({lasted})"
    until = item.silenced_until
    silenced = _("until {time}").format(time=moment(until)) if until is not None else ""
    for word, text in (
        (_("cause"), words(one.cause)),
        (_("owner"), one.owner or _("no one")),
        (_("silenced"), silenced),
        (_("fix"), one.fix),
    ):
        if text:
            yield f"  {word:8} {text}"
    tried = [words(run) for run in item.tried] or [_("nothing")]
    yield from (f"  {_('tried') if n == 0 else '':8} {text}" for n, text in enumerate(tried))
    yield from (f"  {_('note') if n == 0 else '':8} {text}" for n, text in enumerate(one.notes))
