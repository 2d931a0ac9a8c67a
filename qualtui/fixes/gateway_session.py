"""The gateway's session as fixes use it: its status and its restart, each failure in the words of a fix."""

from qualtui.fixes.fix import FixError
from qualtui.gateways.gateway import Gateway, GatewayError, GatewayFault, GatewayStatus
from qualtui.text import _
from qualtui.text.message import Saying

_UNANSWERED = {GatewayFault.LOCAL, GatewayFault.REFUSED, GatewayFault.BROKEN, GatewayFault.SILENT}


async def session_status(gateway: Gateway) -> GatewayStatus:
    """The session's status, which is known: `state` is not None. Raises FixError."""
    try:
        status = await gateway.status()
    except GatewayError as error:
        raise FixError(_("the gateway does not answer: {}").format(error.text)) from None
    if status.fault is None:
        return status
    if status.fault in _UNANSWERED:
        raise FixError(_("the gateway does not answer: {}").format(status.note))
    if status.fault in {GatewayFault.NOT_A_GATEWAY, GatewayFault.IN_BETWEEN}:
        why = _("what answers is not the gateway")
        raise FixError(f"{why}: {status.oddity}" if status.oddity else why)
    raise FixError(_refusal(status.fault, gateway.session, status.http, status.note))


async def restart_session(gateway: Gateway) -> None:
    """Restart the session, once. Raises FixError where that was refused or is not known."""
    try:
        await gateway.restart()
    except GatewayError as error:
        if error.fault not in _UNANSWERED:
            raise FixError(_refusal(error.fault, gateway.session, error.http, error.text)) from None
        text = _("the gateway does not answer: {}") if error.unsent else _("no answer to the restart: {}")
        raise FixError(text.format(error.text)) from None


def _refusal(fault: GatewayFault, session: str, http: int, words: Saying) -> str:
    if fault is GatewayFault.UNAUTHORIZED:
        return _("the gateway rejects our key: HTTP {}").format(http)
    if fault is GatewayFault.NO_SESSION:
        return _("the gateway has no session {!r}").format(session)
    return _("the gateway answers {}").format(words)
