"""Who a chat or a phone is: by what two of them are the same person. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping

from qualtui.text.message import Saying, message

HIDDEN = "@lid"  # how an id ends behind which WhatsApp hides a phone
COUNTRY = "55"  # Brazil's
_PERSON = re.compile(r"([0-9]{5,20})(@(?:c\.us|lid|s\.whatsapp\.net))?")  # no group, channel, status
_NATIONAL = re.compile(r"[1-9]{2}(?:9[0-9]{8}|[2-9][0-9]{7})")  # a Brazilian phone as people write it at home
_NINTH = re.compile(r"55[1-9]{2}9[016-9][0-9]{7}")  # a mobile with the digit that ids of old ones lack
_FOREIGN = re.compile(r"55([1-9][0-9]{10,12})")  # another country's number, behind the bot's 55
_LONGEST = 64  # characters of an id or a phone that is one


def chat_key(chat_id: str) -> str:
    """What a chat or a lead's phone is compared by; empty where it is no one's.

    An id is opaque: another one is another person, but for the ninth digit of a Brazilian mobile, which WhatsApp
    leaves out of the ids of old ones. A phone without a suffix may be written as people do at home, and one that
    can't be Brazilian is what the bot made of another country's number: it puts 55 before each (agent.md, 10).
    """
    person = _PERSON.fullmatch(re.sub(r"[\s()+.-](?=.*\d)", "", chat_id[: _LONGEST + 1]))
    if person is None or len(chat_id) > _LONGEST:
        return ""
    digits, suffix = person.groups()
    if suffix == HIDDEN:
        return digits + HIDDEN
    if suffix is None and "+" not in chat_id and _NATIONAL.fullmatch(digits):
        digits = COUNTRY + digits
    if suffix is None and (foreign := _FOREIGN.fullmatch(digits)) and not _NATIONAL.fullmatch(foreign[1]):
        return foreign[1]
    return digits[:4] + digits[5:] if _NINTH.fullmatch(digits) else digits


def address(phone: str, chat: str | None, lids: Mapping[str, str], *, wrote: bool) -> tuple[str, Saying]:
    """The chat to which an answer to a lead goes, and why there is none: one of both is empty.

    `phone`: as the lead has it; `chat`: the id of its chat, empty where the gateway has none of it, None where
    chats are no witness; `lids`: by hidden id the number that it stands for; `wrote`: the customer wrote once, so
    that there must be a chat. The bot changes numbers that are not Brazilian: what it stored may be another's.
    """
    digits = re.sub(r"[^0-9]", "", phone)
    if chat:
        key = chat_key(chat)
        if lids.get(key, key) in {chat_key(f"{digits}@c.us"), chat_key(f"{COUNTRY}{digits}@c.us")}:
            return chat, ""
        return "", message(
            "its chat has another number than its lead"
        )  # linked by what the bot makes of numbers: a guess
    if chat is not None and wrote:
        return "", message("the gateway has no chat of its number")
    if digits.startswith(COUNTRY) and _NATIONAL.fullmatch(digits[len(COUNTRY) :]):
        return f"{digits}@c.us", ""
    return "", message("its number is not surely its own: no Brazilian phone")


def stored_forms(key: str, hidden: Iterable[str] = ()) -> tuple[str, ...]:
    """How a lead with this number may be stored: with or without ninth digit, country, plus, and suffix.

    `hidden`: ids that stand for the number; the bot puts the country before their digits (agent.md, 4).
    """
    forms = [
        form for one in hidden for lid in [one.removesuffix(HIDDEN)] for form in _with_suffix(lid, f"55{lid}")
    ]
    if key.endswith(HIDDEN):
        return (key, *forms)
    mobile = f"{key[:4]}9{key[4:]}"
    digits = [key, mobile] if _NINTH.fullmatch(mobile) else [key]
    if not key.startswith(COUNTRY) and not _NATIONAL.fullmatch(key):
        digits.append(COUNTRY + key)
    home = [one[2:] for one in digits if one.startswith(COUNTRY) and _NATIONAL.fullmatch(one[2:])]
    return (*_with_suffix(*digits, *home), *forms)


def _with_suffix(*digits: str) -> Iterator[str]:
    return (form for one in digits for form in (one, f"+{one}", f"{one}@c.us", f"{one}@lid"))
