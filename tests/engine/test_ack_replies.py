"""A button in a notice takes its incident once, for 15 minutes: at servers that stand in for ntfy and Telegram."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from qualtui import dial
from qualtui.alerts.ack_token import LIFETIME
from qualtui.config.values import ChannelSettings, Config, PersonSettings, Secret
from qualtui.engine import ack_replies
from qualtui.engine.ack_links import CONFIRM, AckLinks
from qualtui.engine.ack_replies import AckReplies
from qualtui.engine.journal import Journal
from qualtui.engine.notifier import Notifier
from qualtui.eventlog.ack_links import AckLinkLapsed
from qualtui.eventlog.incidents import Acknowledged
from qualtui.eventlog.notices import NoticeQueued, NoticeSending
from qualtui.model import EventBody, Phase, Severity
from qualtui.notify.channels import ntfy_replies, telegram_replies
from qualtui.notify.channels.registry import channel_of, reply_readers
from qualtui.notify.channels.replies import Replies
from qualtui.store.sqlite import SqliteStore
from tests.certificates import needs_openssl
from tests.eventlog.bodies import changed, fired
from tests.notify.channels.vendor import Ntfy, Telegram, vendor

pytestmark = needs_openssl

NTFY = "ntfys://tk_secretsecret@ntfy.example.com/alerts-of-ana?priority=urgent"
TGRAM = "tgram://123456789:abcdefg_hijklmnop/77"
HOSTS = {"ntfy": "ntfy.example.com", "telegram": "api.telegram.org"}
DAY = 86400.0
BEGIN = 1_800_000_000.0


class Scene:
    """A store, a channel with buttons, and the reader of its replies: a whole engine as far as buttons matter."""

    def __init__(self, path: Path, url: str, now: float) -> None:
        self.now = now
        self.settings = {"phone": ChannelSettings(url=Secret(url), buttons=True)}
        self.config = Config(agents={}, people={"ana": PersonSettings(channels=("phone",))})
        self._path = path
        self.open()

    def open(self) -> None:
        """Begin a life of the engine: all that it knows is in the store."""
        self.store = SqliteStore.open(self._path)
        self.journal = Journal(self.store, self.store.load(), self.store.epoch, lambda: self.now)
        self.links = AckLinks(self.store.path, self.journal, lambda: self.now)
        self.replies = AckReplies(self.links, self.journal, lambda: self.now)
        self.replies.use(self.config)
        (self.reader,) = reply_readers(self.settings)
        channel = channel_of("phone", self.settings["phone"])
        self.notifier = Notifier(channel, self.journal, lambda: self.now, DAY, {}, button=self.links.button)

    def restart(self) -> None:
        """Kill the engine and begin the next one."""
        self.store.close()
        self.open()

    async def append(self, *bodies: EventBody) -> None:
        await self.journal.append(*((body, "") for body in bodies))

    async def page(self, number: int = 1, kind: str = "firing") -> None:
        """Open an incident, and send its page."""
        if number not in self.journal.state.incidents:
            await self.append(fired(number, summary="3 customers wait"))
        await self.append(
            NoticeQueued(f"{number}/1/{kind}/phone", number, "phone", kind, Severity.CRITICAL, "title", "line")
        )
        await self.deliver()

    async def deliver(self) -> None:
        """Send all that is due."""
        task = asyncio.create_task(self.notifier.run())
        async with asyncio.timeout(10):
            while any(one.status in {"queued", "sending"} for one in self.journal.state.notices.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        task.cancel()

    async def read(self) -> Replies:
        return await self.replies.read(self.reader)

    def owner(self, number: int = 1) -> str:
        return self.journal.state.incidents[number].owner

    def store_bytes(self) -> bytes:
        files = [one for one in self._path.parent.iterdir() if one.name.startswith(self._path.name)]
        return b"".join(one.read_bytes() for one in files if not one.name.endswith(".ack-keys"))


@pytest.fixture(autouse=True)
def _trust() -> Iterator[None]:
    yield
    dial.trust.cache_clear()


@pytest.fixture(params=["ntfy", "telegram"])
def kind(request: pytest.FixtureRequest) -> str:
    """The service whose buttons are pressed; each test is held to both, if it names none."""
    return str(request.param)


@pytest.fixture
async def service(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ntfy | Telegram]:
    """The service's server, over TLS."""
    one: Ntfy | Telegram = Ntfy(BEGIN) if kind == "ntfy" else Telegram()
    async with vendor(HOSTS[kind], one.handle, tmp_path, monkeypatch):
        yield one


