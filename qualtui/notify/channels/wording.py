"""A notice's text as each kind of channel needs it, so that nothing in it is taken for markup. Pure.

Notices contain texts of customers and machines: these must not mention people, hide a link behind other words,
or act as layout. Apprise escapes for HTML and Slack if the text is declared as plain; the rest is done here.
"""

import re

RAW = frozenset({"NotifyJSON", "NotifyXML", "NotifyForm"})  # read by programs: nothing is changed

MARKDOWN = frozenset({"NotifyGoogleChat"})  # shows the backslashes with which Apprise escapes plain text

_GAP = "\u200b"  # zero width: the sign is still read, and is no mention or link any more
_MENTION = re.compile(r"(?<![\w.+-])@(?=\w)|(?<=<)(?=[!@#&]|users/)")
_LINK = re.compile(r"\](?=\()")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_ADDRESS = re.compile(r"(https?://[^\s<>()\[\]\"']+)")
_DISCORD = re.compile(r"([\\*_~|`\[\]])")
_DISCORD_LINE = re.compile(r"^(\s*)(#{1,3} |>|-# |[-+] )", re.MULTILINE)  # heading, quote, list


def wording_for(plugin: str, title: str, body: str) -> tuple[str, str]:
    """Title and body for the Apprise plug-in of this class name."""
    title, body = (_CONTROL.sub(" ", text) for text in (title, body))
    if plugin in RAW:
        return title, body
    title, body = neutral(title), neutral(body)
    if plugin == "NotifyDiscord":
        return discord(title), discord(body)
    if plugin == "NotifyWorkflows":  # Teams: Markdown, in which a single line break is a space
        return title, body.replace("\n", "\n\n")
    return title, body


def neutral(text: str) -> str:
    """Text that mentions no one (`@here`, `<!channel>`) and shows every link's address (`[x](http://…)`)."""
    return _LINK.sub("]" + _GAP, _MENTION.sub(lambda found: found.group() + _GAP, text))


def discord(text: str) -> str:
    """Text that Discord shows unchanged; addresses stay links."""
    parts = _ADDRESS.split(text)  # every second one is an address
    parts[::2] = [_DISCORD.sub(r"\\\1", part) for part in parts[::2]]
    return _DISCORD_LINE.sub(r"\1\\\2", "".join(parts))
