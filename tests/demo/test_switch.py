"""The window's client speaks with a real control server, and gives up in one line where there is none."""

import sys

import pytest

from qualtui.demo import switch
from qualtui.demo.switch import SwitchError, list_faults, read_story, set_fault
from tests.demo.running import Running


@pytest.mark.asyncio(loop_scope="session")
async def test_it_lists_and_switches(demo: Running) -> None:
    url = demo.at.control_url
    assert not any(fault.on for fault in await list_faults(url))
    assert (await set_fault(url, "error-burst", True)).on is True
    assert {fault.name for fault in await list_faults(url) if fault.on} == {"error-burst"}
    assert (await set_fault(url, "error-burst", False)).on is False


@pytest.mark.asyncio(loop_scope="session")
async def test_an_unknown_name_is_told(demo: Running) -> None:
    with pytest.raises(SwitchError, match="unknown fault: no such"):
        await set_fault(demo.at.control_url, "no such", True)


@pytest.mark.asyncio(loop_scope="session")
async def test_where_no_story_is_played_it_is_over(demo: Running) -> None:
    story = await read_story(demo.at.control_url)
    assert story.over
    assert story.told == ()


async def test_nobody_there_is_told() -> None:
    with pytest.raises(SwitchError, match="does not answer"):
        await list_faults("http://127.0.0.1:9")


def test_it_imports_no_http_library() -> None:
    assert switch.__file__ is not None
    with open(switch.__file__, encoding="utf-8") as file:
        text = file.read()
    assert not any(name in text for name in ("import httpx", "import aiohttp"))
    assert "qualtui.demo.switch" in sys.modules
