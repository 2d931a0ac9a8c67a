"""The gateway's session as fixes use it: its status and its restart, each failure in the words of a fix."""

from qualtui.fixes.fix import FixError
from qualtui.gateways.gateway import Gateway, GatewayError, GatewayFault, GatewayStatus
from qualtui.text.message import Saying, Text, message

_UNANSWERED = {GatewayFault.LOCAL, GatewayFault.REFUSED, GatewayFault.BROKEN, GatewayFault.SILENT}


async def session_status(gateway: Gateway) -> GatewayStatus:
    """The session's status, which is known: `state` is not None. Raises FixError."""
    try:
        status = await gateway.status()
    except GatewayError as error:
        raise FixError(_silent(error.text)) from None
    if status.fault is None:
        return status
    if status.fault in _UNANSWERED:
        raise FixError(_silent(status.note))
    if status.fault in {GatewayFault.NOT_A_GATEWAY, GatewayFault.IN_BETWEEN}:
        if status.oddity:
            raise FixError(message("what answers is not the gateway: {oddity}", oddity=status.oddity))
        raise FixError(message("what answers is not the gateway"))
    raise FixError(_refusal(status.fault, gateway.session, status.http, status.note))


async def restart_session(gateway: Gateway) -> None:
    """Restart the session, once. Raises FixError where that was refused or is not known."""
    try:
        await gateway.restart()
    except GatewayError as error:
        if error.fault not in _UNANSWERED:
            raise FixError(_refusal(error.fault, gateway.session, error.http, error.text)) from None
        if error.unsent:
            raise FixError(_silent(error.text)) from None
        raise FixError(message("no answer to the restart: {reason}", reason=error.text)) from None


def _silent(reason: Saying) -> Text:
    return message("the gateway does not answer: {reason}", reason=reason)


def _refusal(fault: GatewayFault, session: str, http: int, words: Saying) -> Text:
    if fault is GatewayFault.UNAUTHORIZED:
        return message("the gateway rejects our key: HTTP {status}", status=str(http))
    if fault is GatewayFault.NO_SESSION:
        return message("the gateway has no session '{session}'", session=session)
    return message("the gateway answers {answer}", answer=words)
