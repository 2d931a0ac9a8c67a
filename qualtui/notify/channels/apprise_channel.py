"""One notice to one Apprise URL, in a thread of the channel's own, so that a slow channel delays no other."""

import asyncio
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from qualtui.config.values import Secret
from qualtui.notify.channels import apprise_errors, mail, paging
from qualtui.notify.channels.channel import ChannelLimits, ChannelMessage, ChannelPlace, Delivery, MessageKind
from qualtui.notify.channels.families import laid_out, layout_of
from qualtui.notify.channels.requests_waits import heard_wait, listen_for_waits
from qualtui.notify.channels.wording import MARKDOWN
from qualtui.proxies import spare_this_machine
from qualtui.text.message import Saying, counted, message

STUCK_LIMIT = 3  # hanging threads of a channel before further sends to it fail
PARTLY_LIMIT = 100  # notices whose recipients are remembered between two tries


NOT_UNDERSTOOD = Delivery(message("its URL is not one that Apprise understands"), final=True)
_TYPES = {
    MessageKind.CRITICAL: "failure",
    MessageKind.WARNING: "warning",
    MessageKind.INFO: "info",
    MessageKind.RESOLVED: "success",
    MessageKind.TEST: "info",
}
_ADDRESSES = ("notify_url", "webhook_url", "graph_url", "slack_webhook_url", "api_url")


Job = Callable[[], None]


class AppriseChannel:
    """Implements Channel: a named Apprise URL and the daemon thread that sends to it, one message at a time."""

    def __init__(self, name: str, url: Secret, timeout: float) -> None:
        self.name = name
        self.limits = ChannelLimits(timeout, STUCK_LIMIT)
        self._url = url
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._stuck: list[threading.Thread] = []
        self._taken: dict[str, set[str]] = {}  # by notice: the recipients who have its mail while others do not

    async def send(self, note: ChannelMessage) -> Delivery:
        """Send in the channel's thread: accepted, refused, not understood, or not finished in time."""
        self._stuck = [thread for thread in self._stuck if thread.is_alive()]
        if len(self._stuck) >= self.limits.hanging:
            return Delivery(_still_hanging(len(self._stuck)))
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Delivery] = loop.create_future()
        key = note.key or note.title + note.body
        taken = self._recipients(key)

        def job() -> None:
            found = _send(self._url, note, taken)
            loop.call_soon_threadsafe(lambda: None if outcome.done() else outcome.set_result(found))

        self._running_thread(self._jobs).name = f"notify-{self.name}"
        self._jobs.put(job)
        try:
            async with asyncio.timeout(self.limits.timeout):
                delivery = await outcome
        except TimeoutError:
            self._abandon()
            return Delivery(_unfinished(self.limits.timeout), doubt=True)
        if delivery.accepted:
            self._taken.pop(key, None)
        return delivery

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


def _work(jobs: "queue.SimpleQueue[Job | None]") -> None:
    """Run jobs until None, which ends an abandoned thread after its hanging send returns."""
    while (job := jobs.get()) is not None:
        try:
            job()
        except RuntimeError:  # the loop is closed: no one waits for the result
            return


def _send(url: Secret, note: ChannelMessage, taken: set[str]) -> Delivery:
    """What became of a note. Runs in the channel's thread."""
    apprise_errors.hush()
    import apprise

    apprise_errors.forget_errors()
    listen_for_waits()
    spare_this_machine()
    asset = apprise.AppriseAsset(app_id="qualtui", app_desc="qualtui", service_timeout=0)  # 0: in this thread
    try:
        plugin = apprise.Apprise.instantiate(url.reveal(), asset=asset, suppress_exceptions=True)
        if plugin is None:
            return NOT_UNDERSTOOD
        if mail.is_mail(plugin):
            why = mail.deliver(plugin, note, taken)
            return Delivery(_refused(why)) if why else Delivery()
        accepted = _notify(plugin, asset, url, note)
    except Exception as error:  # a plugin's fault must not end the thread; its text may contain the URL
        return Delivery(_library_failed(type(error).__name__))
    if accepted:
        return Delivery()
    return Delivery(_refused(apprise_errors.heard()), asked=heard_wait(apprise_errors.heard_status()))


def _notify(plugin: Any, asset: Any, url: Secret, note: ChannelMessage) -> bool:
    """Send through Apprise; the text is declared as plain, so that Apprise escapes it where needed."""
    import apprise

    kind = _TYPES[note.kind]
    paging.prepare_paging(plugin, url.reveal(), note.about)
    name = type(plugin).__name__
    title, body = laid_out(layout_of(plugin), note.title, note.body)
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


def _refused(why: Saying) -> Saying:
    return (
        message("the channel did not accept it: {why}", why=why)
        if why
        else message("the channel did not accept it")
    )


def _still_hanging(sends: int) -> Saying:
    return counted("{count} earlier send still hangs", "{count} earlier sends still hang", sends)


def _unfinished(limit: float) -> Saying:
    return message("no end within {limit:seconds}", limit=limit)


def _library_failed(kind: str) -> Saying:
    return message("the notification library failed ({kind})", kind=kind)


def understood(url: Secret) -> bool:
    """Whether Apprise understands an address."""
    return plugin_of(url) is not None


def apprise_place(url: Secret) -> ChannelPlace | None:
    """Where an address leads, as far as its plug-in shows; None where it is only known when it sends."""
    plugin = plugin_of(url)
    return None if plugin is None else place_of(plugin)


def place_of(plugin: Any) -> ChannelPlace | None:
    """Host and port that an Apprise plug-in will connect to, as far as its attributes show."""
    if smtp := getattr(plugin, "smtp_host", None):
        return ChannelPlace(str(smtp), int(getattr(plugin, "port", 0) or 587))
    proxied = hasattr(sys.modules.get(type(plugin).__module__), "requests")
    for name in _ADDRESSES:
        address = getattr(plugin, name, None)
        if isinstance(address, str) and address.startswith("http"):
            parts = urlsplit(address.replace("{", "").replace("}", ""))
            if parts.hostname:
                port = parts.port or (443 if parts.scheme == "https" else 80)
                return ChannelPlace(parts.hostname, port, parts.scheme if proxied else "")
    host, secure = getattr(plugin, "host", None), bool(getattr(plugin, "secure", False))
    if isinstance(host, str) and host:
        port = int(getattr(plugin, "port", 0) or (443 if secure else 80))
        return ChannelPlace(host, port, ("https" if secure else "http") if proxied else "")
    return None


def plugin_of(url: Secret) -> Any:
    """The Apprise plug-in that an address means; None where there is none."""
    apprise_errors.hush()
    import apprise

    return apprise.Apprise.instantiate(url.reveal(), suppress_exceptions=True)


def warm_up() -> None:
    """Import the library in the background, so that the first notice does not wait for it."""

    def load() -> None:
        apprise_errors.hush()
        import apprise

        apprise.Apprise.instantiate("json://127.0.0.1:9")

    threading.Thread(target=load, name="notify-warm-up", daemon=True).start()
