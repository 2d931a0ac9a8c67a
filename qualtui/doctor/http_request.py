"""One HTTP request of the doctor: bounded, without a body; its answer or its failure is a value."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from qualtui.doctor.report import Clock, Contact, Reach
from qualtui.http import LIMIT, Answer, Failure, Fetcher, FetchError
from qualtui.proxies import near
from qualtui.text.message import Saying

Time = Callable[[], float]
__all__ = ["Time", "contact", "date_of", "milliseconds", "near", "sent"]
_REACH = {
    Failure.REFUSED: Reach.REFUSED,
    Failure.BROKEN: Reach.ANSWERED,
    Failure.TIMEOUT: Reach.SILENT,
    Failure.LOCAL: Reach.UNASKED,
}


async def sent(
    url: str,
    timeout: float,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    *,
    read: bool = True,
    limit: int = LIMIT,
) -> Answer | FetchError:
    """The answer to one request on a separate connection. Never raises."""
    fetcher = Fetcher(url, headers or {}, timeout, keep=False, limit=limit)
    try:
        return await fetcher.ask(method, read=read)
    except FetchError as error:
        return error
    finally:
        await fetcher.close()


def contact(of: Saying, host: str, got: Answer | FetchError) -> Contact:
    """What an answer, or its absence, shows about the network."""
    reach = Reach.ANSWERED if isinstance(got, Answer) else _REACH[got.failure]
    return Contact(of, reach, near(host))


def date_of(of: Saying, answer: Answer, ended: float) -> tuple[Clock, ...]:
    """The clock that wrote the answer's Date: in whole seconds, at some moment within the exchange."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", "")).timestamp() + 0.5
    except (ValueError, TypeError, IndexError, OverflowError):
        return ()
    return (Clock(of, theirs - (ended - answer.seconds / 2), 0.5 + answer.seconds / 2),)


def milliseconds(seconds: float) -> str:
    """A short time for people."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
