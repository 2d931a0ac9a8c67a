"""What each service really receives of a hostile notice, at a local server that stands in for its host."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from aiohttp import web

from qualtui.config.values import Secret
from qualtui.notify.channels.apprise_channel import AppriseChannel
from qualtui.notify.channels.channel import ChannelMessage, MessageKind

GAP = "\u200b"
TITLE = "CRITICAL #4 bot: @everyone [t](http://evil.example) <b>"
BODY = "Why: <b>x</b> & <!channel> @here [x](http://evil.example/?a=1&b=2) bot_owes_reply\nsecond line"
UUID = "12345678-1234-1234-1234-123456789012"
URLS = {
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#ops",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "ntfy": "ntfys://ntfy.example.com/alerts",
    "teams": "workflows://teams.example.com:443/643e2b5cdeadbeefdeadbeef/ce381c6f5dc84bcf9c5cb5a6cb2d6b49",
    "pagerduty": "pagerduty://ABCDEFGHIJKLMNOPQRSTUVWXYZ012345@u-abcdefghijklmnop/src/comp",
    "opsgenie": f"opsgenie://{UUID}",
    "json": "jsons://json.example.com/in",
    "evolution": "evolutions://akey@evo.example.com/inst/5511900000000",
    "whatsapp": "whatsapp://EAAGm0PX4ZCpsBAK@111222333444555/5511900000000",
    "gchat": "gchat://workspace/key/token",
    "mattermost": "mmosts://mm.example.com/abcdefghijklmnopqrstuvwxyz",
}

Caught = list[tuple[str, Any]]


@asynccontextmanager
async def stand_in() -> AsyncIterator[Caught]:
    """A server that every https request of Apprise reaches instead of the service."""
    caught: Caught = []

    async def take(request: web.Request) -> web.Response:
        caught.append((request.path_qs, json.loads(await request.read())))
        if "discord" in request.headers.get("X-Host", ""):
            return web.Response(status=204)
        if "slack" in request.headers.get("X-Host", ""):
            return web.Response(text="ok")
        return web.json_response({"ok": True, "requestId": "r1"})

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    real = requests.Session.request

    def request(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
        parts = urlsplit(url)
        headers = {**options.pop("headers", {}), "X-Host": parts.hostname}
        here = f"http://127.0.0.1:{port}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return real(session, method, here, headers=headers, **options)

    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(requests.Session, "request", request)
            yield caught
    finally:
        await runner.cleanup()


async def received(name: str, kind: MessageKind = MessageKind.CRITICAL, body: str = BODY, url: str = "") -> Any:
    async with stand_in() as caught:
        note = ChannelMessage(TITLE, body, kind, "qualtui/4")
        assert (await AppriseChannel("ops", Secret(url or URLS[name]), 10).send(note)).accepted
    ((path, payload),) = caught
    return {"path": path, **payload}


def texts(value: Any) -> list[str]:
    """Every text in a payload, however deep."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


CHATS = ["slack", "discord", "telegram", "ntfy", "teams", "evolution", "whatsapp", "gchat", "mattermost"]


@pytest.mark.parametrize("name", CHATS)
async def test_a_chat_gets_no_mention_no_disguised_link_and_every_line(name: str) -> None:
    said = "\n".join(texts(await received(name)))
    assert "second line" in said
    assert not any(word in said for word in ("@everyone", "@here", "<!channel>", "](http"))


async def test_slack_gets_its_own_escapes() -> None:
    (card,) = (await received("slack"))["attachments"]
    assert card["text"].startswith(f"Why: &lt;b&gt;x&lt;/b&gt; &amp; &lt;{GAP}!channel&gt;")
    assert card["text"].endswith("bot_owes_reply\nsecond line")


async def test_discord_shows_names_with_underscores_as_they_are() -> None:
    payload = await received("discord")
    assert payload["content"].replace("\r", "").endswith("bot\\_owes\\_reply\nsecond line")
    assert "?a=1&b=2" in payload["content"]


