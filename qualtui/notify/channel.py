"""One notice to one Apprise URL, in a thread of the channel's own, so that a slow channel delays no other."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

from qualtui.config.values import Secret
from qualtui.model import Severity
from qualtui.notify import apprise_errors, mail, paging
from qualtui.notify.wording import MARKDOWN, wording_for
from qualtui.proxies import spare_this_machine

STUCK_LIMIT = 3  # hanging threads of a channel before further sends to it fail
PARTLY_LIMIT = 100  # notices whose recipients are remembered between two tries


class NotifyError(Exception):
    """A notice was not accepted; the text is one line without URL, recipient or secret."""

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final  # a retry can't help


def apprise_type(kind: str, severity: Severity) -> str:
    """Apprise's word for a notice: success, failure, warning or info."""
    if kind == "resolved":
        return "success"
    if kind == "test":
        return "info"
    return {Severity.CRITICAL: "failure", Severity.WARNING: "warning", Severity.INFO: "info"}[severity]


Job = Callable[[], None]


class AppriseChannel:
    """A named Apprise URL and the daemon thread that sends to it, one notice at a time."""

    def __init__(self, name: str, url: Secret, timeout: float) -> None:
        self.name = name
        self._url = url
        self._timeout = timeout
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stuck: list[threading.Thread] = []
        self._taken: dict[str, set[str]] = {}  # by notice: the recipients who have its mail while others do not

    async def send(self, title: str, body: str, kind: str, about: str = "", key: str = "") -> None:
        """Send, or raise NotifyError: refused, not understood, or not finished within the channel's timeout.

        `about`: the incident's key, for services with incidents; `key`: the notice's, the same in each try.
        """
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if len(self._stuck) >= STUCK_LIMIT:
            raise NotifyError(f"{STUCK_LIMIT} earlier sends still hang")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[str] = loop.create_future()
        key = key or title + body
        taken = self._recipients(key)

        def job() -> None:
            word = _send(self._url, title, body, kind, about, taken)
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
        self._taken.pop(key, None)

    def close(self) -> None:
        """Let the thread end after what it was given."""
        self._jobs.put(None)
        self._thread, self._jobs = None, queue.SimpleQueue()

    def _recipients(self, key: str) -> set[str]:
        taken = self._taken.pop(key, set())
        self._taken[key] = taken
        while len(self._taken) > PARTLY_LIMIT:  # of notices that were given up
            del self._taken[next(iter(self._taken))]
        return taken

    def _running_thread(self, jobs: "queue.SimpleQueue[Job | None]") -> threading.Thread:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=_work, args=(jobs,), daemon=True)
            self._thread.start()
        return self._thread

    def _abandon(self) -> None:
        """Abandon a hanging thread: the next send gets a new thread and queue."""
        if self._thread is not None:
            self._stuck.append(self._thread)
        self.close()


NOT_UNDERSTOOD = "its URL is not one that Apprise understands"


def _work(jobs: "queue.SimpleQueue[Job | None]") -> None:
    """Run jobs until None, which ends an abandoned thread after its hanging send returns."""
    while (job := jobs.get()) is not None:
        try:
            job()
        except RuntimeError:  # the loop is closed: no one waits for the result
            return


def _send(url: Secret, title: str, body: str, kind: str, about: str, taken: set[str]) -> str:
    """Empty if the channel accepted it, else why not. Runs in the channel's thread."""
    apprise_errors.hush()
    import apprise

    apprise_errors.forget_errors()
    spare_this_machine()
    asset = apprise.AppriseAsset(app_id="qualtui", app_desc="qualtui", service_timeout=0)  # 0: in this thread
    try:
        plugin = apprise.Apprise.instantiate(url.reveal(), asset=asset, suppress_exceptions=True)
        if plugin is None:
            return NOT_UNDERSTOOD
        if mail.is_mail(plugin):
            why = mail.deliver(plugin, title, body, taken)
            return _refused(why) if why else ""
        accepted = _notify(plugin, asset, url, title, body, kind, about)
    except Exception as error:  # a plugin's fault must not end the thread; its text may contain the URL
        return f"the notification library failed ({type(error).__name__})"
    return "" if accepted else _refused(apprise_errors.heard())


def _notify(plugin: Any, asset: Any, url: Secret, title: str, body: str, kind: str, about: str) -> bool:
    """Send through Apprise; the text is declared as plain, so that Apprise escapes it where needed."""
    import apprise

    paging.prepare_paging(plugin, url.reveal(), about)
    name = type(plugin).__name__
    flat = bool(getattr(plugin, "template", None)) and name == "NotifyWhatsApp"  # Meta refuses line breaks in it
    title, body = wording_for(name, title, body, flat=flat)
    if (taken := paging.resolve_page(plugin, kind, body)) is not None:
        return taken
    if plugin.overflow_mode == apprise.OverflowMode.UPSTREAM:  # else the service refuses what is too long
        plugin.overflow_mode = apprise.OverflowMode.TRUNCATE
    service = apprise.Apprise(asset=asset)
    service.add(plugin)  # the plug-in alone would ignore the declared format
    return bool(
        service.notify(
            body=body,
            title=title,
            notify_type=apprise.NotifyType(kind),
            body_format=apprise.NotifyFormat.MARKDOWN if name in MARKDOWN else apprise.NotifyFormat.TEXT,
        )
    )


def _refused(why: str) -> str:
    return "the target did not accept it" + (f": {why}" if why else "")


def warm_up() -> None:
    """Import the library in the background, so that the first notice does not wait for it."""

    def load() -> None:
        apprise_errors.hush()
        import apprise

        apprise.Apprise.instantiate("json://127.0.0.1:9")

    threading.Thread(target=load, name="notify-warm-up", daemon=True).start()
