"""One notice to one Apprise URL, in a thread of the target's own, so that a dripping one starves nobody."""

import asyncio
import queue
import threading
from collections.abc import Callable

from qualtui.config.values import Secret
from qualtui.model import Severity
from qualtui.notify import hearsay

STUCK_LIMIT = 3  # threads that a target may leave hanging before further sends to it wait


class NotifyError(Exception):
    """A notice was not accepted; the text is one line without URL, recipient or secret."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final  # trying again cannot help


def apprise_type(kind: str, severity: Severity) -> str:
    """Apprise's word for a notice: success, failure, warning or info."""
    if kind == "resolved":
        return "success"
    if kind == "test":
        return "info"
    return {Severity.CRITICAL: "failure", Severity.WARNING: "warning", Severity.INFO: "info"}[severity]


Job = Callable[[], None]


class Target:
    """A named Apprise URL and the daemon thread that sends to it, one notice at a time."""

    def __init__(self, name: str, url: Secret, timeout: float) -> None:
        self.name = name
        self._url = url
        self._timeout = timeout
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stuck: list[threading.Thread] = []

    async def send(self, title: str, body: str, kind: str) -> None:
        """Sends, or raises NotifyError: refused, not understood, or no end within the target's timeout."""
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if len(self._stuck) >= STUCK_LIMIT:
            raise NotifyError(f"{STUCK_LIMIT} earlier sends still hang")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[str] = loop.create_future()

        def job() -> None:
            word = _send(self._url, title, body, kind)
            loop.call_soon_threadsafe(lambda: None if outcome.done() else outcome.set_result(word))

        self._running_thread(self._jobs).name = f"notify-{self.name}"
        self._jobs.put(job)
        try:
            async with asyncio.timeout(self._timeout):
                word = await outcome
        except TimeoutError:
            self._abandon()
            raise NotifyError(f"no end within {self._timeout:g}s") from None
        if word:
            raise NotifyError(word, final=word == NOT_UNDERSTOOD)

    def close(self) -> None:
        """Lets the thread go once it has sent what it was given."""
        self._jobs.put(None)
        self._thread, self._jobs = None, queue.SimpleQueue()

    def _running_thread(self, jobs: "queue.SimpleQueue[Job | None]") -> threading.Thread:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=_work, args=(jobs,), daemon=True)
            self._thread.start()
        return self._thread

    def _abandon(self) -> None:
        """Leaves a hanging thread to itself: the next send gets a new one and a queue of its own."""
        if self._thread is not None:
            self._stuck.append(self._thread)
        self.close()


NOT_UNDERSTOOD = "its URL is not one that Apprise understands"


def _work(jobs: "queue.SimpleQueue[Job | None]") -> None:
    """Runs jobs until None, which ends an abandoned thread once its hanging send returns."""
    while (job := jobs.get()) is not None:
        try:
            job()
        except RuntimeError:  # the loop is closed, nobody waits any more
            return


def _send(url: Secret, title: str, body: str, kind: str) -> str:
    """Empty when the target accepted; else why not. Runs in the target's thread."""
    hearsay.hush()
    import apprise

    hearsay.forget()
    asset = apprise.AppriseAsset(app_id="qualtui", app_desc="qualtui")
    try:
        plugin = apprise.Apprise.instantiate(url.reveal(), asset=asset, suppress_exceptions=True)
        if plugin is None:
            return NOT_UNDERSTOOD
        accepted = plugin.notify(body=body, title=title, notify_type=apprise.NotifyType(kind))
    except Exception as error:  # a plugin's fault must not end the thread; its text may hold the URL
        return f"the notification library failed ({type(error).__name__})"
    if accepted:
        return ""
    why = hearsay.heard()
    return "the target did not accept it" + (f": {why}" if why else "")


def warm_up() -> None:
    """Imports the library in the background, so that the first notice does not wait for it."""

    def load() -> None:
        hearsay.hush()
        import apprise

        apprise.Apprise.instantiate("json://127.0.0.1:9")

    threading.Thread(target=load, name="notify-warm-up", daemon=True).start()