@pytest.fixture
def scene(kind: str, service: Ntfy | Telegram, tmp_path: Path) -> Iterator[Scene]:
    """An engine whose channel is at that service."""
    one = Scene(tmp_path / "q.db", NTFY if kind == "ntfy" else TGRAM, BEGIN)
    yield one
    one.store.close()


OWNERS = {"ntfy": "link sent to phone", "telegram": "ana, link sent to phone"}
of_ntfy = pytest.mark.parametrize("kind", ["ntfy"])
of_telegram = pytest.mark.parametrize("kind", ["telegram"])


async def test_a_button_takes_its_incident_for_15_minutes(
    scene: Scene, service: Ntfy | Telegram, kind: str
) -> None:
    await scene.page()
    assert not (await scene.read()).trouble
    assert not scene.owner()
    service.press()
    await scene.read()
    assert scene.owner() == OWNERS[kind]
    scene.now += CONFIRM - 1
    await scene.links.lapse()
    assert scene.owner()
    scene.now += 1
    await scene.links.lapse()
    assert not scene.owner()


async def test_a_button_pressed_twice_counts_once(scene: Scene, service: Ntfy | Telegram) -> None:
    await scene.page()
    service.press()
    service.press()
    await scene.read()
    await scene.append(AckLinkLapsed(1))
    service.press()
    await scene.read()
    assert not scene.owner()
    if isinstance(service, Telegram):
        assert [one["text"].partition(".")[0] for one in service.said] == [
            "You have got #1 for 15 minutes",
            "#1 has an owner already: ana, link sent to phone",
            "This button was used",
        ]


async def test_a_press_after_the_end_does_nothing_also_where_the_incident_begins_again(
    scene: Scene, service: Ntfy | Telegram
) -> None:
    await scene.page()
    await scene.append(changed(Phase.RESOLVED, 1, old=Phase.FIRING))
    service.press()
    await scene.read()
    scene.restart()
    await scene.append(changed(Phase.FIRING, 1, old=Phase.RESOLVED))
    await scene.read()
    assert not scene.owner()


async def test_a_press_that_found_an_owner_does_not_count_when_that_one_gave_it_back(
    scene: Scene, service: Ntfy | Telegram
) -> None:
    await scene.page()
    await scene.append(Acknowledged(1, "bruno"))
    service.press()
    await scene.read()
    assert scene.owner() == "bruno"
    await scene.append(Acknowledged(1, ""))
    scene.restart()
    await scene.read()
    assert not scene.owner()


async def test_an_expired_token_takes_nothing(scene: Scene, service: Ntfy | Telegram) -> None:
    await scene.page()
    scene.now += LIFETIME + 1
    service.press()
    await scene.read()
    assert not scene.owner()


async def test_a_strangers_token_is_ignored_and_counted(scene: Scene, service: Ntfy | Telegram) -> None:
    await scene.page()
    seq = scene.journal.state.seq
    service.press(token="A" * 51)
    service.press(token="no token at all")
    await scene.read()
    await scene.read()
    assert not scene.owner()
    assert scene.journal.state.seq == seq  # a stranger writes nothing into the log
    assert scene.replies.strangers == {"phone": 2}


async def test_a_token_acts_on_its_own_incident_alone(scene: Scene, service: Ntfy | Telegram, kind: str) -> None:
    await scene.page(1)
    await scene.page(2)
    service.press()
    await scene.read()
    assert (scene.owner(1), scene.owner(2)) == ("", OWNERS[kind])