async def test_telegram_gets_html_that_it_can_parse() -> None:
    payload = await received("telegram")
    assert payload["parse_mode"] == "HTML"
    assert "Why: &lt;b&gt;x&lt;/b&gt; &amp; " in payload["text"]
    assert payload["text"].replace("\r", "").endswith("\nsecond line")


@pytest.mark.parametrize("name", ["gchat", "evolution", "slack", "telegram"])
async def test_names_with_underscores_are_shown_as_they_are(name: str) -> None:
    said = texts(await received(name))
    assert any("bot_owes_reply" in text for text in said)


async def test_a_whatsapp_template_gets_one_line_as_meta_demands() -> None:
    url = URLS["whatsapp"].replace("://", "://alerta:") + "?lang=pt_BR&:1=qualtui&:body=2"
    payload = await received("whatsapp", url=url, body=BODY + "\n\n      indented\tkey 4")
    _fixed, filled = payload["template"]["components"][0]["parameters"]
    assert filled["text"].startswith("CRITICAL #4 bot:")
    assert filled["text"].endswith(" · second line · indented key 4")
    assert not any(sign in filled["text"] for sign in ("\n", "\r", "\t", "     "))


async def test_teams_shows_two_lines() -> None:
    said = texts(await received("teams"))
    assert any(text.endswith("\n\nsecond line") for text in said)


@pytest.mark.parametrize(("name", "limit"), [("teams", 1000), ("whatsapp", 1024), ("pagerduty", 1024)])
async def test_what_is_too_long_is_cut_not_refused(name: str, limit: int) -> None:
    said = texts(await received(name, body="x" * 5000))
    assert 500 < max(len(text) for text in said) <= limit


LINES = "\n".join(f"{n} <b> & 'quoted' bot_owes @here" for n in range(400))


@pytest.mark.parametrize(
    ("name", "limit"),
    [("slack", 3000), ("discord", 2000), ("telegram", 4096), ("mattermost", 4000), ("gchat", 4000)],
)
async def test_a_long_notice_ends_at_a_line_within_what_the_service_takes(name: str, limit: int) -> None:
    said = max(texts(await received(name, body=LINES)), key=len)
    assert limit / 4 < len(said) <= limit
    *_, last, end = said.replace("\r", "").split("\n")
    assert end == "…"
    assert last.endswith("here")


async def test_a_long_notice_in_a_whatsapp_template_ends_with_a_whole_line() -> None:
    url = URLS["whatsapp"].replace("://", "://alerta:") + "?lang=pt_BR&:1=qualtui&:body=2"
    payload = await received("whatsapp", url=url, body=LINES)
    _fixed, filled = payload["template"]["components"][0]["parameters"]
    assert 900 < len(filled["text"]) <= 1024
    assert filled["text"].endswith("here · …")


async def test_a_program_gets_the_text_itself() -> None:
    payload = await received("json")
    assert (payload["title"], payload["message"], payload["type"]) == (TITLE, BODY, "failure")


async def test_pagerduty_has_one_incident_from_firing_to_its_end() -> None:
    fired = await received("pagerduty")
    over = await received("pagerduty", MessageKind.RESOLVED)
    assert (fired["event_action"], fired["dedup_key"]) == ("trigger", "qualtui/4")
    assert (over["event_action"], over["dedup_key"]) == ("resolve", "qualtui/4")


async def test_pagerduty_does_what_the_address_says() -> None:
    url = URLS["pagerduty"] + "?action=trigger&dedup=mine"
    payload = await received("pagerduty", MessageKind.RESOLVED, url=url)
    assert (payload["event_action"], payload["dedup_key"]) == ("trigger", "mine")


async def test_opsgenie_gets_the_alert_its_end_and_the_test() -> None:
    fired = await received("opsgenie")
    assert (fired["path"], fired["alias"]) == ("/v2/alerts", "qualtui/4")
    over = await received("opsgenie", MessageKind.RESOLVED)
    assert over["path"] == "/v2/alerts/qualtui%2F4/close?identifierType=alias"
    tested = await received("opsgenie", MessageKind.TEST)
    assert tested["path"] == "/v2/alerts"
