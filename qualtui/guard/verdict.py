"""What the bot's answer means: the message is handled, or that is not known. Pure; the shapes are the bot's."""

import msgspec


def doubt(status: int, body: bytes) -> str:
    """Why a message may be lost though the bot answered; empty: it is handled.

    A 200 alone says little: the bot answers so where it could not create the lead, where its send failed, where it
    only simulated one. `duplicate_ignored` is no comfort: the guard passes only what was not handled, and the bot
    takes an id into its memory before it fails.
    """
    if not 200 <= status < 300:
        return f"HTTP {status}"
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        return "unreadable answer"
    if not isinstance(answer, dict):
        return "unreadable answer"
    said = answer.get("status")
    if said == "ignored_self_message":
        return ""
    if said != "processed":
        return said if said in ("lead_creation_failed", "duplicate_ignored") else "unknown answer"
    return _of_result(answer.get("resultado"))


def _of_result(result: object) -> str:
    if not isinstance(result, dict):
        return "unknown answer"
    if result.get("success") is not True:
        return "success: false"
    sent = result.get("whatsapp")
    if isinstance(sent, dict):
        if sent.get("simulado"):
            return "simulado"
        # A reply that equals the one just sent is skipped on purpose: the customer has it.
        if sent.get("success") is False and sent.get("skipped") != "deduplicated":
            return "whatsapp: false"
    return ""