async def test_a_token_of_another_channel_or_installation_is_a_strangers(
    scene: Scene, service: Ntfy | Telegram, tmp_path: Path
) -> None:
    await scene.page()
    body = NoticeQueued("1/1/firing/other", 1, "other", "firing", Severity.CRITICAL, "t", "b")
    await scene.append(body)
    service.press(token=scene.links.button(scene.journal.state.notices[body.key]))
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Scene(tmp_path / "elsewhere/q.db", TGRAM, scene.now)
    await elsewhere.append(
        fired(1), NoticeQueued("1/1/firing/phone", 1, "phone", "firing", Severity.CRITICAL, "t", "b")
    )
    service.press(token=elsewhere.links.button(elsewhere.journal.state.notices["1/1/firing/phone"]))
    elsewhere.store.close()
    await scene.read()
    assert not scene.owner()
    assert scene.replies.strangers == {"phone": 2}


async def test_a_press_while_the_engine_was_down_counts_at_its_start(
    scene: Scene, service: Ntfy | Telegram, kind: str
) -> None:
    await scene.page()
    service.press()
    scene.now += 300
    if isinstance(service, Ntfy):
        service.now += 300
    scene.restart()
    await scene.read()
    assert scene.owner() == OWNERS[kind]
    if isinstance(service, Ntfy):  # it says when: what is left of the 15 minutes counts
        assert scene.journal.state.link_acks[1].until == scene.now + CONFIRM - 300


@of_ntfy
async def test_a_press_that_is_older_than_15_minutes_has_lapsed(scene: Scene, service: Ntfy | Telegram) -> None:
    await scene.page()
    await scene.read()
    service.press()
    assert isinstance(service, Ntfy)
    scene.now, service.now = scene.now + CONFIRM, service.now + CONFIRM
    await scene.read()
    assert not scene.owner()


