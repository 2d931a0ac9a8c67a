"""The catcher keeps what arrives by HTTP and by mail, and can fail in three ways."""

import asyncio
import smtplib
from email.message import EmailMessage

import aiohttp
import pytest

from tests.demo.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


def send_mail(port: int) -> None:
    """One mail."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Três clientes esperam", "a@demo.invalid", "b@demo.invalid"
    mail.set_content("o mais antigo há 5 min")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
        smtp.send_message(mail)


async def test_what_arrives_is_listed_with_its_time(demo: Running) -> None:
    await demo.ask("DELETE", demo.at.catcher_url)
    await demo.ask("POST", f"{demo.at.catcher_url}/pager", json={"title": "fire"})
    await asyncio.to_thread(send_mail, demo.at.smtp_port)
    for url in (demo.at.catcher_url, f"{demo.at.control_url}/notices"):
        _, notices = await demo.ask("GET", url)
        assert [(one["name"], one["via"]) for one in notices] == [("pager", "http"), ("mail", "smtp")]
        assert notices[0]["body"] == {"title": "fire"}
        assert notices[1]["body"]["subject"] == "Três clientes esperam"
        assert notices[0]["at"] <= notices[1]["at"]


async def test_down_refuses_and_the_list_can_still_be_read(demo: Running) -> None:
    await demo.fault("catcher-down", True)
    with pytest.raises(aiohttp.ClientConnectorError):
        await demo.ask("POST", f"{demo.at.catcher_url}/pager", json={})
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(send_mail, demo.at.smtp_port)
    assert (await demo.ask("GET", f"{demo.at.control_url}/notices"))[0] == 200
    await demo.fault("catcher-down", False)
    assert (await demo.ask("POST", f"{demo.at.catcher_url}/pager", json={}))[0] == 200


@pytest.mark.parametrize("fault", ["catcher-hangs", "catcher-drips"])
async def test_hanging_and_dripping_give_no_whole_answer(demo: Running, fault: str) -> None:
    await demo.fault(fault, True)
    limit = aiohttp.ClientTimeout(total=0.5)
    with pytest.raises(TimeoutError):
        await demo.ask("POST", f"{demo.at.catcher_url}/pager", json={}, timeout=limit)