async def test_killed_between_the_send_and_its_record_both_buttons_work_and_count_once(
    scene: Scene, service: Ntfy | Telegram, kind: str
) -> None:
    await scene.append(
        fired(1), NoticeQueued("1/1/firing/phone", 1, "phone", "firing", Severity.CRITICAL, "t", "b")
    )
    await scene.deliver()
    scene.restart()
    await scene.append(NoticeSending("1/1/firing/phone", 1))  # as if nothing after that had been written
    assert scene.replies.pressable(scene.reader.channels)
    scene.now += 60
    await scene.deliver()
    sent = service.published if isinstance(service, Ntfy) else service.sent
    assert len(sent) == 2
    if isinstance(service, Ntfy):
        service.press(0)
    else:
        service.press(token=service.sent[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    service.press()
    await scene.read()
    assert scene.owner() == OWNERS[kind]
    assert len(scene.journal.state.link_acks) == 1


async def test_killed_after_a_press_was_written_the_next_engine_reads_it_as_old(
    scene: Scene, service: Ntfy | Telegram
) -> None:
    await scene.page()
    service.press()
    await scene.read()
    await scene.append(AckLinkLapsed(1))
    scene.restart()
    seq = scene.journal.state.seq
    await scene.read()
    assert not scene.owner()
    assert scene.journal.state.seq == seq
    if isinstance(service, Telegram):
        assert service.asked[-1]["offset"] == service.count + 1
        assert not service.updates


async def test_no_token_and_no_secret_is_in_the_store_or_the_log(
    scene: Scene, service: Ntfy | Telegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "qualtui")
    await scene.page()
    service.press()
    service.press(token="B" * 51)
    await scene.read()
    service.fault = 500
    await scene.read()
    if isinstance(service, Ntfy):
        action = service.published[0]["actions"][0]
        secrets = [action["body"], action["url"].rpartition("/")[2], "tk_secretsecret", "alerts-of-ana"]
    else:
        secrets = [service.sent[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]]
        secrets += ["abcdefg_hijklmnop", "Invented"]
    # pytest also listens to Apprise's logger, whose lines reach no log of ours.
    logged = "\n".join(one.getMessage() for one in caplog.records if one.name != "apprise")
    written = scene.store_bytes() + logged.encode()
    assert [one for one in secrets if one.encode() in written] == []
    assert b"ack_link.used" in written
    assert "came from no button of ours" in logged


@of_ntfy
async def test_a_flood_of_strangers_hides_no_press(scene: Scene, service: Ntfy | Telegram) -> None:
    await scene.page()
    seq = scene.journal.state.seq
    for _ in range(1000):
        service.press(token="x" * 200)
    service.press()
    await scene.read()
    assert scene.owner() == OWNERS["ntfy"]
    assert scene.replies.strangers == {"phone": 1000}
    assert scene.journal.state.seq == seq + 2  # the press, and that it was read


@of_telegram
async def test_only_configured_chats_are_obeyed(scene: Scene, service: Ntfy | Telegram) -> None:
    assert isinstance(service, Telegram)
    await scene.page()
    service.press(chat=78, user=78)
    await scene.read()
    assert (scene.owner(), scene.replies.strangers, service.said) == ("", {"phone": 1}, [])
    service.press(chat=77, user=5)  # a group: who pressed is not known
    await scene.read()
    assert scene.owner() == "link sent to phone"


@of_telegram
async def test_another_program_that_reads_the_bot_is_a_banner_until_it_ends(
    scene: Scene, service: Ntfy | Telegram
) -> None:
    service.fault = 409
    found = await scene.read()
    assert found.wait == telegram_replies.CONFLICT_WAIT
    (banner,) = scene.replies.troubles
    assert str(banner).startswith("another program (or a webhook) reads the Telegram bot of phone")
    service.fault = 0
    await scene.read()
    assert not scene.replies.troubles


@pytest.mark.parametrize("fault", [429, 500, "garbage", "hang", "drip"])
async def test_a_service_in_trouble_is_a_banner_after_five_minutes_and_loses_no_press(
    scene: Scene, service: Ntfy | Telegram, fault: int | str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ntfy_replies, "TIMEOUT", 0.3)
    monkeypatch.setattr(telegram_replies, "TIMEOUT", 0.3)
    await scene.page()
    service.press()
    service.fault = fault
    async with asyncio.timeout(3):
        assert (await scene.read()).trouble
    assert not scene.replies.troubles
    scene.now += ack_replies.PATIENCE
    (banner,) = scene.replies.troubles
    assert str(banner).startswith("the buttons in notices to phone are not read for 5m: ")
    service.fault = 0
    await scene.read()
    assert scene.owner() == OWNERS[kind]
    assert not scene.replies.troubles


async def test_a_service_that_asks_us_to_wait_is_obeyed(scene: Scene, service: Ntfy | Telegram) -> None:
    service.fault, service.headers = 429, {"Retry-After": "90"}
    assert (await scene.read()).wait == 90


@of_telegram
async def test_a_hanging_reader_delays_no_other_and_no_end(scene: Scene, service: Ntfy | Telegram) -> None:
    class Hanging:
        source, channels, always = "hanging", ("other",), True

        async def read(self, place: str) -> Replies:
            await asyncio.Event().wait()
            raise AssertionError

        async def answer(self, press: object, text: str) -> None: ...

        async def close(self) -> None: ...

    class Raising(Hanging):
        async def read(self, place: str) -> Replies:
            raise ValueError("token")

    await scene.page()
    service.press()
    task = asyncio.create_task(scene.replies.run(scene.config, (Hanging(), Raising(), scene.reader)))
    async with asyncio.timeout(10):
        while not scene.owner():  # noqa: ASYNC110 - a state that appears, no event
            await asyncio.sleep(0.01)
    task.cancel()
    async with asyncio.timeout(1):
        await asyncio.gather(task, return_exceptions=True)


@of_ntfy
async def test_ntfy_is_polled_only_while_a_button_can_be_pressed(scene: Scene) -> None:
    assert not scene.replies.pressable(("phone",))
    await scene.page()
    assert scene.replies.pressable(("phone",))
    assert not scene.replies.pressable(("other",))
    await scene.append(changed(Phase.RESOLVED, 1, old=Phase.FIRING))
    assert scene.replies.pressable(("phone",))  # a press may be under way
    scene.now += CONFIRM
    assert not scene.replies.pressable(("phone",))


@of_telegram
async def test_who_is_called_because_nobody_has_it_gets_a_button(scene: Scene, service: Ntfy | Telegram) -> None:
    assert isinstance(service, Telegram)
    await scene.page(kind="escalation")
    assert "reply_markup" in service.sent[-1]
    await scene.page(kind="update")
    assert "reply_markup" not in service.sent[-1]
